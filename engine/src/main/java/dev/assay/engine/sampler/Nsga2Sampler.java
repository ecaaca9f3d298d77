package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.SearchSpace;

/**
 * NSGA-II (Deb, Pratap, Agarwal, Meyarivan 2002): children of the trials that are best by rank and
 * then by the room around them. The first generation is drawn by chance. With several workers a
 * child's parents are those of the generation that has ended when it is asked for, so nobody waits
 * for the rest of a generation.
 */
final class Nsga2Sampler implements Sampler {
  private final Generations generations;
  private final Breeding breeding;

  Nsga2Sampler(Nsga2Settings settings, SearchSpace space, int objectives) {
    this.generations = new Generations(settings.populationSize());
    this.breeding = new Breeding(settings, space.parameters(), objectives > 1);
  }

  @Override
  public ObjectNode suggest(History history, Ask ask) {
    SearchSpace space = history.space();
    Population parents = generations.parents(history);
    if (parents == null || space.parameters().isEmpty()) {
      return space.draw(ask.random());
    }
    return space.params(breeding.child(parents, ask.random()));
  }
}
