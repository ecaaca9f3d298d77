package dev.assay.analytics;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Spearman's rank correlation of anything with the same numbers; equals share their mean rank. */
final class RankCorrelation {
  private final double[] numbers;
  private final double[] ranks;

  /**
   * @param numbers without NaN
   */
  RankCorrelation(double[] numbers) {
    this.numbers = numbers;
    this.ranks = ranks(numbers);
  }

  /**
   * From -1 to 1; null where one side does not vary.
   *
   * @param values one for each of the numbers, NaN where there is none
   */
  @Nullable Double with(double[] values) {
    int size = 0;
    double[] present = new double[values.length];
    double[] against = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      if (!Double.isNaN(values[i])) {
        present[size] = values[i];
        against[size++] = numbers[i];
      }
    }
    return size == values.length
        ? of(ranks(values), ranks)
        : of(ranks(Arrays.copyOf(present, size)), ranks(Arrays.copyOf(against, size)));
  }

  private static @Nullable Double of(double[] x, double[] y) {
    // The mean of ranks is the middle one, whatever the ties.
    double middle = (x.length - 1) / 2.0;
    double xx = 0;
    double yy = 0;
    double xy = 0;
    for (int i = 0; i < x.length; i++) {
      xx += (x[i] - middle) * (x[i] - middle);
      yy += (y[i] - middle) * (y[i] - middle);
      xy += (x[i] - middle) * (y[i] - middle);
    }
    return xx == 0 || yy == 0 ? null : (Double) (xy / Math.sqrt(xx * yy));
  }

  private static double[] ranks(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double[] rankOf = new double[sorted.length];
    for (int from = 0, to; from < sorted.length; from = to) {
      to = from + 1;
      while (to < sorted.length && sorted[to] == sorted[from]) {
        to++;
      }
      Arrays.fill(rankOf, from, to, (from + to - 1) / 2.0);
    }
    double[] ranks = new double[values.length];
    for (int i = 0; i < ranks.length; i++) {
      ranks[i] = rankOf[Arrays.binarySearch(sorted, values[i])];
    }
    return ranks;
  }
}
