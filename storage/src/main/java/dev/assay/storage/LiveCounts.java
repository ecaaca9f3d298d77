package dev.assay.storage;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What one open live database has done in this process. Safe to share between threads. */
final class LiveCounts {
  private final LongAdder lockWaits = new LongAdder();
  private final LongAdder lockWaitNanos = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private final LongAdder commitNanos = new LongAdder();
  private final LongAccumulator longestNanos = new LongAccumulator(Math::max, 0);
  private final LongAdder works = new LongAdder();
  private final LongAccumulator largest = new LongAccumulator(Math::max, 0);
  private final LongAdder readerWaits = new LongAdder();
  private final LongAdder readerWaitNanos = new LongAdder();
  private final LongAdder checkpoints = new LongAdder();

  void lockWaited(long nanos) {
    lockWaits.increment();
    lockWaitNanos.add(nanos);
  }

  void committed(int group, long nanos) {
    commits.increment();
    commitNanos.add(nanos);
    longestNanos.accumulate(nanos);
    works.add(group);
    largest.accumulate(group);
  }

  void readerWaited(long nanos) {
    readerWaits.increment();
    readerWaitNanos.add(nanos);
  }

  void checkpointed() {
    checkpoints.increment();
  }

  /** How many transactions found the database held by another process. */
  long lockWaits() {
    return lockWaits.sum();
  }

  long lockWaitNanos() {
    return lockWaitNanos.sum();
  }

  /** How many SQLite transactions were committed. */
  long commits() {
    return commits.sum();
  }

  /** How long they were open, from their begin to the end of their commit. */
  long commitNanos() {
    return commitNanos.sum();
  }

  /** How long the longest of them was. */
  long longestNanos() {
    return longestNanos.get();
  }

  /** How many works these transactions held in all. */
  long works() {
    return works.sum();
  }

  /** How many works the largest of them held. */
  long largestCommit() {
    return largest.get();
  }

  /** How many reads waited for a connection. */
  long readerWaits() {
    return readerWaits.sum();
  }

  long readerWaitNanos() {
    return readerWaitNanos.sum();
  }

  /** How many times the write-ahead log was copied into the database. */
  long checkpoints() {
    return checkpoints.sum();
  }
}
