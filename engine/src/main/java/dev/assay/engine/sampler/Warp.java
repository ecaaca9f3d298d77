package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * Makes losses easy to model: infinite ones are drawn in to the worst or best finite one, all may
 * be put on a logarithmic scale that starts at the least of them, and the result has mean 0 and
 * variance 1. It keeps their order.
 *
 * @param width a loss so much above the least is where the scale turns from even to logarithmic;
 *     infinite for an even scale
 */
record Warp(double width) {
  /** An even scale. */
  static final Warp EVEN = new Warp(Double.POSITIVE_INFINITY);

  private static final double[] SHARES = {1, 0.1, 0.01};

  /** An even scale and some that are logarithmic ever closer to the best of these losses. */
  static Warp[] candidates(double[] losses) {
    double[] sorted = losses.clone();
    drawIn(sorted);
    Arrays.sort(sorted);
    double least = sorted[0];
    double typical = sorted[sorted.length / 2] - least;
    if (!(typical > 0)) {
      typical = sorted[sorted.length - 1] - least;
    }
    if (!(typical > 1e-300 && typical < 1e300)) {
      return new Warp[] {EVEN};
    }
    Warp[] candidates = new Warp[SHARES.length + 1];
    candidates[0] = EVEN;
    for (int i = 0; i < SHARES.length; i++) {
      candidates[i + 1] = new Warp(SHARES[i] * typical);
    }
    return candidates;
  }

  /**
   * Warps losses in place; none may be NaN.
   *
   * @return the logarithm of the factor by which this changes their density
   */
  double apply(double[] losses) {
    drawIn(losses);
    double factor = width == Double.POSITIVE_INFINITY ? 0 : logarithms(losses);
    return factor - losses.length * Math.log(center(losses));
  }

  private double logarithms(double[] losses) {
    double least = Arrays.stream(losses).min().orElse(0);
    double factor = 0;
    for (int i = 0; i < losses.length; i++) {
      double above = (losses[i] - least) / width;
      losses[i] = Math.log1p(above);
      factor -= losses[i] + Math.log(width);
    }
    return factor;
  }

  /** Puts infinite losses at the ends of the finite ones. */
  private static void drawIn(double[] losses) {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double loss : losses) {
      if (Double.isFinite(loss)) {
        least = Math.min(least, loss);
        most = Math.max(most, loss);
      }
    }
    boolean none = least > most;
    for (int i = 0; i < losses.length; i++) {
      losses[i] = none ? Math.signum(losses[i]) : Math.min(most, Math.max(least, losses[i]));
    }
  }

  /**
   * Gives values the mean 0 and the variance 1 in place; where all are equal, they become 0.
   *
   * @return by what they were divided
   */
  static double center(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    // Squares and sums of the largest doubles are infinite.
    double unit = largest > 1e100 ? 1e-200 : 1;
    double mean = 0;
    for (double value : values) {
      mean += value * unit / values.length;
    }
    double sum = 0;
    for (double value : values) {
      sum += (value * unit - mean) * (value * unit - mean);
    }
    double deviation = Math.sqrt(sum / values.length);
    boolean equal = !(deviation > Math.abs(mean) * 1e-14);
    for (int i = 0; i < values.length; i++) {
      values[i] = equal ? 0 : (values[i] * unit - mean) / deviation;
    }
    return equal ? 1 : deviation / unit;
  }
}
