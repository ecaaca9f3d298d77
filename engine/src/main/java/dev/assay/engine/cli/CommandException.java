package dev.assay.engine.cli;

import org.jspecify.annotations.Nullable;

/** A command failed for a reason that its message tells in full. */
final class CommandException extends RuntimeException {
  CommandException(String message) {
    super(message);
  }

  CommandException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
