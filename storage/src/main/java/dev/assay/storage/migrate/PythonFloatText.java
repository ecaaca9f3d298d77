package dev.assay.storage.migrate;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text as Python's {@code float()} reads it. */
final class PythonFloatText {
  /** Digits may be parted by single underscores; neither hexadecimal nor a type suffix is taken. */
  private static final Pattern NUMBER =
      Pattern.compile(
          "[+-]?(\\d+(_\\d+)*\\.?(\\d+(_\\d+)*)?|\\.\\d+(_\\d+)*)([eE][+-]?\\d+(_\\d+)*)?");

  private static final int RADIX = 10;

  private PythonFloatText() {}

  /** The number, NaN and infinities included; null where Python would refuse the text. */
  static @Nullable Double parse(String text) {
    String ascii = asciiDigits(text.strip());
    String sign = ascii.startsWith("-") ? "-" : "";
    String unsigned = ascii.startsWith("-") || ascii.startsWith("+") ? ascii.substring(1) : ascii;
    return switch (unsigned.toLowerCase(Locale.ROOT)) {
      case "nan" -> Double.NaN;
      case "inf", "infinity" -> Double.valueOf(sign + "Infinity");
      default -> NUMBER.matcher(ascii).matches() ? Double.valueOf(ascii.replace("_", "")) : null;
    };
  }

  private static String asciiDigits(String text) {
    StringBuilder ascii = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              int digit = Character.isDigit(point) ? Character.digit(point, RADIX) : -1;
              ascii.appendCodePoint(digit >= 0 ? '0' + digit : point);
            });
    return ascii.toString();
  }
}
