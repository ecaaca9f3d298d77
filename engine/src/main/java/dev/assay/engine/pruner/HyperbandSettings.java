package dev.assay.engine.pruner;

import dev.assay.engine.space.Block;
import org.jspecify.annotations.Nullable;

/**
 * Settings of Hyperband (Li et al. 2018): trials are dealt out between brackets, each of which
 * halves successively with another first rung. A trial's bracket follows from the study's name and
 * its number.
 *
 * @param minResource {@code min_resource}: the step of the first rung of the first bracket, at
 *     least 1
 * @param maxResource {@code max_resource}: how many steps a trial has, at least {@code
 *     minResource}; null for {@code auto}, those of the longest trial when the first one is
 *     complete, until when no trial is given up
 * @param reductionFactor {@code reduction_factor}: one in so many goes on, at least 2
 * @param bootstrapCount {@code bootstrap_count}: how many trials must have reached a rung before
 *     any goes on; 0 with {@code auto}
 */
public record HyperbandSettings(
    long minResource, @Nullable Long maxResource, long reductionFactor, long bootstrapCount)
    implements PrunerSettings {
  /** Optuna's: from step 1, automatic, one in three. */
  public static final HyperbandSettings DEFAULT = new HyperbandSettings(1, null, 3, 0);

  public HyperbandSettings {
    PrunerException.unlessAtLeast(1, "min_resource", minResource);
    if (maxResource != null) {
      PrunerException.unlessAtLeast(minResource, "max_resource", maxResource);
    }
    PrunerException.unlessAtLeast(2, "reduction_factor", reductionFactor);
    PrunerException.unlessAtLeast(0, "bootstrap_count", bootstrapCount);
    if (bootstrapCount > 0 && maxResource == null) {
      throw new PrunerException(
          "bootstrap_count is %d and max_resource is auto, expected a max_resource with it"
              .formatted(bootstrapCount));
    }
  }

  /** These settings with another first rung. */
  public HyperbandSettings withMinResource(long other) {
    return new HyperbandSettings(other, maxResource, reductionFactor, bootstrapCount);
  }

  /** These settings with this many steps of a trial. */
  public HyperbandSettings withMaxResource(long other) {
    return new HyperbandSettings(minResource, other, reductionFactor, bootstrapCount);
  }

  /** These settings with another share of trials that goes on. */
  public HyperbandSettings withReductionFactor(long other) {
    return new HyperbandSettings(minResource, maxResource, other, bootstrapCount);
  }

  static HyperbandSettings read(Block options) {
    return new HyperbandSettings(
        Pruners.whole(options, "min_resource", DEFAULT.minResource),
        Pruners.wholeOrAuto(options, "max_resource", DEFAULT.maxResource),
        Pruners.whole(options, "reduction_factor", DEFAULT.reductionFactor),
        Pruners.whole(options, "bootstrap_count", DEFAULT.bootstrapCount));
  }

  @Override
  public Pruner create(String study) {
    return new HyperbandPruner(this, study);
  }
}
