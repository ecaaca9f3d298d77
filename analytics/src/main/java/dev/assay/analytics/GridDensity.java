package dev.assay.analytics;

import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import org.hipparchus.special.Erf;

/**
 * How densely trials lie over a parameter's range: a Parzen estimator on a grid of at most {@value
 * #MOST_STEPS} places, or on the choices of a categorical parameter. Kernels are normal
 * distributions cut off at the ends, of a width by Scott's rule (Scott, Multivariate Density
 * Estimation, 1992), with one as wide as the range on top; as Optuna has it, to the last digits.
 */
final class GridDensity {
  private static final int MOST_STEPS = 50;
  private static final double SQRT_2 = Math.sqrt(2);

  /** With it 90 % of a kernel lie in its own place. */
  private static final double LEAST_WIDTH = 0.5 / 1.64;

  private GridDensity() {}

  /** How many places there are. */
  static int places(Distribution distribution) {
    if (distribution instanceof CategoricalDistribution categorical) {
      return categorical.choices().size();
    }
    if (distribution instanceof IntDistribution whole) {
      double values =
          whole.log()
              ? Math.ceil(Math.log((double) whole.high() - whole.low() + 1) / Math.log(2)) + 1
              : Math.rint(((double) whole.high() - whole.low()) / whole.step()) + 1;
      return (int) Math.min(values, MOST_STEPS);
    }
    FloatDistribution real = (FloatDistribution) distribution;
    Double step = real.step();
    return step == null
        ? MOST_STEPS
        : (int) Math.min(Math.rint((real.high() - real.low()) / step) + 1, MOST_STEPS);
  }

  /** The place of a value in the form that Optuna keeps; halfway it is the lower one. */
  static int place(Distribution distribution, int places, double internal) {
    if (distribution instanceof CategoricalDistribution) {
      return (int) internal;
    }
    boolean log;
    double low;
    double high;
    if (distribution instanceof IntDistribution whole) {
      log = whole.log();
      low = whole.low();
      high = whole.high();
    } else {
      FloatDistribution real = (FloatDistribution) distribution;
      log = real.log();
      low = real.low();
      high = real.high();
    }
    double from = log ? Math.log(low) : low;
    double width = ((log ? Math.log(high) : high) - from) / (places - 1);
    double place = Math.ceil(((log ? Math.log(internal) : internal) - from) / width - 0.5);
    return (int) Math.max(0, Math.min(places - 1, place));
  }

  /**
   * The density in each place.
   *
   * @param counts how many trials lie in each place; at least one in some
   */
  static double[] of(Distribution distribution, long[] counts) {
    return distribution instanceof CategoricalDistribution ? ofChoices(counts) : ofNumbers(counts);
  }

  private static double[] ofChoices(long[] counts) {
    int kernels = 1;
    long trials = 0;
    for (long count : counts) {
      kernels += count > 0 ? 1 : 0;
      trials += count;
    }
    double prior = 1.0 / kernels;
    double all = 1 + counts.length * prior;
    double[] density = new double[counts.length];
    for (int i = 0; i < density.length; i++) {
      double elsewhere = (trials - counts[i]) * (prior / all);
      double here = counts[i] * ((1 + prior) / all);
      density[i] = (elsewhere + here + 1.0 / density.length) / (trials + 1);
    }
    return density;
  }

  private static double[] ofNumbers(long[] counts) {
    int places = counts.length;
    long trials = 0;
    for (long count : counts) {
      trials += count;
    }
    double[] density = new double[places];
    double width = Math.max(LEAST_WIDTH, scottsWidth(counts, trials));
    // All kernels but the widest have one width, and places are whole numbers: what a kernel
    // amounts to depends on the distance alone.
    double[] masses = new double[places];
    for (int distance = 0; distance < places; distance++) {
      masses[distance] = mass((distance - 0.5) / width, (distance + 0.5) / width);
    }
    for (int kernel = 0; kernel < places; kernel++) {
      if (counts[kernel] > 0) {
        double inside = mass((-0.5 - kernel) / width, (places - 0.5 - kernel) / width);
        for (int i = 0; i < places; i++) {
          density[i] += counts[kernel] * masses[Math.abs(i - kernel)] / inside;
        }
      }
    }
    double middle = (places - 1) / 2.0;
    double inside = mass((-0.5 - middle) / places, (places - 0.5 - middle) / places);
    for (int i = 0; i < places; i++) {
      double widest = mass((i - 0.5 - middle) / places, (i + 0.5 - middle) / places);
      density[i] = (density[i] + widest / inside) / (trials + 1);
    }
    return density;
  }

  private static double scottsWidth(long[] counts, long trials) {
    double mean = 0;
    for (int i = 0; i < counts.length; i++) {
      mean += (double) counts[i] * i;
    }
    mean /= trials;
    double squares = 0;
    for (int i = 0; i < counts.length; i++) {
      squares += counts[i] * (i - mean) * (i - mean);
    }
    double deviation = Math.sqrt(squares / Math.max(1, trials - 1));
    int range = upperQuartile(counts, trials * 3 / 4) - lowerQuartile(counts, trials / 4);
    return 1.059 * Math.min(range / 1.34, deviation) * Math.pow((double) trials, -0.2);
  }

  /** The first place with trials up to which there are {@code rank} or more. */
  private static int lowerQuartile(long[] counts, long rank) {
    long trials = 0;
    for (int i = 0; i < counts.length; i++) {
      trials += counts[i];
      if (counts[i] > 0 && trials >= rank) {
        return i;
      }
    }
    throw new IllegalArgumentException("there are %d trials only".formatted(trials));
  }

  /** The first place up to which there are more than {@code rank}; else the last with trials. */
  private static int upperQuartile(long[] counts, long rank) {
    return lowerQuartile(counts, rank + 1);
  }

  /** What the standard normal distribution has between two places, exact in its tails too. */
  private static double mass(double from, double to) {
    if (to <= 0) {
      return 0.5 * (Erf.erfc(-to / SQRT_2) - Erf.erfc(-from / SQRT_2));
    }
    if (from > 0) {
      return mass(-to, -from);
    }
    return 1 - 0.5 * (Erf.erfc(-from / SQRT_2) + Erf.erfc(to / SQRT_2));
  }
}
