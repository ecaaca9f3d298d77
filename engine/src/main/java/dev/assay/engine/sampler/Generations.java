package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A study as generations: each is the next so many trials that completed, in the order in which
 * they ended, and its children's parents are the elite of itself and its own parents. Trials that
 * failed or were pruned belong to none. Follows from the history alone; what is kept saves ranking
 * earlier generations again. Not safe to share between threads.
 */
final class Generations {
  private final int size;
  private @Nullable History history;
  private @Nullable Population parents;
  private int[] generation = new int[0];
  private int members;
  private int seen;

  Generations(int size) {
    this.size = size;
  }

  /** The parents of the trial that comes next; null before the first generation is complete. */
  @Nullable Population parents(History current) {
    if (history != current) {
      history = current;
      parents = null;
      generation = new int[size];
      members = 0;
      seen = 0;
    }
    for (; seen < current.finished(); seen++) {
      int row = current.finished(seen);
      if (current.state(row) == TrialState.COMPLETE) {
        generation[members++] = row;
        if (members == size) {
          parents = Population.elite(current, withParents(), size);
          members = 0;
        }
      }
    }
    return parents;
  }

  private int[] withParents() {
    int[] earlier = parents == null ? new int[0] : parents.rows();
    int[] rows = Arrays.copyOf(earlier, earlier.length + size);
    System.arraycopy(generation, 0, rows, earlier.length, size);
    return rows;
  }
}
