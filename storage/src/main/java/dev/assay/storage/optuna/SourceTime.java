package dev.assay.storage.optuna;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;

/**
 * A moment as Optuna writes it.
 *
 * @param exact whether {@code instant}, in the zone of the source, gives the text back: not so
 *     below a microsecond, and for an hour that a clock skipped
 */
record SourceTime(Instant instant, boolean exact) {
  /** Python's datetime goes from year 1 to this one. */
  private static final int LAST_YEAR = 9999;

  private static final DateTimeFormatter FORM =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .appendPattern("['T'][' ']")
          .append(DateTimeFormatter.ISO_LOCAL_TIME)
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .toFormatter(Locale.ROOT);

  /**
   * @param zone of texts without an offset; of an hour that comes twice the first is meant
   * @throws DateTimeException where the text is no time
   */
  static SourceTime parse(String text, ZoneId zone) {
    TemporalAccessor time = FORM.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
    int year = time.get(ChronoField.YEAR);
    if (year < 1 || year > LAST_YEAR) {
      throw new DateTimeException("the year is %d, expected 1 to %d".formatted(year, LAST_YEAR));
    }
    Instant instant =
        time instanceof LocalDateTime local
            ? local.atZone(zone).toInstant()
            : ((OffsetDateTime) time).toInstant();
    Instant kept = instant.truncatedTo(ChronoUnit.MICROS);
    boolean exact =
        kept.equals(instant)
            && (!(time instanceof LocalDateTime local)
                || kept.atZone(zone).toLocalDateTime().equals(local));
    return new SourceTime(kept, exact);
  }
}
