package dev.assay.engine.pruner;

import java.util.Arrays;
import org.hipparchus.special.Erf;

/**
 * Wilcoxon's signed-rank test of whether differences tend to be positive. Equal amounts share their
 * mean rank; half of the ranks of zeros counts as positive. All ranks are doubled, which makes them
 * whole numbers.
 */
final class SignedRanks {
  /** Up to so many, each assignment of signs is counted. */
  private static final int FEW = 13;

  /** Up to so many without ties and zeros, too. */
  private static final int FEW_DISTINCT = 50;

  private final int count;
  private final int zeros;

  /** Of each difference other than zero. */
  private final int[] ranks;

  /** The sum over positive differences. */
  private final long positive;

  /** The sum of {@code t^3 - t} over the groups of {@code t} equal amounts, zeros included. */
  private final double tied;

  /** Over differences, none of which is NaN. */
  SignedRanks(double[] differences) {
    double[] amounts = Arrays.stream(differences).map(Math::abs).sorted().toArray();
    this.count = differences.length;
    this.zeros = (int) Arrays.stream(amounts).filter(amount -> amount == 0).count();
    this.ranks = new int[count - zeros];
    double groups = cubed(zeros);
    for (int from = zeros, to; from < count; from = to) {
      to = from + 1;
      while (to < count && amounts[to] == amounts[from]) {
        to++;
      }
      Arrays.fill(ranks, from - zeros, to - zeros, from + 1 + to);
      groups += cubed(to - from);
    }
    this.tied = groups;
    this.positive =
        Arrays.stream(differences)
            .filter(d -> d > 0)
            .mapToLong(d -> ranks[Arrays.binarySearch(amounts, d) - zeros])
            .sum();
  }

  private static double cubed(double group) {
    return group * group * group - group;
  }

  /**
   * How likely a sum of positive ranks of at least this size is where both signs are: counted for
   * few differences, else by the normal approximation, without a correction for continuity.
   */
  double pValue() {
    boolean counted = count <= FEW || (count <= FEW_DISTINCT && tied == 0 && zeros == 0);
    return counted ? counted() : approximate();
  }

  private double counted() {
    int total = Arrays.stream(ranks).sum();
    double[] chances = new double[total + 1];
    chances[0] = 1;
    int reached = 0;
    for (int rank : ranks) {
      reached += rank;
      for (int sum = reached; sum >= 0; sum--) {
        chances[sum] = (chances[sum] + (sum >= rank ? chances[sum - rank] : 0)) / 2;
      }
    }
    double p = 0;
    for (int sum = total; sum >= positive; sum--) {
      p += chances[sum];
    }
    return p;
  }

  private double approximate() {
    double n = count;
    double mean = n * (n + 1) / 4;
    double deviation = Math.sqrt((n * (n + 1) * (2 * n + 1) - tied / 2) / 24);
    double zeroRanks = zeros * (zeros + 1.0) / 2;
    double z = (positive / 2.0 + zeroRanks / 2 - mean) / deviation;
    return Erf.erfc(z / Math.sqrt(2)) / 2;
  }
}
