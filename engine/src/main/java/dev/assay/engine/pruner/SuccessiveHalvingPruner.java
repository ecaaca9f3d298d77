package dev.assay.engine.pruner;

import dev.assay.engine.pruner.Curves.Ended;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/**
 * Asynchronous successive halving. It keeps what each trial had to show at each rung; for trials of
 * elsewhere it works that out from their curves, as if they had been asked about after each report.
 */
final class SuccessiveHalvingPruner implements Pruner {
  private static final long UNREACHABLE = Long.MAX_VALUE;

  private final SuccessiveHalvingSettings settings;
  private final LongPredicate takesPart;

  /** What the trials had to show at each rung. */
  private final List<Ranking> rungs = new ArrayList<>();

  /** The step of the first rung; 0 until it is known. */
  private long minResource;

  /** How many of the trials of elsewhere are in the rungs. */
  private int taken;

  /**
   * Over some of a study's trials.
   *
   * @param takesPart which, by number
   */
  SuccessiveHalvingPruner(SuccessiveHalvingSettings settings, LongPredicate takesPart) {
    this.settings = settings;
    this.takesPart = takesPart;
    this.minResource = settings.minResource() == null ? 0 : settings.minResource();
  }

  @Override
  public synchronized boolean prunes(Curves curves, Curve trial) {
    int size = trial.size();
    if (size == 0 || !knowsMinResource(curves)) {
      return false;
    }
    takeElsewhere(curves);
    long step = trial.step(size - 1);
    double value = trial.value(size - 1);
    while (reaches(step, trial.rungs())) {
      if (Double.isNaN(value)) {
        return true;
      }
      Ranking competing = reached(trial, value);
      if (competing.size() <= settings.bootstrapCount()
          || !goesOn(competing, value, curves.direction())) {
        return true;
      }
    }
    return false;
  }

  private boolean knowsMinResource(Curves curves) {
    if (minResource == 0 && curves.longest() >= 0) {
      minResource = Math.max(curves.longest() / 100, 1);
    }
    return minResource > 0;
  }

  private boolean reaches(long step, int rung) {
    long at = minResource;
    for (long i = 0; i < settings.minEarlyStoppingRate() + rung && at < UNREACHABLE; i++) {
      boolean fits = at <= UNREACHABLE / settings.reductionFactor();
      at = fits ? at * settings.reductionFactor() : UNREACHABLE;
    }
    return at < UNREACHABLE && step >= at;
  }

  /** Puts the trial on its next rung. */
  private Ranking reached(Curve trial, double value) {
    int rung = trial.rungs();
    while (rung >= rungs.size()) {
      rungs.add(new Ranking());
    }
    trial.climb();
    Ranking competing = rungs.get(rung);
    competing.add(value);
    return competing;
  }

  /** Of fewer than the reduction factor the best goes on. */
  private boolean goesOn(Ranking competing, double value, Direction direction) {
    int last = (int) Math.max(0, competing.size() / settings.reductionFactor() - 1);
    return direction == Direction.MINIMIZE
        ? value <= competing.at(last)
        : value >= competing.at(competing.size() - 1 - last);
  }

  private void takeElsewhere(Curves curves) {
    for (Ended ended : curves.elsewhere(taken)) {
      taken++;
      if (takesPart.test(ended.curve().number())) {
        take(ended.curve(), ended.state() == TrialState.PRUNED);
      }
    }
  }

  private void take(Curve curve, boolean pruned) {
    int size = curve.size();
    for (int i = 0; i < size; i++) {
      double value = curve.value(i);
      // A trial that was given up did not get past the rung of its last report.
      int most = pruned && i == size - 1 ? curve.rungs() + 1 : Integer.MAX_VALUE;
      while (!Double.isNaN(value)
          && curve.rungs() < most
          && reaches(curve.step(i), curve.rungs())) {
        reached(curve, value);
      }
    }
  }
}
