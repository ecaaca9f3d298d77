package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * The kernel's weights, scale and noise that are most probable for standardized values at given
 * points, given weak priors: of the weights w by e to -(w + 1/w) / 10, of the scale Gamma(2, 1), of
 * the noise Gamma(1.1, 30). They are searched by their logarithms from fixed starting points, so
 * that the result follows from points and values alone.
 */
final class KernelFit implements BoundedAscent.Surface {
  /** What was found. */
  static final class Kernel {
    private final double[] weights;
    private final double scale;
    private final double noise;

    /**
     * @param weights of the squared distance along each dimension
     * @param scale the variance of the values apart from noise
     * @param noise the variance of the noise
     */
    Kernel(double[] weights, double scale, double noise) {
      this.weights = weights;
      this.scale = scale;
      this.noise = noise;
    }

    double[] weights() {
      return weights;
    }

    double scale() {
      return scale;
    }

    double noise() {
      return noise;
    }
  }

  static final double LEAST_NOISE = 1e-6;
  private static final double MOST_NOISE = 1;
  private static final BoundedAscent.Limits LIMITS = new BoundedAscent.Limits(60, 1e-3, 1.5);

  private final PointColumns points;
  private final double[] values;
  private final int n;
  private final int dims;
  private final CholeskyFactor factor;
  private final double[] matrix;
  private final double[] slopes;
  private final double[] s;
  private final double[] k;
  private final double[] dk;
  private final double[] alpha;
  private final double[] point;

  KernelFit(PointColumns points, double[] values) {
    this.points = points;
    this.values = values;
    this.n = points.size();
    this.dims = points.dimensions();
    this.factor = new CholeskyFactor(n);
    this.matrix = new double[n * n];
    this.slopes = new double[n * n];
    this.s = new double[n];
    this.k = new double[n];
    this.dk = new double[n];
    this.alpha = new double[n];
    this.point = new double[dims];
  }

  /**
   * @param values one for each point
   * @param exact whether values come without noise
   */
  static Kernel of(PointColumns points, double[] values, boolean exact) {
    double noise = exact ? LEAST_NOISE : 1e-4;
    int dims = points.dimensions();
    double[][] starts = {
      bounds(dims, 1, 1, noise), bounds(dims, 0.1, 1, exact ? LEAST_NOISE : 0.1)
    };
    double[] reached = climb(points, values, exact, starts);
    return kernel(reached[1] > reached[0] ? starts[1] : starts[0]);
  }

  /** The logarithm of how well the values are explained, but for a constant. */
  static double evidence(PointColumns points, double[] values, boolean exact) {
    double noise = exact ? LEAST_NOISE : 1e-4;
    return climb(points, values, exact, new double[][] {bounds(points.dimensions(), 1, 1, noise)})[
        0];
  }

  private static double[] climb(
      PointColumns points, double[] values, boolean exact, double[][] starts) {
    int dims = points.dimensions();
    double[][] lows = new double[starts.length][];
    double[][] highs = new double[starts.length][];
    for (int c = 0; c < starts.length; c++) {
      lows[c] = bounds(dims, 1e-4, 1e-3, LEAST_NOISE);
      highs[c] = bounds(dims, 1e4, 1e2, exact ? LEAST_NOISE : MOST_NOISE);
    }
    return new BoundedAscent(new KernelFit(points, values), LIMITS).climb(starts, lows, highs);
  }

  private static double[] bounds(int dims, double weight, double scale, double noise) {
    double[] bounds = new double[dims + 2];
    Arrays.fill(bounds, 0, dims, Math.log(weight));
    bounds[dims] = Math.log(scale);
    bounds[dims + 1] = Math.log(noise);
    return bounds;
  }

  private static Kernel kernel(double[] logs) {
    int dims = logs.length - 2;
    double[] weights = new double[dims];
    for (int d = 0; d < dims; d++) {
      weights[d] = Math.exp(logs[d]);
    }
    return new Kernel(weights, Math.exp(logs[dims]), Math.exp(logs[dims + 1]));
  }

  @Override
  public void evaluate(double[][] logs, int count, double[] reached, double[][] gradients) {
    for (int c = 0; c < count; c++) {
      reached[c] = logPosterior(kernel(logs[c]), gradients[c]);
    }
  }

  private double logPosterior(Kernel kernel, double[] gradient) {
    fillMatrix(kernel);
    factor.factor(matrix, n);
    System.arraycopy(values, 0, alpha, 0, n);
    factor.solveForward(alpha);
    double fit = 0;
    for (int i = 0; i < n; i++) {
      fit += alpha[i] * alpha[i];
    }
    factor.solveBackward(alpha);
    double logLikelihood = -0.5 * (fit + factor.logDeterminant());
    factor.invert(matrix);
    fillGradient(kernel, gradient);
    return logLikelihood + addPriors(kernel, gradient);
  }

  private void fillMatrix(Kernel kernel) {
    for (int j = 0; j < n; j++) {
      points.row(j, point);
      points.distances(point, kernel.weights(), s, j, n);
      Matern.valuesAndSlopes(s, k, dk, j, n);
      for (int i = j; i < n; i++) {
        matrix[j * n + i] = kernel.scale() * k[i];
        slopes[j * n + i] = kernel.scale() * dk[i];
      }
      matrix[j * n + j] += kernel.noise();
    }
  }

  /**
   * Half the trace of (α αᵀ - K⁻¹) dK for each logarithm, the inverse being in {@code matrix}. That
   * of the scale follows from αᵀ K α = αᵀ y and K⁻¹ K = 1.
   */
  private void fillGradient(Kernel kernel, double[] gradient) {
    double[] f = k;
    Arrays.fill(gradient, 0);
    double noise = 0;
    double fit = 0;
    for (int j = 0; j < n; j++) {
      noise += alpha[j] * alpha[j] - matrix[j * n + j];
      fit += alpha[j] * values[j];
      for (int i = j + 1; i < n; i++) {
        f[i] = (alpha[i] * alpha[j] - matrix[j * n + i]) * slopes[j * n + i];
      }
      for (int d = 0; d < dims; d++) {
        gradient[d] += points.weighted(d, j, f, j + 1);
      }
    }
    for (int d = 0; d < dims; d++) {
      gradient[d] *= kernel.weights()[d];
    }
    gradient[dims] = 0.5 * (fit - n - kernel.noise() * noise);
    gradient[dims + 1] = 0.5 * kernel.noise() * noise;
  }

  private double addPriors(Kernel kernel, double[] gradient) {
    double sum = 0;
    for (int d = 0; d < dims; d++) {
      double w = kernel.weights()[d];
      sum -= 0.1 * (w + 1 / w);
      gradient[d] += 0.1 * (1 / w - w);
    }
    double scale = kernel.scale();
    double noise = kernel.noise();
    gradient[dims] += 1 - scale;
    gradient[dims + 1] -= 30 * noise;
    return sum + Math.log(scale) - scale - 30 * noise;
  }
}
