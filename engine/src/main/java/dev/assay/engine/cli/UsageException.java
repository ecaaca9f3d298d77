package dev.assay.engine.cli;

/** The command was asked for something that cannot be. The message says what to do instead. */
final class UsageException extends RuntimeException {
  UsageException(String message) {
    super(message);
  }
}
