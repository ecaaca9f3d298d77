package dev.assay.analytics;

import org.jspecify.annotations.Nullable;

/** What a question to the store cannot get past; the message says what the asker can do. */
public final class AnalyticsException extends RuntimeException {
  public AnalyticsException(String message) {
    super(message);
  }

  public AnalyticsException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
