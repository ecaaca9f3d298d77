package dev.assay.engine.pruner;

import dev.assay.engine.space.Block;

/**
 * Settings of the threshold pruner, which gives a trial up whose last value is outside of bounds or
 * NaN.
 *
 * @param lower the lowest value that goes on; negative infinity for none
 * @param upper the highest value that goes on; infinity for none
 * @param warmupSteps {@code n_warmup_steps}: the first step at which a trial may be given up
 * @param intervalSteps {@code interval_steps}: a trial is checked at the first step that it reports
 *     of each so many
 */
public record ThresholdSettings(double lower, double upper, long warmupSteps, long intervalSteps)
    implements PrunerSettings {
  public ThresholdSettings {
    if (lower == Double.NEGATIVE_INFINITY && upper == Double.POSITIVE_INFINITY) {
      throw new PrunerException("neither lower nor upper is given, expected one of them or both");
    }
    if (!(lower <= upper)) {
      throw new PrunerException(
          "lower is %s and upper is %s, expected lower to be at most upper"
              .formatted(lower, upper));
    }
    PrunerException.unlessAtLeast(0, "n_warmup_steps", warmupSteps);
    PrunerException.unlessAtLeast(1, "interval_steps", intervalSteps);
  }

  /** Between two bounds, at each step. */
  public static ThresholdSettings between(double lower, double upper) {
    return new ThresholdSettings(lower, upper, 0, 1);
  }

  static ThresholdSettings read(Block options) {
    Double lower = options.realOrNull("lower");
    Double upper = options.realOrNull("upper");
    return new ThresholdSettings(
        lower == null ? Double.NEGATIVE_INFINITY : lower,
        upper == null ? Double.POSITIVE_INFINITY : upper,
        Pruners.whole(options, "n_warmup_steps", 0),
        Pruners.whole(options, "interval_steps", 1));
  }

  @Override
  public Pruner create(String study) {
    Checks checks = new Checks(warmupSteps, intervalSteps);
    return (curves, trial) -> checks.isDue(trial) && isOutside(trial.value(trial.size() - 1));
  }

  private boolean isOutside(double value) {
    return !(value >= lower && value <= upper);
  }
}
