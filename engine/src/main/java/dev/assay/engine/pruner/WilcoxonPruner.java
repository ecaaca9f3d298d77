package dev.assay.engine.pruner;

import dev.assay.storage.Direction;
import java.util.Arrays;

/** Compares a trial with the best one, case by case. Follows from its arguments alone. */
record WilcoxonPruner(WilcoxonSettings settings) implements Pruner {
  @Override
  public boolean prunes(Curves curves, Curve trial) {
    Curve best = curves.best();
    if (best == null || best.size() == 0 || !isFinite(trial) || !isFinite(best)) {
      return false;
    }
    double sign = curves.direction() == Direction.MINIMIZE ? 1 : -1;
    double[] differences = differences(trial, best, sign);
    if (differences.length < Math.max(2, settings.startupSteps())
        || sign * mean(best) >= sign * mean(trial)) {
      return false;
    }
    return new SignedRanks(differences).pValue() < settings.pThreshold();
  }

  private static boolean isFinite(Curve curve) {
    for (int i = 0; i < curve.size(); i++) {
      if (!Double.isFinite(curve.value(i))) {
        return false;
      }
    }
    return true;
  }

  private static double mean(Curve curve) {
    double sum = 0;
    for (int i = 0; i < curve.size(); i++) {
      sum += curve.value(i);
    }
    return sum / curve.size();
  }

  /** By how much the trial is worse, for each step that both have. */
  private static double[] differences(Curve trial, Curve best, double sign) {
    double[] differences = new double[Math.min(trial.size(), best.size())];
    int found = 0;
    int j = 0;
    for (int i = 0; i < trial.size(); i++) {
      while (j < best.size() && best.step(j) < trial.step(i)) {
        j++;
      }
      if (j < best.size() && best.step(j) == trial.step(i)) {
        differences[found++] = sign * (trial.value(i) - best.value(j));
      }
    }
    return Arrays.copyOf(differences, found);
  }
}
