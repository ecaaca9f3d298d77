package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.engine.history.History;
import dev.assay.engine.space.Declared;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankedTrialsTest {
  private final History history =
      new History(
          Declared.space("{'x': {'type': 'int', 'low': 0, 'high': 9}}"),
          List.of(Direction.MAXIMIZE));
  private final RankedTrials ranked = new RankedTrials(history);

  private int add(TrialState state, double value, double violation, long step, double report) {
    int row = history.begin(history.size(), new double[] {0});
    List<Double> values = state == TrialState.COMPLETE ? List.of(value) : List.of();
    history.finish(row, new History.End(state, values, violation, step, report));
    ranked.add(row);
    return row;
  }

  @Test
  void ordersCompletedThenPrunedThenInfeasibleTrials() {
    double none = Double.NaN;
    int worseInfeasible = add(TrialState.COMPLETE, 99, 3, 0, none);
    int infeasible = add(TrialState.PRUNED, none, 2, 7, 1);
    int unreported = add(TrialState.PRUNED, none, none, 0, none);
    int early = add(TrialState.PRUNED, none, none, 1, 100);
    int lateWorse = add(TrialState.PRUNED, none, none, 5, 1);
    int lateBetter = add(TrialState.PRUNED, none, none, 5, 2);
    int worst = add(TrialState.COMPLETE, Double.NEGATIVE_INFINITY, none, 0, none);
    int zero = add(TrialState.COMPLETE, 0.0, 0, 0, none);
    int minusZero = add(TrialState.COMPLETE, -0.0, none, 0, none);
    int best = add(TrialState.COMPLETE, Double.POSITIVE_INFINITY, 0, 0, none);
    int[] order = {
      best,
      zero,
      minusZero,
      worst,
      lateBetter,
      lateWorse,
      early,
      unreported,
      infeasible,
      worseInfeasible
    };
    for (int count = 0; count <= order.length; count++) {
      int[] first = Arrays.copyOf(order, count);
      assertThat(ranked.best(count)).containsExactlyInAnyOrder(first);
    }
  }

  @Test
  void ordersByNonDominationWithSeveralObjectives() {
    History two = new History(history.space(), List.of(Direction.MINIMIZE, Direction.MAXIMIZE));
    RankedTrials byRank = new RankedTrials(two);
    // The rows 1, 3 and 5 dominate the others, of which 0 and 2 dominate 4; 6 is infeasible.
    double[][] values = {{3, 5}, {1, 5}, {2, 4}, {2, 8}, {9, 1}, {9, 9}, {0, 10}};
    for (double[] each : values) {
      int row = two.begin(two.size(), new double[] {0});
      two.finish(
          row,
          new History.End(
              TrialState.COMPLETE, List.of(each[0], each[1]), row == 6 ? 1 : 0, 0, Double.NaN));
      byRank.add(row);
    }
    // Up to (9.9, -4.5), row 3 has 7.9 x 3.5; beside it row 5 adds 0.9 x 1 and row 1 only 1 x 0.5.
    assertThat(byRank.best(1)).containsExactly(3);
    assertThat(byRank.best(2)).containsExactly(3, 5);
    assertThat(byRank.best(3)).containsExactly(1, 3, 5);
    assertThat(byRank.best(5)).containsExactly(0, 1, 2, 3, 5);
    assertThat(byRank.best(7)).containsExactly(0, 1, 2, 3, 4, 5, 6);
  }
}
