package dev.assay.engine.space;

import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * Draws that rest on {@link RandomGenerator#nextLong()} alone: what the JDK derives from it, such
 * as bounded numbers, may differ from one JDK to the next, and a study's seed has to mean the same
 * on all of them.
 */
final class Draw {
  private Draw() {}

  /** A number from 0 up to, but not, 1, in steps of 2^-53. */
  static double unit(RandomGenerator random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }

  /** A whole number from 0 up to, but not, {@code bound}, each equally likely. */
  static BigInteger below(BigInteger bound, RandomGenerator random) {
    BigInteger largest = bound.subtract(BigInteger.ONE);
    int bits = largest.bitLength();
    while (true) {
      BigInteger drawn = bits(bits, random);
      if (drawn.compareTo(largest) <= 0) {
        return drawn;
      }
    }
  }

  private static BigInteger bits(int count, RandomGenerator random) {
    BigInteger drawn = BigInteger.ZERO;
    int left = count;
    while (left > 0) {
      int taken = Math.min(left, 63);
      drawn = drawn.shiftLeft(taken).or(BigInteger.valueOf(random.nextLong() >>> (64 - taken)));
      left -= taken;
    }
    return drawn;
  }
}
