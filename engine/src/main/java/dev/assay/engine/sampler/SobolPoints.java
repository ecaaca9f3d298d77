package dev.assay.engine.sampler;

import org.hipparchus.random.SobolSequenceGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sobol's sequence with the direction numbers of Joe and Kuo (2008), in the order of the Gray code.
 * In each dimension, and in the first few together, 2^k points from a multiple of 2^k on have one
 * point in each elementary interval of volume 2^-k (times 2^t, t growing with the dimensions).
 *
 * <p>Scrambled as Owen (1995) has it: going down the binary tree of intervals, a bit that belongs
 * to the node decides whether its halves change places. That keeps what is said above and makes
 * each point uniform. The bits come from a hash of seed, dimension and node, so that nothing is
 * stored.
 */
final class SobolPoints implements Points {
  static final int MOST_DIMENSIONS = 21_201;

  /** More than an index has, and so more than a coordinate has. */
  private static final int BITS = 32;

  private static final double COORDINATES = 0x1p32;
  private static final int REST_BITS = 53 - BITS;

  private final SobolSequenceGenerator generator;
  private final long @Nullable [] keys;

  private SobolPoints(int dimensions, long @Nullable [] keys) {
    this.generator = new SobolSequenceGenerator(dimensions);
    this.keys = keys;
  }

  /** The sequence itself, which begins at the origin. */
  static SobolPoints plain(int dimensions) {
    return new SobolPoints(dimensions, null);
  }

  static SobolPoints scrambled(int dimensions, long seed) {
    return new SobolPoints(dimensions, TrialRandom.keys(dimensions, seed));
  }

  @Override
  public double[] at(int index) {
    double[] point = generator.skipTo(index);
    if (keys != null) {
      for (int i = 0; i < point.length; i++) {
        point[i] = scrambled((long) (point[i] * COORDINATES), keys[i]);
      }
    }
    return point;
  }

  private static double scrambled(long bits, long key) {
    long result = 0;
    long node = 1;
    for (int level = BITS - 1; level >= 0; level--) {
      long bit = (bits >>> level) & 1;
      result = result << 1 | (bit ^ TrialRandom.mixed(key, node) >>> 63);
      node = node << 1 | bit;
    }
    long rest = TrialRandom.mixed(key, node) >>> (Long.SIZE - REST_BITS);
    return (result << REST_BITS | rest) * 0x1p-53;
  }
}
