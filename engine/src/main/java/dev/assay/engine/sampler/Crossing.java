package dev.assay.engine.sampler;

import java.util.random.RandomGenerator;

/**
 * How numbers of parents become a child's: places between 0 and 1 for each parameter, all numbers.
 * A child may come to lie outside. Stateless; the parents stay as they are.
 */
final class Crossing {
  private static final double BLEND = 0.5;
  private static final double SIGMA_XI = 0.5;
  private static final double SIGMA_ETA = 0.35;
  private static final double LEAST = 1e-10;

  private Crossing() {}

  /** Each number is the second parent's with probability {@code swapping}. */
  static double[] uniform(double[][] parents, double swapping, RandomGenerator random) {
    double[] child = parents[0].clone();
    for (int p = 0; p < child.length; p++) {
      if (Draws.unit(random) < swapping) {
        child[p] = parents[1][p];
      }
    }
    return child;
  }

  /**
   * BLX-α with α = {@value #BLEND}: even over the parents' range and that part more on each side.
   */
  static double[] blend(double[][] parents, RandomGenerator random) {
    double[] child = new double[parents[0].length];
    for (int p = 0; p < child.length; p++) {
      double place = Draws.unit(random) * (1 + 2 * BLEND) - BLEND;
      child[p] = parents[0][p] + place * (parents[1][p] - parents[0][p]);
    }
    return child;
  }

  /**
   * Simulated binary crossover, cut off at 0 and 1: every second number, by chance, is as far from
   * the parents' middle, in terms of their distance, as bits of one-point crossover would be; the
   * others are one parent's.
   *
   * @param eta the larger, the closer to the parents
   */
  static double[] sbx(double[][] parents, double eta, RandomGenerator random) {
    double[] child = uniform(parents, 0.5, random);
    for (int p = 0; p < child.length; p++) {
      double low = Math.min(parents[0][p], parents[1][p]);
      double high = Math.max(parents[0][p], parents[1][p]);
      double distance = high - low;
      if (distance > LEAST && Draws.unit(random) < 0.5) {
        boolean lower = child[p] == low;
        double room = lower ? low : 1 - high;
        double alpha = 2 - Math.pow(1 + 2 * room / distance, -(eta + 1));
        double spread = spread(Draws.unit(random) * alpha, eta);
        child[p] = 0.5 * (low + high + (lower ? -spread : spread) * distance);
      }
    }
    return child;
  }

  /** The spread factor at {@code u} from 0 to below 2. */
  private static double spread(double u, double eta) {
    return Math.pow(u <= 1 ? u : 1 / (2 - u), 1 / (eta + 1));
  }

  /** vSBX: as SBX, but its children may lie anywhere between the parents and beyond. */
  static double[] vsbx(double[][] parents, double eta, RandomGenerator random) {
    double[] child = uniform(parents, 0.5, random);
    boolean first = Draws.unit(random) < 0.5;
    boolean mirrored = Draws.unit(random) < 0.5;
    for (int p = 0; p < child.length; p++) {
      if (Draws.unit(random) < 0.5) {
        double u = Draws.unit(random);
        double a = Math.pow(1 / Math.max(2 * u, LEAST), 1 / (eta + 1));
        double b = Math.pow(1 / Math.max(2 * (1 - u), LEAST), 1 / (eta + 1));
        double one = parents[first ? 0 : 1][p];
        double other = parents[first ? 1 : 0][p];
        double plain = 0.5 * ((1 + (first ? a : b)) * one + (1 - (first ? b : a)) * other);
        child[p] = mirrored ? one + other - plain : plain;
      }
    }
    return child;
  }

  /** SPX: even in the simplex of three parents, extended from its middle. */
  static double[] spx(double[][] parents, RandomGenerator random) {
    int n = parents[0].length;
    double expansion = Math.sqrt(n + 2.0);
    double first = Draws.unit(random);
    double second = Math.sqrt(Draws.unit(random));
    double[] child = new double[n];
    for (int p = 0; p < n; p++) {
      double a = parents[0][p];
      double b = parents[1][p];
      double c = parents[2][p];
      double offset = second * (b - c + first * (a - b));
      double middle = (a + b + c) / 3;
      child[p] = middle + expansion * (c - middle + offset);
    }
    return child;
  }

  /**
   * UNDX: normal around the middle of two parents, along their line as far as they are apart, and
   * across it as far as the third is from the line.
   */
  static double[] undx(double[][] parents, RandomGenerator random) {
    int n = parents[0].length;
    double[] line = new double[n];
    double[] third = new double[n];
    double[] normal = new double[n];
    double across = SIGMA_ETA / Math.sqrt(n);
    for (int p = 0; p < n; p++) {
      line[p] = parents[1][p] - parents[0][p];
      third[p] = parents[2][p] - parents[0][p];
      normal[p] = across * Draws.gaussian(random);
    }
    takeOut(line, third);
    takeOut(line, normal);
    double distance = Math.sqrt(dot(third, third));
    double along = 0.5 + SIGMA_XI * Draws.gaussian(random);
    double[] child = new double[n];
    for (int p = 0; p < n; p++) {
      child[p] = parents[0][p] + along * line[p] + distance * normal[p];
    }
    return child;
  }

  /** Takes out of {@code vector} what lies along {@code line}. */
  private static void takeOut(double[] line, double[] vector) {
    double square = dot(line, line);
    double part = square > 0 ? dot(line, vector) / square : 0;
    for (int p = 0; p < line.length; p++) {
      vector[p] -= part * line[p];
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int p = 0; p < a.length; p++) {
      sum += a[p] * b[p];
    }
    return sum;
  }
}
