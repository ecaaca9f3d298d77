package dev.assay.analytics.report;

import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;

/**
 * The complete trials of a run with several objectives that no other one dominates: none is as good
 * in all objectives and better in one. Trials whose constraints do not hold, or with a value that
 * is not finite, are not on it. Used by one thread.
 */
final class Front {
  /** How many of its trials the page shows. */
  static final int MOST = 1_000;

  private final Columns columns;
  private final List<Direction> directions;
  private List<Member> members = new ArrayList<>();

  private record Member(List<Double> losses, FrozenTrial trial) {}

  Front(List<Direction> directions, Columns columns) {
    this.directions = directions;
    this.columns = columns;
  }

  void add(FrozenTrial trial) {
    if (!isRanked(trial, directions.size())) {
      return;
    }
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < directions.size(); i++) {
      double value = trial.values().get(i);
      losses.add(directions.get(i) == Direction.MINIMIZE ? value : -value);
    }
    List<Member> left = new ArrayList<>();
    for (Member member : members) {
      if (dominates(member.losses(), losses)) {
        return;
      }
      if (!dominates(losses, member.losses())) {
        left.add(member);
      }
    }
    left.add(new Member(losses, trial));
    members = left;
  }

  /** Whether a trial may be among the best. */
  static boolean isRanked(FrozenTrial trial, int objectives) {
    return trial.state() == TrialState.COMPLETE
        && !Boolean.FALSE.equals(trial.constraintsOk())
        && trial.values().size() == objectives
        && trial.values().stream().allMatch(Double::isFinite);
  }

  private static boolean dominates(List<Double> one, List<Double> other) {
    boolean better = false;
    for (int i = 0; i < one.size(); i++) {
      double mine = one.get(i);
      double theirs = other.get(i);
      if (mine > theirs) {
        return false;
      }
      better |= mine < theirs;
    }
    return better;
  }

  int size() {
    return members.size();
  }

  /** At most {@value #MOST} of them, evenly chosen. */
  List<TrialRow> rows() {
    List<TrialRow> rows = new ArrayList<>();
    int shown = Math.min(MOST, members.size());
    for (int i = 0; i < shown; i++) {
      FrozenTrial trial = members.get((int) ((long) i * members.size() / shown)).trial();
      rows.add(TrialRow.of(trial, columns));
    }
    return rows;
  }
}
