package dev.assay.engine.objective;

import org.jspecify.annotations.Nullable;

/**
 * An objective cannot be set up, so no trial of its study can run. The message names the file and
 * the key, what was found, what was expected and what to do.
 */
public final class ObjectiveSetupException extends RuntimeException {
  ObjectiveSetupException(String message) {
    super(message);
  }

  ObjectiveSetupException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
