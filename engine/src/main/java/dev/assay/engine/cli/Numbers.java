package dev.assay.engine.cli;

import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;

/** Numbers that come from the user, and numbers for people to read. */
final class Numbers {
  private static final MathContext SHORT = new MathContext(6);
  private static final int LONGEST_PLAIN = 12;

  private Numbers() {}

  /**
   * An option's value, null where it is absent.
   *
   * @throws UsageException when it is below {@code least}
   */
  static @Nullable Long atLeast(String option, long least, @Nullable Long value) {
    if (value != null && value < least) {
      throw new UsageException("%s is %d, expected %d or more".formatted(option, value, least));
    }
    return value;
  }

  /**
   * An option's value, null where it is absent.
   *
   * @throws UsageException when it is not 1 to {@code most}
   */
  static @Nullable Integer upTo(String option, int most, @Nullable Long value) {
    if (value != null && (value < 1 || value > most)) {
      throw new UsageException("%s is %d, expected 1 to %d".formatted(option, value, most));
    }
    return value == null ? null : value.intValue();
  }

  /**
   * A whole number from an environment variable; null where it is not set.
   *
   * @throws UsageException when it is not a whole number from 1 to {@code most}
   */
  static @Nullable Integer variable(Console console, String name, int most) {
    String text = console.variable(name);
    if (text == null) {
      return null;
    }
    try {
      return upTo(name, most, Long.valueOf(text));
    } catch (NumberFormatException e) {
      throw new UsageException("%s is '%s', expected a whole number".formatted(name, text));
    }
  }

  /** A number in at most six significant digits. */
  static String shown(double value) {
    if (!Double.isFinite(value)) {
      return Double.isNaN(value) ? "NaN" : value > 0 ? "infinite" : "-infinite";
    }
    BigDecimal rounded = new BigDecimal(value).round(SHORT).stripTrailingZeros();
    String plain = rounded.signum() == 0 ? "0" : rounded.toPlainString();
    return plain.length() <= LONGEST_PLAIN ? plain : rounded.toString();
  }
}
