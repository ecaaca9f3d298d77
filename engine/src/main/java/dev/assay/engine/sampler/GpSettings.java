package dev.assay.engine.sampler;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;

/**
 * A Gaussian process that proposes where the expected improvement is largest. For numeric spaces of
 * up to about twenty parameters and objectives that are dear.
 *
 * @param startupTrials how many trials are drawn by chance first ({@code n_startup_trials})
 * @param deterministicObjective whether the same parameters always give the same value, so that
 *     trials are taken as free of noise ({@code deterministic_objective})
 */
public record GpSettings(int startupTrials, boolean deterministicObjective)
    implements SamplerSettings {
  /** Optuna's. */
  public static final GpSettings DEFAULT = new GpSettings(10, false);

  public GpSettings {
    if (startupTrials < 1) {
      throw new IllegalArgumentException(
          "startupTrials is %d, expected 1 or more".formatted(startupTrials));
    }
  }

  /** With so many trials by chance first. */
  public GpSettings withStartupTrials(int trials) {
    return new GpSettings(trials, deterministicObjective);
  }

  /** For an objective whose values come without noise. */
  public GpSettings withoutNoise() {
    return new GpSettings(startupTrials, true);
  }

  static GpSettings read(Block options) {
    Long startup = options.wholeOrNull("n_startup_trials");
    if (startup != null && startup < 1) {
      throw options.unlike("n_startup_trials", "a whole number from 1");
    }
    Boolean exact = options.flagOrNull("deterministic_objective");
    return new GpSettings(
        startup == null ? DEFAULT.startupTrials() : (int) Math.min(startup, Integer.MAX_VALUE),
        exact != null && exact);
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    return new GpSampler(this);
  }
}
