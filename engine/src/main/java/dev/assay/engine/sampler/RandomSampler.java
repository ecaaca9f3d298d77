package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.SearchSpace;

/** Draws every parameter by chance, as {@link SearchSpace#draw} does. Never ends. */
final class RandomSampler implements Sampler {
  @Override
  public ObjectNode suggest(History history, Ask ask) {
    return history.space().draw(ask.random());
  }

  @Override
  public boolean readsHistory() {
    return false;
  }
}
