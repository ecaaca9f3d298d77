package dev.assay.engine.grpc;

import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what the server itself could not do, a line a second at most; what clients may not do is
 * theirs to know. Safe to share between threads.
 */
final class CallLog {
  private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong last = new AtomicLong(System.nanoTime() - SECOND);
  private final AtomicLong unsaid = new AtomicLong();

  void refused(Status status, RuntimeException e) {
    if (status.getCode() != Status.Code.INTERNAL) {
      return;
    }
    long now = System.nanoTime();
    long before = last.get();
    if (now - before < SECOND || !last.compareAndSet(before, now)) {
      unsaid.incrementAndGet();
      return;
    }
    LOG.warn(
        "a call failed: {} ({} more since the last line)",
        status.getDescription(),
        unsaid.getAndSet(0));
    LOG.debug("its trace", e);
  }
}
