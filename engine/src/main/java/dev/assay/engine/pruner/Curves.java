package dev.assay.engine.pruner;

import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the trials of a study with one objective have reported, as far as its pruner has to know: of
 * trials that are complete, the values at each step; of those that were evaluated elsewhere, the
 * curves. Safe to share between threads.
 */
public final class Curves {
  private final Direction direction;
  private final boolean byStep;

  /** Values of complete trials by step. */
  private final Map<Long, Ranking> steps = new HashMap<>();

  /** Trials that were evaluated elsewhere and have reported something. */
  private final List<Ended> elsewhere = new ArrayList<>();

  private long complete;
  private long longest = -1;
  private @Nullable Curve best;
  private double bestValue = Double.NaN;

  /** A trial that has ended. */
  record Ended(Curve curve, TrialState state) {}

  /**
   * Without trials.
   *
   * @param pruner who is going to ask for them
   */
  public Curves(Direction direction, Pruner pruner) {
    this.direction = direction;
    this.byStep = pruner.comparesSteps();
  }

  /** Whether small values are better. */
  Direction direction() {
    return direction;
  }

  /**
   * A trial has ended, in whatever way. Trials of this process and those of elsewhere come here in
   * the order in which they ended, each of them once.
   *
   * @param value the objective's value; NaN where there is none, or a constraint is violated, so
   *     that it is no best trial
   */
  public synchronized void end(Curve curve, TrialState state, double value) {
    if (curve.isFromElsewhere() && curve.size() > 0) {
      elsewhere.add(new Ended(curve, state));
    }
    if (state != TrialState.COMPLETE) {
      return;
    }
    complete++;
    int size = curve.size();
    if (size > 0) {
      longest = Math.max(longest, curve.step(size - 1));
    }
    if (byStep) {
      for (int i = 0; i < size; i++) {
        steps.computeIfAbsent(curve.step(i), any -> new Ranking()).add(curve.value(i));
      }
    }
    if (isBetter(value, bestValue)) {
      best = curve;
      bestValue = value;
    }
  }

  private boolean isBetter(double value, double than) {
    return (direction == Direction.MINIMIZE ? value < than : value > than)
        || (Double.isNaN(than) && !Double.isNaN(value));
  }

  /** How many trials are complete. */
  synchronized long complete() {
    return complete;
  }

  /** The last step that any complete trial has reported; -1 where none has reported one. */
  synchronized long longest() {
    return longest;
  }

  /** The complete trial with the best value, the first of equals; null where there is none. */
  synchronized @Nullable Curve best() {
    return best;
  }

  /**
   * The percentile of what complete trials have reported for a step, linear between values, those
   * that are NaN left out.
   *
   * @param atLeast how many trials must have reported that step, NaN or not
   * @return NaN where there are fewer, or all are NaN
   */
  synchronized double percentile(long step, double percentile, long atLeast) {
    Ranking values = steps.get(step);
    return values == null || values.count() < atLeast ? Double.NaN : values.percentile(percentile);
  }

  /** The trials of elsewhere from a place on, in the order in which they became known. */
  synchronized List<Ended> elsewhere(int from) {
    return List.copyOf(elsewhere.subList(from, elsewhere.size()));
  }
}
