package dev.assay.engine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a run goes about its study.
 *
 * @param workers how many trials are evaluated at once, 1 to {@link #MAX_WORKERS}
 * @param limit how many trials the study may have, earlier runs included; null for no limit
 * @param timeout after which no more trials begin; null for none
 */
public record RunSettings(int workers, @Nullable Long limit, @Nullable Duration timeout) {
  /** The streak of duplicates where nobody says otherwise. */
  static final int DUPLICATE_STREAK = 10;

  /** The most workers that a run may have. */
  public static final int MAX_WORKERS = 4096;

  public RunSettings {
    if (workers < 1 || workers > MAX_WORKERS) {
      throw new IllegalArgumentException(
          "workers is %d, expected 1 to %d".formatted(workers, MAX_WORKERS));
    }
    if (limit != null && limit < 0) {
      throw new IllegalArgumentException("limit is %d, expected 0 or more".formatted(limit));
    }
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("timeout is %s, expected more than 0".formatted(timeout));
    }
  }
}
