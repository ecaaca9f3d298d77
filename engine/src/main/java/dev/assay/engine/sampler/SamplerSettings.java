package dev.assay.engine.sampler;

import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;

/** A sampler's settings, from which one is made for each run of a study. */
@FunctionalInterface
public interface SamplerSettings {
  /**
   * A new sampler.
   *
   * @param directions one for each objective
   * @param seed the study's
   * @throws SamplerException when it cannot search this space, or with so many objectives
   */
  Sampler create(SearchSpace space, List<Direction> directions, long seed);
}
