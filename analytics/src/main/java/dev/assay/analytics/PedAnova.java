package dev.assay.analytics;

import dev.assay.storage.Distribution;
import java.util.Arrays;

/**
 * PED-ANOVA (Watanabe, Bansal and Hutter, PED-ANOVA: Efficiently Quantifying Hyperparameter
 * Importance in Arbitrary Subspaces, 2023; for conditional parameters Conditional PED-ANOVA, 2026):
 * how much the densities of a parameter differ between the best trials and all of them. A parameter
 * whose values among the best are spread as everywhere has importance 0.
 */
final class PedAnova {
  /** Which share of the trials are the best ones. */
  static final double TARGET_QUANTILE = 0.1;

  /** A distribution that fewer trials have says nothing. */
  static final int LEAST_OF_A_REGIME = 2;

  private static final double LEAST_DENSITY = 1e-12;

  private PedAnova() {}

  /**
   * Which trials are the best tenth; those that equal its worst are among them.
   *
   * @param losses what is to be small, finite; one at least
   */
  static boolean[] best(double[] losses) {
    double[] sorted = losses.clone();
    Arrays.sort(sorted);
    double cutoff = sorted[(int) Math.ceil(TARGET_QUANTILE * sorted.length) - 1];
    boolean[] best = new boolean[losses.length];
    for (int i = 0; i < losses.length; i++) {
      best[i] = losses[i] <= cutoff;
    }
    return best;
  }

  /**
   * The importance, 0 or more, to compare with that of other parameters in the same trials.
   *
   * @param best which trials are the best ones; one at least
   */
  static double importance(ParameterColumn column, boolean[] best) {
    long bestTrials = 0;
    for (boolean each : best) {
      bestTrials += each ? 1 : 0;
    }
    double importance = 0;
    for (int regime = 0; regime < column.regimes().size(); regime++) {
      if (!column.regimes().get(regime).isSingle()) {
        importance += ofRegime(column, regime, best, bestTrials);
      }
    }
    return importance;
  }

  private static double ofRegime(
      ParameterColumn column, int regime, boolean[] best, long bestTrials) {
    Distribution distribution = column.regimes().get(regime);
    int places = GridDensity.places(distribution);
    long[] all = new long[places];
    long[] top = new long[places];
    long inAll = 0;
    long inTop = 0;
    for (int i = 0; i < best.length; i++) {
      if (column.regime()[i] == regime) {
        int place = GridDensity.place(distribution, places, column.internal()[i]);
        all[place]++;
        inAll++;
        if (best[i]) {
          top[place]++;
          inTop++;
        }
      }
    }
    if (inAll < LEAST_OF_A_REGIME || inTop == 0) {
      return 0;
    }
    double ofBest = (double) inTop / bestTrials;
    double ofAll = (double) inAll / best.length;
    return ofBest * ofBest / ofAll * divergence(distribution, top, all);
  }

  /** Pearson's divergence of the best trials' density from that of all. */
  private static double divergence(Distribution distribution, long[] top, long[] all) {
    double[] ofTop = GridDensity.of(distribution, top);
    double[] ofAll = GridDensity.of(distribution, all);
    double divergence = 0;
    for (int i = 0; i < ofAll.length; i++) {
      double density = ofAll[i] + LEAST_DENSITY;
      double off = (ofTop[i] + LEAST_DENSITY) / density - 1;
      divergence += density * off * off;
    }
    return divergence;
  }
}
