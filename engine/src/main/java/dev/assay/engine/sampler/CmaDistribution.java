package dev.assay.engine.sampler;

import dev.assay.engine.sampler.CmaSettings.Shape;

/**
 * The normal distribution of CMA-ES, and how a generation changes it: weighted recombination,
 * cumulative step size adaptation, rank-one and rank-µ updates of the covariance with negative
 * weights for the worse half (Hansen 2016). The covariance is held beside its triangular factor,
 * which stands for its root in the path of the step size too (Krause, Arbonès, Igel 2016), so that
 * no eigenvectors are needed. Points that are too far away to have been drawn from it, such as
 * those of an older generation, are pulled closer before they count (Hansen 2011).
 *
 * <p>Matrices are flat, row by row, and only their lower triangles count. Not safe to share between
 * threads.
 */
final class CmaDistribution {
  private static final double MOST_SIGMA = 1e4;
  private static final double LEAST_SIGMA = 1e-14;

  private final CmaRates rates;
  private final Shape shape;
  private final int n;
  private final double[] mean;
  private final double[] covariance;
  private final double[] factor;
  private final double[] sigmaPath;
  private final double[] path;
  private double sigma;
  private int generation;

  CmaDistribution(CmaRates rates, Shape shape, double[] mean, double sigma) {
    this.rates = rates;
    this.shape = shape;
    this.n = mean.length;
    this.mean = mean.clone();
    this.sigma = sigma;
    this.covariance = new double[n * n];
    this.factor = new double[n * n];
    this.sigmaPath = new double[n];
    this.path = new double[n];
    reset();
  }

  private void reset() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        covariance[i * n + j] = i == j ? 1 : 0;
        factor[i * n + j] = i == j ? 1 : 0;
      }
    }
  }

  double mean(int i) {
    return mean[i];
  }

  double sigma() {
    return sigma;
  }

  /** The standard deviation along one axis. */
  double deviation(int i) {
    return sigma * Math.sqrt(covariance[i * n + i]);
  }

  /**
   * The point for a draw from the standard normal distribution.
   *
   * @param wider by which the step size is multiplied
   */
  void place(double[] normal, double wider, double[] point) {
    for (int i = 0; i < n; i++) {
      double sum = 0;
      for (int j = shape == Shape.SEPARABLE ? i : 0; j <= i; j++) {
        sum += factor[i * n + j] * normal[j];
      }
      point[i] = mean[i] + wider * sigma * sum;
    }
  }

  /**
   * Learns from a generation.
   *
   * @param points from best to worst; they come back as offsets from the former mean, in step sizes
   */
  void learn(double[][] points) {
    generation++;
    double[] weights = rates.weights.clone();
    double[] step = new double[n];
    double[] whitened = new double[n];
    double[] normal = new double[n];
    for (int k = 0; k < points.length; k++) {
      double square = offset(points[k], normal);
      if (k < rates.parents) {
        for (int i = 0; i < n; i++) {
          step[i] += weights[k] * points[k][i];
          whitened[i] += weights[k] * normal[i];
        }
      }
      weights[k] *= weights[k] < 0 ? n / (square + 1e-8) : 1;
    }
    for (int i = 0; i < n; i++) {
      mean[i] += sigma * step[i];
    }
    boolean steady = follow(step, whitened);
    covary(points, weights, steady);
    factorize();
  }

  /**
   * Turns a point into its offset, no longer than one that was drawn may be.
   *
   * @param normal becomes what would have to be drawn for it
   * @return the square of that one's length
   */
  private double offset(double[] point, double[] normal) {
    double square = 0;
    for (int i = 0; i < n; i++) {
      point[i] = (point[i] - mean[i]) / sigma;
      double rest = point[i];
      for (int j = 0; j < i; j++) {
        rest -= factor[i * n + j] * normal[j];
      }
      normal[i] = rest / factor[i * n + i];
      square += normal[i] * normal[i];
    }
    double longest = Math.sqrt(n) + 2.0 * n / (n + 2);
    double part = longest / Math.sqrt(square);
    if (!(part < 1)) {
      return square;
    }
    for (int i = 0; i < n; i++) {
      point[i] *= part;
      normal[i] *= part;
    }
    return longest * longest;
  }

  /** Moves both paths and the step size; returns whether the step size is not about to leap. */
  private boolean follow(double[] step, double[] whitened) {
    double c = rates.cSigma;
    double gain = Math.sqrt(c * (2 - c) * rates.effective);
    double square = 0;
    for (int i = 0; i < n; i++) {
      sigmaPath[i] = (1 - c) * sigmaPath[i] + gain * whitened[i];
      square += sigmaPath[i] * sigmaPath[i];
    }
    double ratio = Math.sqrt(square) / rates.length;
    sigma *= Math.exp(Math.min(1, c / rates.damping * (ratio - 1)));
    sigma = Math.min(MOST_SIGMA, Math.max(LEAST_SIGMA, sigma));
    double settled = Math.sqrt(1 - Math.pow(1 - c, 2.0 * (generation + 1)));
    boolean steady = ratio / settled < 1.4 + 2.0 / (n + 1);
    double cp = rates.cPath;
    double pathGain = steady ? Math.sqrt(cp * (2 - cp) * rates.effective) : 0;
    for (int i = 0; i < n; i++) {
      path[i] = (1 - cp) * path[i] + pathGain * step[i];
    }
    return steady;
  }

  private void covary(double[][] offsets, double[] weights, boolean steady) {
    double sum = 0;
    for (double weight : rates.weights) {
      sum += weight;
    }
    double lost = steady ? 0 : rates.cPath * (2 - rates.cPath);
    double kept = 1 + rates.cOne * (lost - 1) - rates.cMu * sum;
    for (int i = 0; i < n; i++) {
      for (int j = shape == Shape.SEPARABLE ? i : 0; j <= i; j++) {
        double fromGeneration = 0;
        for (int k = 0; k < offsets.length; k++) {
          fromGeneration += weights[k] * offsets[k][i] * offsets[k][j];
        }
        covariance[i * n + j] =
            kept * covariance[i * n + j]
                + rates.cOne * path[i] * path[j]
                + rates.cMu * fromGeneration;
      }
    }
  }

  /** Cholesky's factor of the covariance; begins anew with the unit matrix where it has none. */
  private void factorize() {
    for (int i = 0; i < n; i++) {
      for (int j = 0; j <= i; j++) {
        double rest = covariance[i * n + j];
        for (int k = 0; k < j; k++) {
          rest -= factor[i * n + k] * factor[j * n + k];
        }
        if (i != j) {
          factor[i * n + j] = rest / factor[j * n + j];
        } else if (rest > 1e-14 * covariance[i * n + i] && rest < 1e100) {
          factor[i * n + i] = Math.sqrt(rest);
        } else {
          reset();
          return;
        }
      }
    }
  }
}
