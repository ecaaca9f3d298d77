package dev.assay.storage.json;

/** Reads decimal numbers as doubles, correctly rounded. */
final class DecimalText {
  /** Powers of ten that a double holds exactly. */
  private static final double[] EXACT_POWERS = exactPowers();

  private static final long EXACT_DIGITS = 1L << 53;

  private DecimalText() {}

  private static double[] exactPowers() {
    double[] powers = new double[23];
    powers[0] = 1;
    for (int i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }

  /**
   * The double nearest to a JSON number, infinite where it is too large. Where the digits and the
   * power of ten are both exact doubles, one multiplication or division rounds correctly; the rest
   * is left to the JDK.
   */
  static double toDouble(String text, int start, int end) {
    boolean negative = text.charAt(start) == '-';
    long digits = 0;
    int decimals = 0;
    int point = -1;
    int i = negative ? start + 1 : start;
    for (; i < end; i++) {
      char c = text.charAt(i);
      if (c == '.') {
        point = i;
      } else if (c == 'e' || c == 'E') {
        break;
      } else {
        digits = 10 * digits + (c - '0');
        decimals += point < 0 ? 0 : 1;
        if (digits >= EXACT_DIGITS) {
          return Double.parseDouble(text.substring(start, end));
        }
      }
    }
    int exponent = -decimals;
    if (i < end) {
      if (end - i > 5) {
        return Double.parseDouble(text.substring(start, end));
      }
      int from = text.charAt(i + 1) == '+' ? i + 2 : i + 1;
      exponent += Integer.parseInt(text, from, end, 10);
    }
    if (Math.abs(exponent) >= EXACT_POWERS.length) {
      return Double.parseDouble(text.substring(start, end));
    }
    double magnitude =
        exponent < 0 ? digits / EXACT_POWERS[-exponent] : digits * EXACT_POWERS[exponent];
    return negative ? -magnitude : magnitude;
  }
}
