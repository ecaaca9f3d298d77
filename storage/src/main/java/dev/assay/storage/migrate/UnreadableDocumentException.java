package dev.assay.storage.migrate;

/** A file whose content is not what its name promises; the reason says what was found. */
final class UnreadableDocumentException extends Exception {
  private final String reason;

  UnreadableDocumentException(String reason) {
    super(reason);
    this.reason = reason;
  }

  /** The message, which is never null. */
  String reason() {
    return reason;
  }
}
