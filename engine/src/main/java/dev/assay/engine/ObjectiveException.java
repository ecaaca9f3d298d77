package dev.assay.engine;

import org.jspecify.annotations.Nullable;

/** An objective gave no result. The message says why, in one line, and what to look at. */
public final class ObjectiveException extends Exception {
  public ObjectiveException(String message) {
    super(message);
  }

  public ObjectiveException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
