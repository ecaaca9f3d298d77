package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import org.jspecify.annotations.Nullable;

/**
 * The tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, Algorithms for
 * Hyper-Parameter Optimization, NIPS 2011): it proposes parameters that are likely among the best
 * trials so far and unlikely among the others. Details are those of Optuna, as Watanabe describes
 * them (Tree-Structured Parzen Estimator: Understanding Its Algorithm Components, 2023): a tenth of
 * the trials, at most 25, are good ones, and older bad ones weigh less. {@link TpeBlock} differs
 * from it in how narrow the kernels of good trials may be.
 */
final class TpeSampler implements Sampler {
  private final TpeSettings settings;
  private @Nullable TpeModel known;

  TpeSampler(TpeSettings settings) {
    this.settings = settings;
  }

  @Override
  public ObjectNode suggest(History history, Ask ask) {
    TpeModel model = known;
    if (model == null || !model.isOf(history)) {
      model = new TpeModel(history, settings);
      known = model;
    }
    model.update();
    if (model.observed() < Math.max(1, settings.startupTrials())) {
      return history.space().draw(ask.random());
    }
    return history.space().params(model.propose(ask.random()));
  }
}
