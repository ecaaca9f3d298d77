package dev.assay.engine.sampler;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A density over some of the parameters: the weighted sum of {@link Kernels} and of a wide prior in
 * the middle of the space. On cells it is relative to their widths.
 */
final class ParzenEstimator {
  private static final double PRIOR_MEAN = 0.5;
  private static final double PRIOR_BANDWIDTH = 1;
  private static final int FLAT = 25;
  private static final int BLOCK = 256;
  private static final double NEGLIGIBLE = 50;

  private final Kernels kernels;
  private final boolean aging;
  private final double priorWeight;
  private final double[] priorScales;
  private final double priorConstant;
  private double[] weights = new double[16];
  private double[] exponents = new double[16];
  private int weighted = -1;
  private double total;

  /**
   * A density that changes with its kernels.
   *
   * @param aging whether older rows weigh less, rising evenly up to the latest {@value #FLAT}
   */
  ParzenEstimator(Kernels kernels, double priorWeight, boolean aging) {
    this.kernels = kernels;
    this.aging = aging;
    this.priorWeight = priorWeight;
    this.priorScales = new double[kernels.axes()];
    double constant = 0;
    for (int i = 0; i < priorScales.length; i++) {
      Axis axis = kernels.axis(i);
      if (axis.isCategorical()) {
        constant -= Math.log(axis.choices());
      } else {
        priorScales[i] = Bell.scale(axis, PRIOR_MEAN, PRIOR_BANDWIDTH);
        constant -= Math.log(Bell.mass(axis, PRIOR_MEAN, priorScales[i]));
      }
    }
    this.priorConstant = constant;
  }

  Kernels kernels() {
    return kernels;
  }

  private double prior() {
    return kernels.size() == 0 ? 1 : priorWeight;
  }

  /** Brings the weights up to date with the kernels. */
  private void weigh() {
    int size = kernels.size();
    if (weighted == size) {
      return;
    }
    if (size > weights.length) {
      weights = new double[2 * size];
      exponents = new double[2 * size];
    }
    Arrays.fill(weights, 0, size, 1);
    int rising = aging ? size - FLAT : 0;
    for (int i = 0; i < rising; i++) {
      double part = rising == 1 ? 0 : i / (rising - 1.0);
      weights[i] = 1.0 / size * (1 - part) + part;
    }
    total = LogSums.sum(weights, 0, size) + prior();
    weighted = size;
  }

  /**
   * Draws places by these chances.
   *
   * @param drawn as many as there are, by axis
   */
  void draw(double[][] drawn, int count, RandomGenerator random) {
    weigh();
    for (int c = 0; c < count; c++) {
      int kernel = kernel(Draws.unit(random) * total);
      for (int i = 0; i < drawn.length; i++) {
        Axis axis = kernels.axis(i);
        drawn[i][c] = axis.isCategorical() ? choice(i, kernel, random) : place(i, kernel, random);
      }
    }
  }

  /** The kernel at a place between 0 and the total weight; the number of kernels for the prior. */
  private int kernel(double at) {
    double left = at - prior();
    int size = kernels.size();
    for (int k = 0; k < size && left >= 0; k++) {
      left -= weights[k];
      if (left < 0) {
        return k;
      }
    }
    return prior() > 0 || size == 0 ? size : size - 1;
  }

  private double place(int i, int kernel, RandomGenerator random) {
    boolean prior = kernel == kernels.size();
    double mean = prior ? PRIOR_MEAN : kernels.means(i)[kernel];
    double scale = prior ? priorScales[i] : Math.sqrt(0.5 / kernels.halves(i)[kernel]);
    return Bell.draw(kernels.axis(i), mean, scale, random);
  }

  private double choice(int i, int kernel, RandomGenerator random) {
    int choices = kernels.axis(i).choices();
    boolean own = kernel < kernels.size() && Draws.unit(random) * (1 + choices * others()) < 1;
    return own ? kernels.means(i)[kernel] : Draws.below(choices, random);
  }

  /** What a kernel adds to each choice besides 1 for its own. */
  private double others() {
    return priorWeight / (kernels.size() + 1);
  }

  /**
   * The logarithms of the density.
   *
   * @param at the places, by axis
   * @param results for each of them
   */
  void logDensities(double[][] at, int count, double[] results) {
    weigh();
    double[] sums = new double[count];
    for (int c = 0; c < count; c++) {
      results[c] = logPrior(at, c);
      sums[c] = prior();
    }
    int size = kernels.size();
    for (int from = 0; from < size; from += BLOCK) {
      int to = Math.min(size, from + BLOCK);
      for (int c = 0; c < count; c++) {
        exponents(at, c, from, to);
        double max = LogSums.max(exponents, from, to);
        if (max > results[c]) {
          sums[c] *= Math.exp(results[c] - max);
          results[c] = max;
        }
        if (max < results[c] - NEGLIGIBLE) {
          continue;
        }
        LogSums.exponentiate(exponents, from, to, results[c], weights);
        sums[c] += LogSums.sum(exponents, from, to);
      }
    }
    double logTotal = Math.log(total);
    for (int c = 0; c < count; c++) {
      results[c] += Math.log(sums[c]) - logTotal;
    }
  }

  private double logPrior(double[][] at, int c) {
    double log = priorConstant;
    for (int i = 0; i < at.length; i++) {
      if (!kernels.axis(i).isCategorical()) {
        double z = (at[i][c] - PRIOR_MEAN) / priorScales[i];
        log -= 0.5 * z * z;
      }
    }
    return log;
  }

  private void exponents(double[][] at, int c, int from, int to) {
    System.arraycopy(kernels.constants(), from, exponents, from, to - from);
    int waiting = -1;
    for (int i = 0; i < at.length; i++) {
      double x = at[i][c];
      if (kernels.axis(i).isCategorical()) {
        addChoices(i, x, from, to);
      } else if (waiting < 0) {
        waiting = i;
      } else {
        LogSums.subtract2(
            exponents,
            from,
            to,
            at[waiting][c],
            kernels.means(waiting),
            kernels.halves(waiting),
            x,
            kernels.means(i),
            kernels.halves(i));
        waiting = -1;
      }
    }
    if (waiting >= 0) {
      LogSums.subtract(
          exponents, from, to, at[waiting][c], kernels.means(waiting), kernels.halves(waiting));
    }
  }

  private void addChoices(int i, double choice, int from, int to) {
    double others = others();
    double all = Math.log(1 + kernels.axis(i).choices() * others);
    double other = Math.log(others) - all;
    double own = Math.log(1 + others) - all;
    double[] choices = kernels.means(i);
    for (int k = from; k < to; k++) {
      exponents[k] += choices[k] == choice ? own : other;
    }
  }
}
