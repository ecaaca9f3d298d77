package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import org.jspecify.annotations.Nullable;

/**
 * One sampler until so many trials have ended, then another; also another where more than a tenth
 * of them were pruned.
 */
final class AutoSampler implements Sampler {
  private static final int PRUNED_SHARE = 10;

  private final Sampler first;
  private final Sampler then;
  private final int trials;
  private @Nullable History known;
  private int read;
  private int pruned;

  AutoSampler(Sampler first, Sampler then, int trials) {
    this.first = first;
    this.then = then;
    this.trials = trials;
  }

  @Override
  public @Nullable ObjectNode suggest(History history, Ask ask) {
    if (known != history) {
      known = history;
      read = 0;
      pruned = 0;
    }
    for (; read < history.finished(); read++) {
      pruned += history.state(history.finished(read)) == TrialState.PRUNED ? 1 : 0;
    }
    boolean early = read < trials && PRUNED_SHARE * pruned <= read;
    return (early ? first : then).suggest(history, ask);
  }
}
