package dev.assay.engine.sampler;

import java.util.random.RandomGenerator;

/**
 * The bell curves {@code exp(-((x - mean) / scale)^2 / 2)} over an axis, cut off at its ends; on
 * cells, their values in the middles of the cells times the cells' widths.
 */
final class Bell {
  private static final double SQRT_2PI = Math.sqrt(2 * Math.PI);
  private static final double SQRT_HALF = Math.sqrt(0.5);
  private static final int MOST_DRAWS = 10_000;

  private Bell() {}

  /**
   * The scale for a bandwidth: with the variance of an even spread over the cell on top, a bell
   * stands for a normal distribution that is summed up over each cell, also where the cells are
   * wider than the bandwidth.
   */
  static double scale(Axis axis, double mean, double bandwidth) {
    double width = axis.width(mean);
    return width == 0 ? bandwidth : Math.sqrt(bandwidth * bandwidth + width * width / 12);
  }

  /** What the curve amounts to over the axis. */
  static double mass(Axis axis, double mean, double scale) {
    double[] centers = axis.centers();
    double[] widths = axis.widths();
    double mass = 0;
    for (int i = 0; i < centers.length; i++) {
      mass += widths[i] * at((centers[i] - mean) / scale);
    }
    return mass + tail(axis, mean, scale);
  }

  private static double tail(Axis axis, double mean, double scale) {
    if (axis.edge() == 1) {
      return 0;
    }
    double beyond = below((1 - mean) / scale) - below((axis.edge() - mean) / scale);
    return SQRT_2PI * scale * beyond;
  }

  /** A place with chances as the curve over the axis has them. */
  static double draw(Axis axis, double mean, double scale, RandomGenerator random) {
    double[] centers = axis.centers();
    if (centers.length > 0) {
      double left = Draws.unit(random) * mass(axis, mean, scale);
      double[] widths = axis.widths();
      for (int i = 0; i < centers.length; i++) {
        left -= widths[i] * at((centers[i] - mean) / scale);
        if (left < 0) {
          return centers[i];
        }
      }
      if (axis.edge() == 1) {
        return centers[centers.length - 1];
      }
    }
    return beyond(axis.edge(), mean, scale, random);
  }

  private static double beyond(double edge, double mean, double scale, RandomGenerator random) {
    for (int i = 0; i < MOST_DRAWS; i++) {
      double drawn = mean + scale * Draws.gaussian(random);
      if (drawn >= edge && drawn <= 1) {
        return drawn;
      }
    }
    return edge;
  }

  private static double at(double z) {
    return Math.exp(-0.5 * z * z);
  }

  /**
   * The standard normal distribution function to within 1e-7, by Abramowitz and Stegun's formula
   * 7.1.26.
   */
  static double below(double z) {
    double x = Math.abs(z) * SQRT_HALF;
    double t = 1 / (1 + 0.3275911 * x);
    double p = 1.061405429;
    p = p * t - 1.453152027;
    p = p * t + 1.421413741;
    p = p * t - 0.284496736;
    p = p * t + 0.254829592;
    double half = 0.5 * p * t * Math.exp(-x * x);
    return z < 0 ? half : 1 - half;
  }
}
