package dev.assay.storage;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/**
 * A process's two clocks.
 *
 * @param wall what people are told: it may jump either way, and nothing is decided by it
 * @param nanoTime what durations are measured with, as {@link System#nanoTime}
 */
record Clocks(Clock wall, LongSupplier nanoTime) {
  static final Clocks SYSTEM = new Clocks(Clock.systemUTC(), System::nanoTime);

  /** The time of day, in microseconds as the store keeps it. */
  Instant now() {
    return wall.instant().truncatedTo(ChronoUnit.MICROS);
  }
}
