package dev.assay.storage;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other processes that this one lives, six times in each lease, and looks at their beats,
 * so that the time of one that is gone runs from its end and not from the first question about it.
 */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
  private static final int BEATS_PER_LEASE = 6;

  private final LiveDatabase live;
  private final Leases leases;
  private final long workerId;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  private record Beat(long workerId, long beat) {}

  Heartbeat(LiveDatabase live, Leases leases, long workerId, Duration lease) {
    this.live = live;
    this.leases = leases;
    this.workerId = workerId;
    long pause = Math.max(1, lease.toMillis() / BEATS_PER_LEASE);
    this.thread = new Thread(() -> run(pause), "assay-heartbeat-" + workerId);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run(long pauseMillis) {
    try {
      while (!closed.await(pauseMillis, TimeUnit.MILLISECONDS)) {
        try {
          beat();
        } catch (RuntimeException e) {
          // The next beat may succeed; if none does, others take the trials over, as they should.
          LOG.warn("the heartbeat of worker {} failed: {}", workerId, e.getMessage());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  void beat() {
    live.requirePresent();
    Workers.beat(live, workerId);
    live.query(
            sql ->
                sql.list(
                    "SELECT worker_id, beat FROM workers",
                    row -> new Beat(row.getLong(1), row.getLong(2))))
        .forEach(other -> leases.observe(other.workerId(), other.beat()));
  }

  @Override
  public void close() {
    closed.countDown();
    Threads.join(thread);
  }
}
