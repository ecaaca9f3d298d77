package dev.assay.engine.sampler;

import dev.assay.engine.sampler.CmaSettings.Shape;

/** How fast CMA-ES learns, as Hansen's tutorial (2016) has it. */
final class CmaRates {
  /** Of a generation's trials from best to worst; the worse half's are negative. */
  final double[] weights;

  /** How many weights are those of parents, above 0. */
  final int parents;

  /** Of how many equal ones the parents have the variance. */
  final double effective;

  /** Of the path of the step size. */
  final double cSigma;

  /** Of the step size. */
  final double damping;

  /** Of the path of the covariance. */
  final double cPath;

  /** Of the covariance, from its path. */
  final double cOne;

  /** Of the covariance, from the generation. */
  final double cMu;

  /** What is to be expected of the length of a standard normal vector. */
  final double length;

  /**
   * Rates.
   *
   * @param n dimensions, at least 1
   * @param size trials of a generation, at least 2
   */
  CmaRates(int n, int size, Shape shape) {
    weights = new double[size];
    for (int i = 0; i < size; i++) {
      weights[i] = Math.log((size + 1) / 2.0) - Math.log(i + 1.0);
    }
    parents = size / 2;
    effective = effective(weights, 0, parents);
    double faster = shape == Shape.SEPARABLE ? (n + 2) / 3.0 : 1;
    cOne = Math.min(0.5, faster * 2 / ((n + 1.3) * (n + 1.3) + effective));
    cMu =
        Math.min(
            1 - cOne - 1e-8,
            faster * 2 * (effective - 2 + 1 / effective) / ((n + 2.0) * (n + 2.0) + effective));
    cSigma = (effective + 2) / (n + effective + 5);
    damping = 1 + 2 * Math.max(0, Math.sqrt((effective - 1) / (n + 1)) - 1) + cSigma;
    cPath = (4 + effective / n) / (n + 4 + 2 * effective / n);
    length = Math.sqrt(n) * (1 - 1 / (4.0 * n) + 1 / (21.0 * n * n));
    scale(weights, negative(n));
  }

  /** To what the negative weights sum: as much as keeps the covariance positive. */
  private double negative(int n) {
    double most = 1 + 2 * effective(weights, parents, weights.length) / (effective + 2);
    double even = 1 + cOne / cMu;
    double positive = (1 - cOne - cMu) / (n * cMu);
    return cMu > 0 ? Math.min(even, Math.min(most, positive)) : 0;
  }

  private static double effective(double[] weights, int from, int to) {
    double sum = 0;
    double squares = 0;
    for (int i = from; i < to; i++) {
      sum += weights[i];
      squares += weights[i] * weights[i];
    }
    return squares > 0 ? sum * sum / squares : 1;
  }

  /** Makes those above 0 sum to 1, and those below to {@code -negative}. */
  private static void scale(double[] weights, double negative) {
    double above = 0;
    double below = 0;
    for (double weight : weights) {
      above += Math.max(0, weight);
      below -= Math.min(0, weight);
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= weights[i] > 0 ? 1 / above : below > 0 ? negative / below : 0;
    }
  }

  /** How many trials make a generation. */
  int size() {
    return weights.length;
  }
}
