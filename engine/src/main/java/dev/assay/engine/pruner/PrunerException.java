package dev.assay.engine.pruner;

/** A pruner cannot be had, or not with these settings. The message says what was expected. */
public final class PrunerException extends RuntimeException {
  PrunerException(String message) {
    super(message);
  }

  static void unlessAtLeast(long least, String option, long value) {
    if (value < least) {
      throw new PrunerException(
          "%s is %d, expected a whole number of at least %d".formatted(option, value, least));
    }
  }
}
