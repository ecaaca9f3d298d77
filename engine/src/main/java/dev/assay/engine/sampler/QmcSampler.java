package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import java.util.List;

/**
 * Covers the space evenly: the trial with number n gets point n of a {@linkplain Points sequence}
 * with a dimension for each parameter, so that workers and processes share one sequence. Where that
 * proposal was turned down, it draws by chance. Never ends; a sequence begins anew after 2^31
 * points.
 */
final class QmcSampler implements Sampler {
  private final Points points;

  QmcSampler(Points points) {
    this.points = points;
  }

  @Override
  public ObjectNode suggest(History history, Ask ask) {
    SearchSpace space = history.space();
    if (ask.retry() > 0) {
      return space.draw(ask.random());
    }
    List<Parameter> parameters = space.parameters();
    double[] values = points.at((int) ask.number() & Integer.MAX_VALUE);
    for (int p = 0; p < values.length; p++) {
      values[p] = parameters.get(p).fromUnit(values[p]);
    }
    return space.params(values);
  }

  @Override
  public boolean readsHistory() {
    return false;
  }
}
