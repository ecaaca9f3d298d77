package dev.assay.engine;

import dev.assay.engine.pruner.Curve;
import dev.assay.engine.pruner.Curves;
import dev.assay.engine.pruner.Pruner;
import dev.assay.engine.pruner.PrunerSettings;
import dev.assay.engine.pruner.Pruners;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A study's pruner, and what it has to know. Safe to share between threads. */
final class Pruning {
  /** Gives no trial up. */
  static final Pruning NONE = new Pruning(null, null);

  private final @Nullable Pruner pruner;
  private final @Nullable Curves curves;

  private Pruning(@Nullable Pruner pruner, @Nullable Curves curves) {
    this.pruner = pruner;
    this.curves = curves;
  }

  /**
   * The pruner of a study.
   *
   * @throws IllegalArgumentException where the study has several objectives: a trial reports one
   */
  static Pruning of(PrunerSettings settings, String study, List<Direction> directions) {
    if (settings.equals(Pruners.NONE)) {
      return NONE;
    }
    if (directions.size() > 1) {
      throw new IllegalArgumentException(
          "study '%s' has %d objectives and a pruner, expected one objective, or no pruner"
              .formatted(study, directions.size()));
    }
    Pruner pruner = settings.create(study);
    return new Pruning(pruner, new Curves(directions.get(0), pruner));
  }

  /** Whether there is a pruner. */
  boolean isOn() {
    return pruner != null;
  }

  /** What hears the reports of a trial of this process. */
  Trial.Reports watch(long number) {
    return pruner == null || curves == null
        ? Trial.Reports.UNHEARD
        : new Watched(pruner, curves, new Curve(number));
  }

  /** A trial of another process has ended, or one of before is known. */
  void endedElsewhere(FrozenTrial trial) {
    if (curves != null) {
      Curve curve = Curve.of(trial.number(), trial.intermediateValues());
      curves.end(curve, trial.state(), ranked(trial));
    }
  }

  /** The value by which a trial may be the best; NaN where it may not. */
  private static double ranked(FrozenTrial trial) {
    Double value = trial.value();
    boolean counts =
        trial.state() == TrialState.COMPLETE && !Boolean.FALSE.equals(trial.constraintsOk());
    return counts && value != null ? value : Double.NaN;
  }

  /** A trial of this process. */
  private static final class Watched implements Trial.Reports {
    private final Pruner pruner;
    private final Curves curves;
    private final Curve curve;
    private volatile boolean pruned;

    Watched(Pruner pruner, Curves curves, Curve curve) {
      this.pruner = pruner;
      this.curves = curves;
      this.curve = curve;
    }

    @Override
    public synchronized void report(long step, double value) {
      if (curve.report(step, value)) {
        pruned = pruner.prunes(curves, curve);
      }
    }

    @Override
    public boolean shouldPrune() {
      return pruned;
    }

    @Override
    public void end(FrozenTrial trial) {
      curves.end(curve, trial.state(), ranked(trial));
    }
  }
}
