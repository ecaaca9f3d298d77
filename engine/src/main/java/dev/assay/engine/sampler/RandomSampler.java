package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SearchSpace;
import java.util.random.RandomGenerator;

/** Draws every parameter by chance, as {@link SearchSpace#draw} does. Never ends. */
final class RandomSampler implements Sampler {
  @Override
  public ObjectNode suggest(SearchSpace space, RandomGenerator random) {
    return space.draw(random);
  }
}
