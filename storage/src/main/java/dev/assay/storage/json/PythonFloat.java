package dev.assay.storage.json;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Floating-point numbers as Python writes and rounds them. */
final class PythonFloat {
  private static final double TEN_DECIMALS = 1e10;

  /** From here on neighbouring doubles are more than 10^-10 apart, so that rounding is idle. */
  private static final double ROUNDING_IS_IDLE = 1L << 20;

  /** Two different decimals of up to 15 digits are never the same double. */
  private static final double FIFTEEN_DIGITS = 1e15;

  /** At most this far from a double is its neighbour, as a part of the double. */
  private static final double UNIT_IN_LAST_PLACE = 0x1p-52;

  private PythonFloat() {}

  /** Python's {@code repr(x)}, or its JSON literal where the number is not finite. */
  static void write(double x, AsciiBuffer out) {
    if (!Double.isFinite(x)) {
      out.put(Double.isNaN(x) ? "NaN" : x > 0 ? "Infinity" : "-Infinity");
      return;
    }
    if (Double.doubleToRawLongBits(x) < 0) {
      out.put('-');
    }
    double magnitude = Math.abs(x);
    if (magnitude == 0) {
      out.put("0.0");
    } else if (!writeFewDecimals(magnitude, out)) {
      ShortestDecimal.Decimal decimal = ShortestDecimal.of(magnitude);
      layOut(decimal.digits(), decimal.exponent(), out);
    }
  }

  /**
   * Most parameters have few decimals: where {@code x} is the double nearest to a decimal with 10
   * places and no more than 15 digits, then this is its shortest form.
   */
  private static boolean writeFewDecimals(double x, AsciiBuffer out) {
    double scaled = x * TEN_DECIMALS;
    if (!(scaled < FIFTEEN_DIGITS)) {
      return false;
    }
    long digits = (long) Math.rint(scaled);
    if (digits == 0 || digits / TEN_DECIMALS != x) {
      return false;
    }
    layOutTenDecimals(digits, out);
    return true;
  }

  /** {@code digits·10^-10}, for 1 to 15 digits. */
  private static void layOutTenDecimals(long digits, AsciiBuffer out) {
    long rest = digits;
    int exponent = -10;
    // Fewer than 16 zeros at the end: half as many are looked for each time.
    if (rest % 100_000_000 == 0) {
      rest /= 100_000_000;
      exponent += 8;
    }
    if (rest % 10_000 == 0) {
      rest /= 10_000;
      exponent += 4;
    }
    if (rest % 100 == 0) {
      rest /= 100;
      exponent += 2;
    }
    if (rest % 10 == 0) {
      rest /= 10;
      exponent++;
    }
    layOut(rest, exponent, out);
  }

  private static void layOut(long digits, int exponent, AsciiBuffer out) {
    int count = AsciiBuffer.digitCount(digits);
    // Where the decimal point stands, counted from the first digit.
    int point = count + exponent;
    int start = out.length();
    if (point <= -4 || point > 16) {
      out.digits(digits);
      if (count > 1) {
        out.insert(start + 1, '.');
      }
      putExponent(point - 1, out);
    } else if (point <= 0) {
      out.put("0.");
      out.repeat('0', -point);
      out.digits(digits);
    } else if (point >= count) {
      out.digits(digits);
      out.repeat('0', point - count);
      out.put(".0");
    } else {
      out.digits(digits);
      out.insert(start + point, '.');
    }
  }

  private static void putExponent(int exponent, AsciiBuffer out) {
    out.put('e');
    out.put(exponent < 0 ? '-' : '+');
    int magnitude = Math.abs(exponent);
    if (magnitude < 10) {
      out.put('0');
    }
    out.digits(magnitude);
  }

  /** {@code write(round10(x), out)}. */
  static void writeRounded(double x, AsciiBuffer out) {
    double whole = nearestWhole(x);
    double magnitude = Math.abs(whole);
    if (magnitude > 0 && magnitude < FIFTEEN_DIGITS) {
      if (whole < 0) {
        out.put('-');
      }
      layOutTenDecimals((long) magnitude, out);
    } else {
      write(round10(x), out);
    }
  }

  /**
   * Python's {@code round(x, 10)}: the double nearest to the decimal with 10 places that is nearest
   * to the exact value of {@code x}, ties going to the even digit. NaN and infinities stay.
   */
  static double round10(double x) {
    if (!(Math.abs(x) < ROUNDING_IS_IDLE)) {
      return x;
    }
    double whole = nearestWhole(x);
    if (Math.abs(whole) < 1L << 53) {
      return whole / TEN_DECIMALS;
    }
    double rounded = new BigDecimal(x).setScale(10, RoundingMode.HALF_EVEN).doubleValue();
    return Math.copySign(rounded, x);
  }

  /**
   * The whole number nearest to {@code x·10^10}, with the sign of {@code x}; NaN where doubles do
   * not tell it.
   */
  private static double nearestWhole(double x) {
    double scaled = x * TEN_DECIMALS;
    double whole = Math.rint(scaled);
    // The product is off by half a unit in its last place at most: where that cannot reach the
    // middle between two whole numbers, the nearest one is known.
    boolean known =
        Math.abs(x) < ROUNDING_IS_IDLE
            && Math.abs(scaled - whole) + Math.abs(scaled) * UNIT_IN_LAST_PLACE < 0.5;
    return known ? whole : Double.NaN;
  }
}
