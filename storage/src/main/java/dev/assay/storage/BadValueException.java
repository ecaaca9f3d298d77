package dev.assay.storage;

import org.jspecify.annotations.Nullable;

/** Something was to be stored that could not be read again as it is; nothing was stored. */
public final class BadValueException extends StoreException {
  BadValueException(String message) {
    super(message);
  }

  BadValueException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
