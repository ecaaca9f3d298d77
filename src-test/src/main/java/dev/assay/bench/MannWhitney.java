package dev.assay.bench;

import java.util.Arrays;
import org.hipparchus.special.Erf;

/** The rank test of Mann and Whitney. */
final class MannWhitney {
  private MannWhitney() {}

  /**
   * How likely it is that values as large as these, or larger, beside the other ones come by
   * chance: by the normal approximation with corrections for ties and continuity. A small
   * probability says that {@code values} tend to be larger.
   */
  static double larger(double[] values, double[] others) {
    double[] all = new double[values.length + others.length];
    System.arraycopy(values, 0, all, 0, values.length);
    System.arraycopy(others, 0, all, values.length, others.length);
    Arrays.sort(all);
    double wins = 0;
    for (double value : values) {
      for (double other : others) {
        wins += value > other ? 1 : value == other ? 0.5 : 0;
      }
    }
    double n = values.length;
    double m = others.length;
    double ties = 0;
    for (int i = 0; i < all.length; ) {
      int end = i;
      while (end < all.length && all[end] == all[i]) {
        end++;
      }
      double tied = end - i;
      ties += tied * tied * tied - tied;
      i = end;
    }
    double total = n + m;
    double variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)));
    return variance == 0 ? 1 : upperTail((wins - n * m / 2 - 0.5) / Math.sqrt(variance));
  }

  private static double upperTail(double z) {
    return Erf.erfc(z / Math.sqrt(2)) / 2;
  }
}
