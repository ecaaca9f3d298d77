package dev.assay.engine.pruner;

import dev.assay.engine.space.Block;
import org.jspecify.annotations.Nullable;

/**
 * Settings of asynchronous successive halving (Li et al. 2020): a trial that reaches a rung goes on
 * when it is among the best of those that have reached it. Rung {@code r} is at step {@code
 * minResource * reductionFactor^(minEarlyStoppingRate + r)}.
 *
 * @param minResource {@code min_resource}: the step of the first rung, at least 1; null for {@code
 *     auto}, a hundredth of the last step of the longest trial when the first one is complete
 * @param reductionFactor {@code reduction_factor}: one in so many goes on, at least 2
 * @param minEarlyStoppingRate {@code min_early_stopping_rate}: how many rungs are left out below
 * @param bootstrapCount {@code bootstrap_count}: how many trials must have reached a rung before
 *     any goes on; 0 with {@code auto}
 */
public record SuccessiveHalvingSettings(
    @Nullable Long minResource,
    long reductionFactor,
    long minEarlyStoppingRate,
    long bootstrapCount)
    implements PrunerSettings {
  /** Optuna's: automatic, one in four. */
  public static final SuccessiveHalvingSettings DEFAULT =
      new SuccessiveHalvingSettings(null, 4, 0, 0);

  public SuccessiveHalvingSettings {
    if (minResource != null) {
      PrunerException.unlessAtLeast(1, "min_resource", minResource);
    }
    PrunerException.unlessAtLeast(2, "reduction_factor", reductionFactor);
    PrunerException.unlessAtLeast(0, "min_early_stopping_rate", minEarlyStoppingRate);
    PrunerException.unlessAtLeast(0, "bootstrap_count", bootstrapCount);
    if (bootstrapCount > 0 && minResource == null) {
      throw new PrunerException(
          "bootstrap_count is %d and min_resource is auto, expected a min_resource with it"
              .formatted(bootstrapCount));
    }
  }

  /** These settings with another first rung. */
  public SuccessiveHalvingSettings withMinResource(long other) {
    return new SuccessiveHalvingSettings(
        other, reductionFactor, minEarlyStoppingRate, bootstrapCount);
  }

  /** These settings with another share of trials that goes on. */
  public SuccessiveHalvingSettings withReductionFactor(long other) {
    return new SuccessiveHalvingSettings(minResource, other, minEarlyStoppingRate, bootstrapCount);
  }

  static SuccessiveHalvingSettings read(Block options) {
    return new SuccessiveHalvingSettings(
        Pruners.wholeOrAuto(options, "min_resource", DEFAULT.minResource),
        Pruners.whole(options, "reduction_factor", DEFAULT.reductionFactor),
        Pruners.whole(options, "min_early_stopping_rate", DEFAULT.minEarlyStoppingRate),
        Pruners.whole(options, "bootstrap_count", DEFAULT.bootstrapCount));
  }

  @Override
  public Pruner create(String study) {
    return new SuccessiveHalvingPruner(this, number -> true);
  }
}
