package dev.assay.engine.sampler;

import dev.assay.engine.sampler.KernelFit.Kernel;

/**
 * A Gaussian process with known hyperparameters, conditioned on values at points and, as to its
 * variance alone, on further points whose values are awaited. Not safe to share between threads.
 */
final class GaussianProcess {
  private final PointColumns points;
  private final Kernel kernel;
  private final CholeskyFactor factor;
  private double[] alpha = new double[0];
  private double[] s = new double[0];

  /**
   * A process over {@code points}, which it shares: points added to them take part when {@link
   * #takeIn} is called.
   */
  GaussianProcess(PointColumns points, Kernel kernel, int capacity) {
    this.points = points;
    this.kernel = kernel;
    this.factor = new CholeskyFactor(Math.max(capacity, points.size()));
    this.s = new double[points.size()];
    int n = points.size();
    double[] matrix = new double[n * n];
    double[] column = new double[n];
    double[] point = new double[points.dimensions()];
    for (int j = 0; j < n; j++) {
      points.row(j, point);
      points.distances(point, kernel.weights(), s, j, n);
      Matern.values(s, column, j, n);
      for (int i = j; i < n; i++) {
        matrix[j * n + i] = kernel.scale() * column[i];
      }
      matrix[j * n + j] += kernel.noise();
    }
    factor.factor(matrix, n);
  }

  Kernel kernel() {
    return kernel;
  }

  int size() {
    return factor.size();
  }

  /** Takes in the last of the points, which is new. */
  void takeIn() {
    int n = factor.size();
    double[] point = new double[points.dimensions()];
    points.row(n, point);
    s = s.length > n ? s : new double[2 * n + 1];
    double[] row = new double[n];
    points.distances(point, kernel.weights(), s, 0, n);
    Matern.values(s, row, 0, n);
    for (int i = 0; i < n; i++) {
      row[i] *= kernel.scale();
    }
    factor.extend(row, kernel.scale() + kernel.noise());
  }

  /** Forgets points from {@code to} on. */
  void truncate(int to) {
    factor.truncate(to);
  }

  /** Conditions the mean on the values of all points so far. */
  void condition(double[] values) {
    int n = factor.size();
    alpha = new double[n];
    System.arraycopy(values, 0, alpha, 0, n);
    factor.solveForward(alpha);
    factor.solveBackward(alpha);
  }

  /** The mean at point {@code i}, one of those that have a value, without the noise. */
  double meanAt(int i, double value) {
    return value - kernel.noise() * alpha[i];
  }

  /** Room for predictions at some points at a time. */
  static final class Batch {
    final double[] means;
    final double[] variances;
    private final double[][] k;
    private final double[][] slopes;
    private final double[][] solved;

    Batch(int points, int capacity) {
      means = new double[points];
      variances = new double[points];
      k = new double[points][capacity];
      slopes = new double[points][capacity];
      solved = new double[points][capacity];
    }

    int capacity() {
      return k[0].length;
    }

    int points() {
      return k.length;
    }
  }

  /** Means and variances at the first {@code count} points, and what {@link #gradient} needs. */
  void predict(double[][] at, int count, Batch batch) {
    int n = factor.size();
    s = s.length >= n ? s : new double[2 * n];
    for (int c = 0; c < count; c++) {
      points.distances(at[c], kernel.weights(), s, 0, n);
      Matern.valuesAndSlopes(s, batch.k[c], batch.slopes[c], 0, n);
      batch.means[c] = kernel.scale() * dot(batch.k[c], alpha, alpha.length);
      System.arraycopy(batch.k[c], 0, batch.solved[c], 0, n);
    }
    factor.solveForward(batch.solved, count);
    double scale = kernel.scale();
    for (int c = 0; c < count; c++) {
      double explained = scale * dot(batch.solved[c], batch.solved[c], n);
      batch.variances[c] = scale * Math.max(1 - explained, 1e-10);
    }
  }

  /** Readies {@link #gradient} for the points of the last {@link #predict}. */
  void solve(int count, Batch batch) {
    factor.solveBackward(batch.solved, count);
  }

  /**
   * Adds the gradient of a function of mean and variance at point {@code c} of the last prediction.
   *
   * @param byMean its derivative by the mean
   * @param byVariance its derivative by the variance
   */
  void gradient(
      double[] at, int c, Batch batch, double byMean, double byVariance, double[] gradient) {
    int n = factor.size();
    double scale = kernel.scale();
    double[] slope = batch.slopes[c];
    double[] solved = batch.solved[c];
    double ofVariance = -2 * scale * scale * byVariance;
    for (int i = 0; i < n; i++) {
      solved[i] *= ofVariance;
    }
    double ofMean = scale * byMean;
    for (int i = 0; i < alpha.length; i++) {
      solved[i] += ofMean * alpha[i];
    }
    double sum = 0;
    for (int i = 0; i < n; i++) {
      solved[i] *= slope[i];
      sum += solved[i];
    }
    for (int d = 0; d < gradient.length; d++) {
      if (!points.isChoice(d)) {
        double pulled = at[d] * sum - dot(solved, points.column(d), n);
        gradient[d] += 2 * kernel.weights()[d] * pulled;
      }
    }
  }

  /**
   * The mean at a point, and in {@code bound[0]} the variance that the nearest point alone would
   * leave, which is at least the true one.
   */
  double meanAndBound(double[] at, double[] k, double[] bound) {
    int n = factor.size();
    points.distances(at, kernel.weights(), s, 0, n);
    Matern.values(s, k, 0, n);
    double nearest = 0;
    for (int i = 0; i < n; i++) {
      nearest = Math.max(nearest, k[i]);
    }
    double scale = kernel.scale();
    bound[0] = scale * Math.max(1 - nearest * nearest * scale / (scale + kernel.noise()), 1e-10);
    return scale * dot(k, alpha, alpha.length);
  }

  private static double dot(double[] a, double[] b, int n) {
    double s0 = 0;
    double s1 = 0;
    double s2 = 0;
    double s3 = 0;
    int i = 0;
    for (; i + 4 <= n; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + s2 + s3;
  }
}
