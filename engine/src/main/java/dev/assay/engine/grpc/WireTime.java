package dev.assay.engine.grpc;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Moments as Optuna's clients write and read them: a local time of the workers' zone with six
 * decimals, {@code 2026-11-23 08:15:00.000250}, which every client reads, or ISO 8601 with an
 * offset, which newer ones read as well. Both are understood. Immutable.
 *
 * @param zone of local times, read and written
 * @param form how moments are written
 */
record WireTime(ZoneId zone, WireTimes form) {
  /** Python's {@code %f} takes one to six digits; nine are read for the sake of other clients. */
  private static final DateTimeFormatter READ =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd")
          .appendLiteral(' ')
          .appendPattern("HH:mm:ss")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalStart()
          .appendOffsetId()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx", Locale.ROOT);

  /** The years that Python's datetime has. */
  private static final int FIRST_YEAR = 1;

  private static final int LAST_YEAR = 9999;

  /** The text of a moment; empty where there is none, or Python has no such year. */
  String text(@Nullable Instant moment) {
    if (moment == null) {
      return "";
    }
    OffsetDateTime time =
        moment.atZone(form == WireTimes.LOCAL ? zone : ZoneOffset.UTC).toOffsetDateTime();
    if (time.getYear() < FIRST_YEAR || time.getYear() > LAST_YEAR) {
      return "";
    }
    return (form == WireTimes.LOCAL ? LOCAL : ISO).format(time);
  }

  /**
   * The moment that a text of a client stands for, to the microsecond; null for an empty one.
   *
   * @param field whose text it is, for the error
   * @throws InvalidCallException where it is neither form
   */
  @Nullable Instant moment(String field, String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      TemporalAccessor read =
          READ.parseBest(
              text.replace('T', ' ').replace("Z", "+00:00"),
              OffsetDateTime::from,
              LocalDateTime::from);
      Instant moment =
          read instanceof OffsetDateTime time
              ? time.toInstant()
              : LocalDateTime.from(read).atZone(zone).toInstant();
      return moment.truncatedTo(ChronoUnit.MICROS);
    } catch (DateTimeException e) {
      throw new InvalidCallException(
          "%s is '%s', expected a time such as 2026-11-23 08:15:00.000250 or 2026-11-23T08:15:00.000250+00:00"
              .formatted(field, text),
          e);
    }
  }
}
