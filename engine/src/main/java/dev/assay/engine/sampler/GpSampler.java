package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Proposes the point of the largest expected improvement under a {@link GpModel} of the trials. For
 * a trial for which {@value #MOST_REFUSED} such points were turned down it draws by chance.
 *
 * <p>The model's hyperparameters are fitted anew when the number of trials has grown by a tenth, or
 * by {@value #LONGEST_STRIDE}; in between trials are added to it as they come. Since each fit
 * begins from fixed points, the model follows from the trials up to the last fit and those after.
 */
final class GpSampler implements Sampler {
  private static final int LONGEST_STRIDE = 64;
  private static final int MOST_REFUSED = 2;

  private final GpSettings settings;
  private @Nullable History known;
  private int read;
  private int[] usable = new int[64];
  private int count;
  private @Nullable GpModel model;
  private int fitted;

  GpSampler(GpSettings settings) {
    this.settings = settings;
  }

  @Override
  public ObjectNode suggest(History history, Ask ask) {
    take(history);
    if (ask.retry() >= MOST_REFUSED
        || count < Math.max(2, settings.startupTrials())
        || history.space().parameters().isEmpty()) {
      return history.space().draw(ask.random());
    }
    double[] values = model(history).propose(history, usable, count, ask);
    return values == null ? history.space().draw(ask.random()) : history.space().params(values);
  }

  /** Finds the trials that have a value among those that ended since the last request. */
  private void take(History history) {
    if (known != history) {
      known = history;
      read = 0;
      count = 0;
      model = null;
    }
    for (; read < history.finished(); read++) {
      int row = history.finished(read);
      if (isUsable(history, row)) {
        usable = count < usable.length ? usable : Arrays.copyOf(usable, 2 * count);
        usable[count++] = row;
      }
    }
  }

  private static boolean isUsable(History history, int row) {
    if (history.state(row) == TrialState.PRUNED) {
      return history.objectives() == 1;
    }
    if (history.state(row) != TrialState.COMPLETE) {
      return false;
    }
    for (int i = 0; i < history.objectives(); i++) {
      if (Double.isNaN(history.loss(row, i))) {
        return false;
      }
    }
    return true;
  }

  private GpModel model(History history) {
    int due = Math.max(2, settings.startupTrials());
    for (int next = due; next <= count; next += stride(next)) {
      due = next;
    }
    if (model == null || fitted != due) {
      model = new GpModel(history, Arrays.copyOf(usable, due), settings.deterministicObjective());
      fitted = due;
    }
    return model;
  }

  private static int stride(int trials) {
    return Math.max(1, Math.min(LONGEST_STRIDE, trials / 10));
  }
}
