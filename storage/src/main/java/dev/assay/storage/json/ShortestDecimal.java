package dev.assay.storage.json;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * The shortest decimal that reads back as a given double, and the closest to it among those: what
 * Python's {@code repr} shows. {@code Double.toString} gives it only from JDK 19 on, and then with
 * at least two digits.
 *
 * <p>After Raffaello Giulietti, "The Schubfach way to render doubles" (2020). A double {@code v =
 * c·2^q} stands for every real number in its rounding interval, of width {@code 2^q} (three
 * quarters of that below a power of two). With {@code k} chosen so that {@code 10^k ≤ width <
 * 10^(k+1)}, the interval holds at least one multiple of {@code 10^k} and at most one of {@code
 * 10^(k+1)}. If it holds the latter, this is the shortest; else it is the nearer of the two
 * multiples of {@code 10^k} around v that lie inside. All comparisons are made on {@code
 * v·10^-k·4}, computed with a 128-bit power of ten and a sticky last bit, so that they are exact.
 */
final class ShortestDecimal {
  private static final int MANTISSA_BITS = 52;
  private static final long HIDDEN_BIT = 1L << MANTISSA_BITS;
  private static final int MIN_Q = -1074;

  /** The exponents of ten that doubles need as a factor. */
  private static final int MIN_POWER = -292;

  private static final int MAX_POWER = 324;

  /** Powers in use, made when first needed. Races only make one twice. */
  private static final @Nullable Power[] POWERS = new @Nullable Power[MAX_POWER - MIN_POWER + 1];

  private ShortestDecimal() {}

  /** The 128 leading bits of a power of ten, rounded up. */
  private record Power(long high, long low) {
    static Power of(int exponent) {
      int index = exponent - MIN_POWER;
      Power power = POWERS[index];
      if (power == null) {
        power = compute(exponent);
        POWERS[index] = power;
      }
      return power;
    }

    private static Power compute(int exponent) {
      BigInteger ten = BigInteger.TEN.pow(Math.abs(exponent));
      BigInteger bits;
      if (exponent >= 0) {
        int shift = 128 - ten.bitLength();
        bits = shift >= 0 ? ten.shiftLeft(shift) : ten.shiftRight(-shift);
      } else {
        bits = BigInteger.ONE.shiftLeft(ten.bitLength() + 127).divide(ten);
      }
      bits = bits.add(BigInteger.ONE);
      return new Power(bits.shiftRight(64).longValue(), bits.longValue());
    }
  }

  /** {@code digits · 10^exponent}; the digits do not end in zero. */
  record Decimal(long digits, int exponent) {}

  /** The shortest decimal of a finite number above zero. */
  static Decimal of(double positive) {
    long bits = Double.doubleToRawLongBits(positive);
    long fraction = bits & (HIDDEN_BIT - 1);
    int biased = (int) (bits >>> MANTISSA_BITS);
    return biased == 0 ? find(fraction, MIN_Q) : find(fraction | HIDDEN_BIT, biased + MIN_Q - 1);
  }

  private static Decimal find(long c, int q) {
    // Just below a power of two the neighbour is only half as far away.
    boolean irregular = c == HIDDEN_BIT && q > MIN_Q;
    int k = irregular ? floorLog10ThreeQuarters(q) : floorLog10(q);
    int shift = q + floorLog2PowerOfTen(-k) + 1;
    Power power = Power.of(-k);
    long middle = scaled(power, (c << 2) << shift);
    long lower = scaled(power, ((c << 2) - (irregular ? 1 : 2)) << shift);
    long upper = scaled(power, ((c << 2) + 2) << shift);
    // A double with an odd significand loses ties: its interval has no end points.
    long out = c & 1;
    long s = middle >> 2;
    if (s >= 10) {
      long below = s / 10 * 10;
      long above = below + 10;
      boolean belowIn = lower + out <= below << 2;
      boolean aboveIn = (above << 2) + out <= upper;
      if (belowIn != aboveIn) {
        return stripped(belowIn ? below : above, k);
      }
    }
    long t = s + 1;
    boolean sIn = lower + out <= s << 2;
    boolean tIn = (t << 2) + out <= upper;
    if (sIn != tIn) {
      return stripped(sIn ? s : t, k);
    }
    long distance = middle - ((s + t) << 1);
    boolean nearerBelow = distance < 0 || (distance == 0 && (s & 1) == 0);
    return stripped(nearerBelow ? s : t, k);
  }

  /** The product's upper 64 bits, with the last bit set where any bit below them is. */
  private static long scaled(Power power, long factor) {
    long low = unsignedHigh(power.low, factor);
    long middle = power.high * factor;
    long sum = low + middle;
    long carry = Long.compareUnsigned(sum, low) < 0 ? 1 : 0;
    long high = unsignedHigh(power.high, factor) + carry;
    // The power was rounded up, so that an exact product leaves a one here and not a zero.
    return high | (Long.compareUnsigned(sum, 1) > 0 ? 1 : 0);
  }

  /** {@code factor} is not negative; {@code a} is unsigned. */
  private static long unsignedHigh(long a, long factor) {
    return Math.multiplyHigh(a, factor) + ((a >> 63) & factor);
  }

  /** {@code floor(log10(2^e))} for |e| up to 1650. */
  private static int floorLog10(int e) {
    return (e * 1_262_611) >> 22;
  }

  /** {@code floor(log10(3/4 · 2^e))} for |e| up to 1500. */
  private static int floorLog10ThreeQuarters(int e) {
    return (e * 1_262_611 - 524_031) >> 22;
  }

  /** {@code floor(log2(10^e))} for |e| up to 1233. */
  private static int floorLog2PowerOfTen(int e) {
    return (e * 1_741_647) >> 19;
  }

  private static Decimal stripped(long digits, int exponent) {
    long rest = digits;
    int power = exponent;
    while (rest % 10 == 0) {
      rest /= 10;
      power++;
    }
    return new Decimal(rest, power);
  }
}
