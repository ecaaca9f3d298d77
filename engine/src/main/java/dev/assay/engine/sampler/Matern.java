package dev.assay.engine.sampler;

/**
 * The Matérn kernel with ν = 5/2 as a function of the squared distance s: (1 + r + r²/3) e⁻ʳ with r
 * = √(5 s). Loops hold nothing but sums, products and square roots, so that they run on vectors.
 */
final class Matern {
  /** Beyond it the kernel is below 1e-17. */
  private static final double FARTHEST = 405;

  private Matern() {}

  /** k[i] = the kernel at s[i], for i from {@code from} to below {@code to}. */
  static void values(double[] s, double[] k, int from, int to) {
    for (int i = from; i < to; i++) {
      double r = Math.sqrt(5 * Math.min(s[i], FARTHEST));
      k[i] = (1 + r + r * r * (1.0 / 3)) * decay(r);
    }
  }

  /** Also slope[i] = the kernel's derivative by s at s[i]. */
  static void valuesAndSlopes(double[] s, double[] k, double[] slope, int from, int to) {
    for (int i = from; i < to; i++) {
      double r = Math.sqrt(5 * Math.min(s[i], FARTHEST));
      double e = decay(r);
      k[i] = (1 + r + r * r * (1.0 / 3)) * e;
      slope[i] = (-5.0 / 6) * (1 + r) * e;
    }
  }

  /** e⁻ʳ for r from 0 to 45, to a relative 1e-12: the 128th power of a series for e to -r/128. */
  private static double decay(double r) {
    double t = r * (-1.0 / 128);
    double e = 1.0 / 39916800;
    e = e * t + 1.0 / 3628800;
    e = e * t + 1.0 / 362880;
    e = e * t + 1.0 / 40320;
    e = e * t + 1.0 / 5040;
    e = e * t + 1.0 / 720;
    e = e * t + 1.0 / 120;
    e = e * t + 1.0 / 24;
    e = e * t + 1.0 / 6;
    e = e * t + 0.5;
    e = e * t + 1;
    e = e * t + 1;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    e *= e;
    return e * e;
  }
}
