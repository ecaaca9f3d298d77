package dev.assay.engine.pruner;

import dev.assay.engine.space.Block;
import dev.assay.storage.Direction;

/**
 * Settings of the percentile pruner, which gives a trial up whose best value so far is not among
 * the best that complete trials have reported at the same step. A trial that has reported nothing
 * but NaN is given up.
 *
 * @param percentile how many percent of the trials to keep, 0 to 100
 * @param startupTrials {@code n_startup_trials}: how many trials must be complete before any is
 *     given up
 * @param warmupSteps {@code n_warmup_steps}: the first step at which a trial may be given up
 * @param intervalSteps {@code interval_steps}: a trial is checked at the first step that it reports
 *     of each so many
 * @param minTrials {@code n_min_trials}: how many complete trials must have reported the step
 */
public record PercentileSettings(
    double percentile, long startupTrials, long warmupSteps, long intervalSteps, long minTrials)
    implements PrunerSettings {
  private static final double MEDIAN = 50;

  /** The median pruner: percentile 50 after 5 complete trials. */
  public static final PercentileSettings DEFAULT = new PercentileSettings(MEDIAN, 5, 0, 1, 1);

  public PercentileSettings {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new PrunerException(
          "percentile is %s, expected a number from 0 to 100".formatted(percentile));
    }
    PrunerException.unlessAtLeast(0, "n_startup_trials", startupTrials);
    PrunerException.unlessAtLeast(0, "n_warmup_steps", warmupSteps);
    PrunerException.unlessAtLeast(1, "interval_steps", intervalSteps);
    PrunerException.unlessAtLeast(1, "n_min_trials", minTrials);
  }

  /** These settings with another percentile. */
  public PercentileSettings withPercentile(double other) {
    return new PercentileSettings(other, startupTrials, warmupSteps, intervalSteps, minTrials);
  }

  /** These settings with another number of complete trials before any is given up. */
  public PercentileSettings withStartupTrials(long other) {
    return new PercentileSettings(percentile, other, warmupSteps, intervalSteps, minTrials);
  }

  /** These settings with another first step at which a trial may be given up. */
  public PercentileSettings withWarmupSteps(long other) {
    return new PercentileSettings(percentile, startupTrials, other, intervalSteps, minTrials);
  }

  /** From the options of Optuna's median pruner. */
  static PercentileSettings readMedian(Block options) {
    return read(MEDIAN, options);
  }

  /** From the options of Optuna's percentile pruner. */
  static PercentileSettings read(Block options) {
    return read(options.real("percentile"), options);
  }

  private static PercentileSettings read(double percentile, Block options) {
    return new PercentileSettings(
        percentile,
        Pruners.whole(options, "n_startup_trials", DEFAULT.startupTrials),
        Pruners.whole(options, "n_warmup_steps", DEFAULT.warmupSteps),
        Pruners.whole(options, "interval_steps", DEFAULT.intervalSteps),
        Pruners.whole(options, "n_min_trials", DEFAULT.minTrials));
  }

  @Override
  public Pruner create(String study) {
    return new PercentilePruner(this, new Checks(warmupSteps, intervalSteps));
  }

  /** Follows from its arguments alone. */
  private record PercentilePruner(PercentileSettings settings, Checks checks) implements Pruner {
    @Override
    public boolean prunes(Curves curves, Curve trial) {
      long complete = curves.complete();
      if (complete == 0 || complete < settings.startupTrials || !checks.isDue(trial)) {
        return false;
      }
      boolean least = curves.direction() == Direction.MINIMIZE;
      double best = least ? trial.least() : trial.greatest();
      if (Double.isNaN(best)) {
        return true;
      }
      double rank = least ? settings.percentile : 100 - settings.percentile;
      double limit = curves.percentile(trial.step(trial.size() - 1), rank, settings.minTrials);
      return least ? best > limit : best < limit;
    }

    @Override
    public boolean comparesSteps() {
      return true;
    }
  }
}
