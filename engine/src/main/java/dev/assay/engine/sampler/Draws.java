package dev.assay.engine.sampler;

import java.util.random.RandomGenerator;
import org.hipparchus.special.Erf;

/**
 * Random numbers that rest on {@link RandomGenerator#nextLong()} alone, so that a study's seed
 * means the same on every JDK.
 */
final class Draws {
  private Draws() {}

  /** A number from 0 up to, but not, 1, in steps of 2^-53. */
  static double unit(RandomGenerator random) {
    return (random.nextLong() >>> 11) * 0x1p-53;
  }

  /** A whole number from 0 up to, but not, {@code bound}; nearly even. */
  static int below(int bound, RandomGenerator random) {
    return below(bound, random.nextLong());
  }

  /** A whole number from 0 up to, but not, {@code bound}, out of 64 random bits. */
  static int below(int bound, long bits) {
    return (int) (((bits >>> 32) * bound) >>> 32);
  }

  /** A number of the standard normal distribution, by Marsaglia's polar method. */
  static double gaussian(RandomGenerator random) {
    while (true) {
      double a = 2 * unit(random) - 1;
      double b = 2 * unit(random) - 1;
      double s = a * a + b * b;
      if (s < 1 && s > 0) {
        return a * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /** The number of the standard normal distribution below which a share of {@code unit} lies. */
  static double gaussian(double unit) {
    double inside = Math.min(1 - 0x1p-53, Math.max(0x1p-54, unit));
    return Math.sqrt(2) * Erf.erfInv(2 * inside - 1);
  }
}
