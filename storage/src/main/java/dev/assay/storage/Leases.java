package dev.assay.storage;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells which workers are gone. One whose process has ended is gone at once: the operating system
 * has freed its lock. One that lives counts its beat up; it is taken for gone when this process has
 * seen the same count for the lease's time, by its own monotonic clock. No two clocks are ever
 * compared.
 *
 * <p>Safe to share between threads.
 */
final class Leases {
  private static final long LOOK_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long NO_BEAT = -1;

  private final long ownWorker;
  private final long leaseNanos;
  private final LongPredicate isAlive;
  private final LongSupplier nanoTime;
  private final Map<Long, Sighting> sightings = new ConcurrentHashMap<>();

  /** When each worker's process was last seen alive: a look is a matter of files. */
  private final Map<Long, Long> aliveNanos = new ConcurrentHashMap<>();

  /** A count, and when this process first saw it. */
  private record Sighting(long beat, long sinceNanos) {}

  /**
   * @param isAlive whether a worker's process has not ended
   */
  Leases(long ownWorker, long leaseNanos, LongPredicate isAlive, LongSupplier nanoTime) {
    this.ownWorker = ownWorker;
    this.leaseNanos = leaseNanos;
    this.isAlive = isAlive;
    this.nanoTime = nanoTime;
  }

  /**
   * Whether the lease of a worker that holds a running trial has run out. The first look at a
   * worker starts its time.
   *
   * @param worker null for a trial that nobody has claimed here
   * @param beat null where the worker is not on the list
   */
  boolean isExpired(@Nullable Long worker, @Nullable Long beat) {
    if (worker == null) {
      return true;
    }
    return worker != ownWorker && (hasStoodStill(worker, beat) || hasEnded(worker));
  }

  /** Notes a worker's count, so that its time runs from now if it stands still. */
  void observe(long worker, long beat) {
    hasStoodStill(worker, beat);
  }

  private boolean hasStoodStill(long worker, @Nullable Long beat) {
    long count = beat == null ? NO_BEAT : beat;
    long now = nanoTime.getAsLong();
    Sighting sighting =
        sightings.compute(
            worker,
            (key, last) -> last != null && last.beat() == count ? last : new Sighting(count, now));
    return now - sighting.sinceNanos() >= leaseNanos;
  }

  private boolean hasEnded(long worker) {
    long now = nanoTime.getAsLong();
    Long seen = aliveNanos.get(worker);
    if (seen != null && now - seen < LOOK_PAUSE_NANOS) {
      return false;
    }
    if (isAlive.test(worker)) {
      aliveNanos.put(worker, now);
      return false;
    }
    return true;
  }
}
