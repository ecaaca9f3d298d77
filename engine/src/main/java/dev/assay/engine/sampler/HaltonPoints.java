package dev.assay.engine.sampler;

import org.jspecify.annotations.Nullable;

/**
 * Halton's sequence: the index, written in the n-th prime, read backwards behind the point. In each
 * dimension, p^k points from a multiple of p^k on have one point in each interval of length p^-k.
 *
 * <p>Scrambled, each digit goes through a permutation that belongs to seed, dimension and the less
 * significant digits of the index, which are the more significant ones of the coordinate. That
 * keeps what is said above, makes each point uniform, and undoes the correlation between dimensions
 * with large primes. The permutations come from hashes, so that nothing is stored.
 */
final class HaltonPoints implements Points {
  /** No index reaches it, so that all digits beyond are zeros. */
  private static final long INDICES = 1L << 31;

  private static final double BELOW_ONE = Math.nextDown(1.0);

  private final int[] bases;
  private final long @Nullable [] keys;

  private HaltonPoints(int dimensions, long @Nullable [] keys) {
    this.bases = primes(dimensions);
    this.keys = keys;
  }

  /** The sequence itself, which begins at the origin. */
  static HaltonPoints plain(int dimensions) {
    return new HaltonPoints(dimensions, null);
  }

  static HaltonPoints scrambled(int dimensions, long seed) {
    return new HaltonPoints(dimensions, TrialRandom.keys(dimensions, seed));
  }

  @Override
  public double[] at(int index) {
    double[] point = new double[bases.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = keys == null ? plain(index, bases[i]) : scrambled(index, bases[i], keys[i]);
    }
    return point;
  }

  private static int[] primes(int count) {
    int[] primes = new int[count];
    int found = 0;
    for (int candidate = 2; found < count; candidate++) {
      int divisor = 0;
      while (divisor < found
          && primes[divisor] <= candidate / primes[divisor]
          && candidate % primes[divisor] != 0) {
        divisor++;
      }
      if (divisor == found || primes[divisor] > candidate / primes[divisor]) {
        primes[found++] = candidate;
      }
    }
    return primes;
  }

  private static double plain(int index, int base) {
    long reversed = 0;
    long scale = 1;
    for (int left = index; left > 0; left /= base) {
      reversed = reversed * base + left % base;
      scale *= base;
    }
    return (double) reversed / scale;
  }

  private static double scrambled(int index, int base, long key) {
    long reversed = 0;
    long scale = 1;
    int left = index;
    long node = key;
    while (scale < INDICES) {
      int digit = left % base;
      reversed = reversed * base + permuted(digit, base, node);
      scale *= base;
      left /= base;
      node = TrialRandom.mixed(node, digit);
    }
    return Math.min(BELOW_ONE, (reversed + (node >>> 11) * 0x1p-53) / scale);
  }

  /**
   * A permutation of the digits of a base: one of the power of two above, walked until it comes out
   * below the base, and then turned by an even draw.
   */
  private static int permuted(int digit, int base, long key) {
    int bits = Integer.SIZE - Integer.numberOfLeadingZeros(base - 1);
    int mask = (1 << bits) - 1;
    int shift = (bits + 1) / 2;
    long first = TrialRandom.mixed(key, -1);
    long second = TrialRandom.mixed(key, -2);
    int x = digit;
    do {
      x = (x * ((int) first | 1) + (int) (first >>> 32)) & mask;
      x ^= x >>> shift;
      x = (x * ((int) (first >>> 16) | 1) + (int) second) & mask;
      x ^= x >>> shift;
      x = (x * ((int) (first >>> 24) | 1) + (int) (second >>> 24)) & mask;
    } while (x >= base);
    return (x + Draws.below(base, TrialRandom.mixed(key, -3))) % base;
  }
}
