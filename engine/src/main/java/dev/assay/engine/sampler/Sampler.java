package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Proposes parameters. Implementations are safe to call from several threads at once. */
public interface Sampler {
  /**
   * Proposes one set of parameters, nested as the study declares them.
   *
   * @param random the trial's own stream of random numbers
   * @return null when there is nothing left to propose
   */
  @Nullable ObjectNode suggest(SearchSpace space, RandomGenerator random);
}
