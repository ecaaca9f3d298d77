package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The rows of a study's completed and pruned trials, best first: completed ones by their loss, then
 * pruned ones by how far they came and their loss there, then those that violate constraints, by
 * how much. What is equal stays in the order of the rows.
 *
 * <p>With several objectives, completed trials go by their rank of non-domination; of the rank that
 * is taken in part, those that dominate the most together.
 */
final class RankedTrials {
  private final History history;
  private int[] rows = new int[16];
  private int size;
  private int completed;

  RankedTrials(History history) {
    this.history = history;
  }

  int size() {
    return size;
  }

  void add(int row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
    }
    int from = 0;
    int to = size;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (compare(rows[middle], row) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    System.arraycopy(rows, from, rows, from + 1, size++ - from);
    rows[from] = row;
    completed += kind(row) == 0 ? 1 : 0;
  }

  /** The first {@code count}, by their rows. A new array. */
  int[] best(int count) {
    int[] best =
        history.objectives() > 1 && count < completed
            ? undominated(count)
            : Arrays.copyOf(rows, Math.min(count, size));
    Arrays.sort(best);
    return best;
  }

  private int[] undominated(int count) {
    double[][] points = new double[completed][history.objectives()];
    for (int i = 0; i < completed; i++) {
      for (int k = 0; k < points[i].length; k++) {
        points[i][k] = history.loss(rows[i], k);
      }
    }
    int[] ranks = Pareto.ranks(points);
    int[] best = new int[count];
    int taken = 0;
    for (int rank = 0; taken < count; rank++) {
      int[] front = front(ranks, rank);
      int room = Math.min(count - taken, front.length);
      double[][] among = new double[front.length][];
      Arrays.setAll(among, i -> points[front[i]]);
      for (int chosen : HypervolumeSubset.choose(among, room)) {
        best[taken++] = rows[front[chosen]];
      }
    }
    return best;
  }

  private static int[] front(int[] ranks, int rank) {
    return IntStream.range(0, ranks.length).filter(i -> ranks[i] == rank).toArray();
  }

  private int compare(int a, int b) {
    int byKind = Integer.compare(kind(a), kind(b));
    if (byKind != 0) {
      return byKind;
    }
    int byFirst = Double.compare(first(a), first(b));
    if (byFirst != 0) {
      return byFirst;
    }
    int bySecond = Double.compare(second(a), second(b));
    return bySecond != 0 ? bySecond : Integer.compare(a, b);
  }

  /** 0 for completed, 1 for pruned, 2 for infeasible. */
  private int kind(int row) {
    if (history.violation(row) > 0) {
      return 2;
    }
    return history.state(row) == TrialState.PRUNED ? 1 : 0;
  }

  /** Without a report, a pruned trial comes last of its kind: NaN is more than infinity here. */
  private double first(int row) {
    return switch (kind(row)) {
      case 0 -> history.loss(row, 0) + 0.0;
      case 1 -> Double.isNaN(history.lastReport(row)) ? Double.NaN : -history.lastStep(row) + 0.0;
      default -> history.violation(row);
    };
  }

  private double second(int row) {
    return kind(row) == 1 ? history.lastReport(row) + 0.0 : 0;
  }
}
