package dev.assay.engine.sampler;

/**
 * Loops over many kernels at once, in forms that the JIT compiler turns into vector instructions.
 */
final class LogSums {
  private LogSums() {}

  /** Takes {@code half[i] (x - mean[i])^2} from each exponent. */
  static void subtract(
      double[] exponents, int from, int to, double x, double[] mean, double[] half) {
    for (int i = from; i < to; i++) {
      double z = x - mean[i];
      exponents[i] -= z * z * half[i];
    }
  }

  /** As {@link #subtract} for two dimensions. */
  static void subtract2(
      double[] exponents,
      int from,
      int to,
      double x,
      double[] mean,
      double[] half,
      double y,
      double[] meanY,
      double[] halfY) {
    for (int i = from; i < to; i++) {
      double z = x - mean[i];
      double v = y - meanY[i];
      exponents[i] -= z * z * half[i] + v * v * halfY[i];
    }
  }

  /** The largest exponent. */
  static double max(double[] exponents, int from, int to) {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = from; i < to; i++) {
      if (exponents[i] > max) {
        max = exponents[i];
      }
    }
    return max;
  }

  /**
   * Replaces exponents by {@code weight exp(exponent - max)}, to nine digits for what is within 10
   * of {@code max} and fewer for what hardly counts.
   *
   * @param max no less than any exponent
   */
  static void exponentiate(double[] exponents, int from, int to, double max, double[] weights) {
    for (int i = from; i < to; i++) {
      // exp(r)^64, r being small enough for a few terms of the series.
      double r = (max - exponents[i]) * (1.0 / 64);
      double p = 1 + r * (1.0 / 7);
      p = 1 + r * (1.0 / 6) * p;
      p = 1 + r * (1.0 / 5) * p;
      p = 1 + r * (1.0 / 4) * p;
      p = 1 + r * (1.0 / 3) * p;
      p = 1 + r * (1.0 / 2) * p;
      p = 1 + r * p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      p *= p;
      exponents[i] = weights[i] / p;
    }
  }

  /** The sum of {@code values}. */
  static double sum(double[] values, int from, int to) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = from;
    for (; i + 3 < to; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < to; i++) {
      a += values[i];
    }
    return (a + b) + (c + d);
  }
}
