package dev.assay.storage.migrate;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Times and durations as trackers write them. */
final class TableTime {
  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)(?:[T"
              + " _](\\d\\d)[:-](\\d\\d)(?:[:-](\\d\\d)(?:[.,](\\d{1,9})\\d*)?)?)?"
              + " ?(Z|UTC|[+-]\\d\\d(?::?\\d\\d)?)?");

  private static final Pattern SPAN =
      Pattern.compile("(?:(\\d+) days? ?(?:\\+)?)?(?:(\\d+):(\\d\\d):(\\d\\d(?:\\.\\d+)?))?");

  /** From here on a number counts milliseconds, then microseconds, then nanoseconds. */
  private static final double MILLISECONDS = 1e11;

  private static final int NANO_DIGITS = 9;

  private TableTime() {}

  /**
   * The instant of an ISO 8601 time, with a blank or a T, or of a number: seconds, milliseconds,
   * microseconds or nanoseconds since 1970.
   *
   * @param zone where a time without a zone was written
   * @return null where the text is none of these
   */
  static @Nullable Instant instant(String text, ZoneId zone) {
    Matcher time = TIME.matcher(text);
    try {
      return time.matches() ? instant(time, zone) : sinceEpoch(text);
    } catch (DateTimeException | ArithmeticException e) {
      return null;
    }
  }

  private static Instant instant(Matcher time, ZoneId zone) {
    String fraction = time.group(7) == null ? "" : time.group(7);
    LocalDateTime local =
        LocalDateTime.of(
            whole(time, 1),
            whole(time, 2),
            whole(time, 3),
            whole(time, 4),
            whole(time, 5),
            whole(time, 6),
            Integer.parseInt(fraction + "0".repeat(NANO_DIGITS - fraction.length())));
    String offset = time.group(8);
    if (offset == null) {
      return local.atZone(zone).toInstant();
    }
    return local.toInstant(offset.equals("UTC") ? ZoneOffset.UTC : ZoneOffset.of(offset));
  }

  private static int whole(Matcher match, int group) {
    return match.group(group) == null ? 0 : Integer.parseInt(match.group(group));
  }

  private static @Nullable Instant sinceEpoch(String text) {
    Double number = CellKind.number(text);
    if (number == null || !(Math.abs(number) < MILLISECONDS * 1e9)) {
      return null;
    }
    BigDecimal exact = new BigDecimal(text);
    while (Math.abs(exact.doubleValue()) >= MILLISECONDS) {
      exact = exact.movePointLeft(3);
    }
    long whole = exact.longValue();
    long nanos = exact.subtract(BigDecimal.valueOf(whole)).movePointRight(NANO_DIGITS).longValue();
    return Instant.ofEpochSecond(whole, nanos);
  }

  /** The seconds of a number, or of {@code [D days] HH:MM:SS.fff}; null where it is neither. */
  static @Nullable Double seconds(String text) {
    Double number = CellKind.number(text);
    if (number != null) {
      return number;
    }
    Matcher span = SPAN.matcher(text);
    if (text.isEmpty() || !span.matches()) {
      return null;
    }
    double days = span.group(1) == null ? 0 : Double.parseDouble(span.group(1));
    if (span.group(2) == null) {
      return days * 86_400;
    }
    return days * 86_400
        + Double.parseDouble(span.group(2)) * 3600
        + Double.parseDouble(span.group(3)) * 60
        + Double.parseDouble(span.group(4));
  }
}
