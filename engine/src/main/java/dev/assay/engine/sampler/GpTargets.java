package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import java.util.Arrays;

/** What Gaussian processes are conditioned on, of given rows of a history. */
final class GpTargets {
  private static final double SUM_SHARE = 0.05;

  /** Nearer to 0 than infeasible trials are, so that what lies between is taken with caution. */
  private static final double FEASIBLE = -0.5;

  private GpTargets() {}

  /** Losses of the only objective, warped. */
  static double[] losses(History history, int[] of, Warp warp) {
    double[] losses = column(history, of, 0);
    warp.apply(losses);
    return losses;
  }

  /**
   * Of several objectives the largest of the standardized losses times their weights, and a little
   * of the sum (ParEGO: Knowles, 2006).
   */
  static double[] losses(History history, int[] of, double[] weights) {
    double[] largest = new double[of.length];
    double[] sum = new double[of.length];
    for (int i = 0; i < weights.length; i++) {
      double[] part = column(history, of, i);
      Warp.EVEN.apply(part);
      double least = Arrays.stream(part).min().orElse(0);
      for (int c = 0; c < of.length; c++) {
        double weighed = weights[i] * (part[c] - least);
        largest[c] = Math.max(largest[c], weighed);
        sum[c] += weighed;
      }
    }
    for (int c = 0; c < of.length; c++) {
      largest[c] += SUM_SHARE * sum[c];
    }
    Warp.center(largest);
    return largest;
  }

  /** Losses; a pruned trial counts as its last report, or as the median where that is worse. */
  static double[] column(History history, int[] of, int objective) {
    double[] column = new double[of.length];
    double[] complete = new double[of.length];
    int count = 0;
    for (int i = 0; i < of.length; i++) {
      column[i] = history.loss(of[i], objective);
      if (history.state(of[i]) != TrialState.PRUNED) {
        complete[count++] = column[i];
      }
    }
    Arrays.sort(complete, 0, count);
    double median = count == 0 ? 0 : complete[count / 2];
    for (int i = 0; i < of.length; i++) {
      if (history.state(of[i]) == TrialState.PRUNED) {
        double report = history.lastReport(of[i]);
        column[i] = report > median ? report : median;
      }
    }
    return column;
  }

  /**
   * Violations as numbers above 0 for infeasible trials and below it for feasible ones and those of
   * which it is not known.
   */
  static double[] violations(History history, int[] of) {
    double[] positive =
        Arrays.stream(of).mapToDouble(history::violation).filter(v -> v > 0).toArray();
    Arrays.sort(positive);
    double[] targets = new double[of.length];
    for (int i = 0; i < of.length; i++) {
      double violation = history.violation(of[i]);
      targets[i] =
          violation > 0 ? 1 + 1 / (1 + positive[positive.length / 2] / violation) : FEASIBLE;
    }
    return targets;
  }

  /** Whether one of the trials is infeasible. */
  static boolean constrained(History history, int[] of) {
    return Arrays.stream(of).anyMatch(row -> history.violation(row) > 0);
  }

  /**
   * At most {@code most} of the rows, in their order: the best, the latest, and others at even
   * distances.
   */
  static int[] sample(History history, int[] of, int most) {
    if (of.length <= most) {
      return of;
    }
    boolean[] taken = new boolean[of.length];
    int left = most;
    for (int i = 0; i < most / 4; i++) {
      taken[of.length - 1 - i] = true;
      left--;
    }
    double[] merits = merits(history, of);
    double[] sorted = merits.clone();
    Arrays.sort(sorted);
    double bar = sorted[most / 2];
    for (int i = 0; i < of.length && left > most / 4; i++) {
      if (!taken[i] && merits[i] < bar) {
        taken[i] = true;
        left--;
      }
    }
    double stride = (double) of.length / left;
    for (double at = 0; at < of.length && left > 0; at += stride) {
      int i = (int) at;
      left -= taken[i] ? 0 : 1;
      taken[i] = true;
    }
    int[] chosen = new int[most];
    int count = 0;
    for (int i = 0; i < of.length; i++) {
      if (taken[i]) {
        chosen[count++] = of[i];
      }
    }
    return Arrays.copyOf(chosen, count);
  }

  /** Less is better: feasible trials by their losses, then the others by their violation. */
  private static double[] merits(History history, int[] of) {
    double[] merits = losses(history, of, even(history.objectives()));
    for (int i = 0; i < of.length; i++) {
      double violation = history.violation(of[i]);
      merits[i] = violation > 0 ? 1e3 + violation : merits[i];
    }
    return merits;
  }

  /** Equal weights of objectives. */
  static double[] even(int objectives) {
    double[] weights = new double[objectives];
    Arrays.fill(weights, 1.0 / objectives);
    return weights;
  }
}
