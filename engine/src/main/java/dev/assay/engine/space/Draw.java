package dev.assay.engine.space;

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

  /**
   * A whole number from 0 to {@code largest}, each equally likely; both are without a sign, from 0
   * to 2^64 - 1.
   */
  static long upTo(long largest, RandomGenerator random) {
    int unused = Long.numberOfLeadingZeros(largest);
    if (unused == Long.SIZE) {
      return 0;
    }
    while (true) {
      // Two draws for 64 bits, since one that is shifted by 0 would be a draw of the whole line.
      long drawn =
          unused == 0
              ? (random.nextLong() & -2) | (random.nextLong() >>> 63)
              : random.nextLong() >>> unused;
      if (Long.compareUnsigned(drawn, largest) <= 0) {
        return drawn;
      }
    }
  }
}
