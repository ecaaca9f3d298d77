package dev.assay.engine.cli;

import java.time.DateTimeException;
import java.time.ZoneId;

/** Time zones as people write them. */
final class Zone {
  private Zone() {}

  /**
   * Reads {@code UTC}, {@code Europe/Vienna}, {@code +02:00}.
   *
   * @throws UsageException naming {@code option} when {@code text} is something else
   */
  static ZoneId parse(String option, String text) {
    try {
      return ZoneId.of(text.strip());
    } catch (DateTimeException e) {
      throw new UsageException(
          "%s is '%s', expected a zone such as UTC, Europe/Vienna or +02:00"
              .formatted(option, text));
    }
  }
}
