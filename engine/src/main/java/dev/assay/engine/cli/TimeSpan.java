package dev.assay.engine.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as people write and read them. */
final class TimeSpan {
  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?) ?([smhd]?)");

  private TimeSpan() {}

  /**
   * Reads {@code 90}, {@code 90s}, {@code 30m}, {@code 2h}, {@code 1d}; a bare number is seconds.
   *
   * @throws UsageException naming {@code option} when {@code text} is something else
   */
  static Duration parse(String option, String text) {
    Matcher matcher = FORM.matcher(text.strip());
    Duration span =
        matcher.matches()
            ? Duration.ofMillis(
                new BigDecimal(matcher.group(1))
                    .multiply(BigDecimal.valueOf(1000L * seconds(matcher.group(2))))
                    .longValue())
            : Duration.ZERO;
    if (span.isZero()) {
      throw new UsageException(
          "%s is '%s', expected a time above 0 such as 90s, 30m, 2h or 1d".formatted(option, text));
    }
    return span;
  }

  private static int seconds(String unit) {
    return switch (unit) {
      case "m" -> 60;
      case "h" -> 3600;
      case "d" -> 86_400;
      default -> 1;
    };
  }

  /** Such as {@code 0.4 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
  static String shown(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
    }
    return whole < 3600
        ? "%d min %d s".formatted(whole / 60, whole % 60)
        : "%d h %d min".formatted(whole / 3600, whole % 3600 / 60);
  }
}
