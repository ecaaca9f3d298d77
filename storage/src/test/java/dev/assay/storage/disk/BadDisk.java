package dev.assay.storage.disk;

import dev.assay.storage.disk.Operation.Kind;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * A disk that goes wrong at one of its operations, counted from 1 without those that only read.
 * Safe to share between threads.
 */
public final class BadDisk implements Watcher {
  private final int at;
  private final boolean isFull;
  private final Predicate<Operation> counted;
  private final AtomicInteger operations = new AtomicInteger();
  private volatile boolean isMended;

  private BadDisk(int at, boolean isFull, Predicate<Operation> counted) {
    this.at = at;
    this.isFull = isFull;
    this.counted = counted;
  }

  /** From that operation on there is no room, until it is {@link #mend mended}; deleting works. */
  public static BadDisk fullAt(int at) {
    return fullAt(at, operation -> true);
  }

  /** From that one on of the operations that count there is no room for any. */
  public static BadDisk fullAt(int at, Predicate<Operation> counted) {
    return new BadDisk(at, true, counted);
  }

  /** That one operation fails. */
  public static BadDisk brokenAt(int at) {
    return brokenAt(at, operation -> true);
  }

  /** That one of the operations that count fails. */
  public static BadDisk brokenAt(int at, Predicate<Operation> counted) {
    return new BadDisk(at, false, counted);
  }

  public void mend() {
    isMended = true;
  }

  /** Whether the operation that goes wrong was reached. */
  public boolean wentWrong() {
    return operations.get() >= at;
  }

  @Override
  public void before(Operation operation) throws IOException {
    if (!operation.isWriteLike()) {
      return;
    }
    boolean isBad = counted.test(operation) && operations.incrementAndGet() == at;
    if (isFull && !isMended && wentWrong() && operation.kind() != Kind.DELETE) {
      throw new IOException(operation.path() + ": No space left on device");
    }
    if (!isFull && isBad) {
      throw new IOException(operation.path() + ": Input/output error");
    }
  }
}
