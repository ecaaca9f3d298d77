package dev.assay.storage.optuna;

/** A source, or a study of it, that is not taken; the reason says what was found and what to do. */
final class RefusedException extends Exception {
  private final String reason;

  RefusedException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** The message, which is never null. */
  String reason() {
    return reason;
  }
}
