package dev.assay.engine;

import org.jspecify.annotations.Nullable;

/**
 * A study file cannot be used. The message names the file, the line where there is one, the key,
 * what was found and what was expected.
 */
public final class StudyFileException extends RuntimeException {
  StudyFileException(String message) {
    super(message);
  }

  StudyFileException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
