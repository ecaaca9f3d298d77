package dev.assay.engine;

import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The best trials of a study with several objectives. */
public final class ParetoFront {
  private ParetoFront() {}

  /**
   * The COMPLETE trials that no other is better than: at least as good in every objective and
   * better in one. Those whose constraints do not hold are left out. Of trials with the same values
   * all are given. In the order of the first objective, best first; then of their numbers.
   *
   * @param directions one for each objective
   */
  public static List<FrozenTrial> of(Stream<FrozenTrial> trials, List<Direction> directions) {
    List<FrozenTrial> front = new ArrayList<>();
    trials
        .filter(trial -> isCandidate(trial, directions.size()))
        .forEach(
            trial -> {
              if (front.stream().noneMatch(other -> dominates(other, trial, directions))) {
                front.removeIf(other -> dominates(trial, other, directions));
                front.add(trial);
              }
            });
    boolean maximized = directions.get(0) == Direction.MAXIMIZE;
    Comparator<FrozenTrial> first = Comparator.comparing(trial -> trial.values().get(0));
    front.sort((maximized ? first.reversed() : first).thenComparingLong(FrozenTrial::number));
    return front;
  }

  private static boolean isCandidate(FrozenTrial trial, int objectives) {
    return trial.state() == TrialState.COMPLETE
        && !Boolean.FALSE.equals(trial.constraintsOk())
        && trial.values().size() == objectives
        && trial.values().stream().noneMatch(value -> value.isNaN());
  }

  private static boolean dominates(FrozenTrial one, FrozenTrial other, List<Direction> directions) {
    boolean better = false;
    for (int i = 0; i < directions.size(); i++) {
      double value = one.values().get(i);
      double compared = other.values().get(i);
      if (directions.get(i).isBetter(compared, value)) {
        return false;
      }
      better |= directions.get(i).isBetter(value, compared);
    }
    return better;
  }
}
