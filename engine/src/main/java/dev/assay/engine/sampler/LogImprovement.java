package dev.assay.engine.sampler;

import org.hipparchus.special.Erf;

/**
 * Logarithms of normal probabilities and of the expected improvement, exact also where the plain
 * figures would round to 0 (Ament et al., "Unexpected Improvements to Expected Improvement", 2023).
 * Far in the tail they rest on the continued fraction of Mills' ratio, R(u) = 1 / (u + t) with t =
 * 1 / (u + 2 / (u + 3 / …)).
 */
final class LogImprovement {
  private static final double TAIL = -2;
  private static final int TERMS = 40;
  private static final double LOG_ROOT_TWO_PI = 0.5 * Math.log(2 * Math.PI);

  private LogImprovement() {}

  /** log(φ(z) + z Φ(z)): the expected improvement of a standard normal by {@code z}. */
  static double value(double z) {
    if (z > TAIL) {
      return Math.log(density(z) + z * probability(z));
    }
    double t = tail(-z);
    return -0.5 * z * z - LOG_ROOT_TWO_PI + Math.log(t / (t - z));
  }

  /** The derivative of {@link #value}. */
  static double slope(double z) {
    if (z > TAIL) {
      double p = probability(z);
      return p / (density(z) + z * p);
    }
    return 1 / tail(-z);
  }

  /** log Φ(z). */
  static double logProbability(double z) {
    if (z > TAIL) {
      return Math.log(probability(z));
    }
    return -0.5 * z * z - LOG_ROOT_TWO_PI - Math.log(tail(-z) - z);
  }

  /** The derivative of {@link #logProbability}. */
  static double logProbabilitySlope(double z) {
    return z > TAIL ? density(z) / probability(z) : tail(-z) - z;
  }

  private static double density(double z) {
    return Math.exp(-0.5 * z * z - LOG_ROOT_TWO_PI);
  }

  private static double probability(double z) {
    return 0.5 * Erf.erfc(-z / Math.sqrt(2));
  }

  /** The t of Mills' ratio for {@code u} from 2. */
  private static double tail(double u) {
    double t = u;
    for (int k = TERMS; k > 1; k--) {
      t = u + k / t;
    }
    return 1 / t;
  }
}
