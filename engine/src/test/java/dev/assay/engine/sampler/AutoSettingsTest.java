package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.history.History.End;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AutoSettingsTest {
  private static final String NUMBERS =
      "{'x': {'type': 'float', 'low': 0, 'high': 1}, 'i': {'type': 'int', 'low': 0, 'high': 9},"
          + " 'c': {'type': 'grid', 'values': [1, 2]}}";

  /** A history of trials by chance, every {@code prunedEach}th pruned; 0 for none. */
  private static History history(String space, int objectives, int trials, int prunedEach) {
    SearchSpace declared = Declared.space(space);
    History history = new History(declared, Collections.nCopies(objectives, Direction.MINIMIZE));
    for (int t = 0; t < trials; t++) {
      ObjectNode params = declared.draw(TrialRandom.stream(1, t, 0));
      int row = history.begin(t, declared.values(params));
      boolean pruned = prunedEach > 0 && t % prunedEach == 0;
      double[] losses = pruned ? new double[0] : new double[objectives];
      for (int i = 0; i < losses.length; i++) {
        losses[i] = Math.abs(history.parameter(row, 0) - 0.3 - 0.2 * i);
      }
      history.finish(row, End.of(pruned ? TrialState.PRUNED : TrialState.COMPLETE, losses));
    }
    return history;
  }

  private static List<@Nullable ObjectNode> asked(SamplerSettings settings, History history) {
    Sampler sampler = settings.create(history.space(), history.directions(), 5);
    List<@Nullable ObjectNode> proposals = new ArrayList<>();
    for (int retry = 0; retry < 2; retry++) {
      Ask ask = new Ask(history.size(), retry, TrialRandom.stream(5, history.size(), retry));
      proposals.add(sampler.suggest(history, ask));
    }
    return proposals;
  }

  private static void choosesFor(History history, SamplerSettings expected) {
    assertThat(asked(new AutoSettings(), history)).isEqualTo(asked(expected, history));
  }

  @Test
  void choosesBySpaceAndTrials() {
    choosesFor(history(NUMBERS, 1, 40, 0), GpSettings.DEFAULT);
    choosesFor(history(NUMBERS, 1, AutoSettings.DEAR_TRIALS, 0), TpeSettings.DEFAULT);
    choosesFor(history(NUMBERS, 1, 40, 8), TpeSettings.DEFAULT);
    choosesFor(history(NUMBERS, 1, 40, 20), GpSettings.DEFAULT);
    choosesFor(history(NUMBERS, 2, 40, 0), TpeSettings.DEFAULT);
    choosesFor(history(NUMBERS, 2, AutoSettings.FEW_TRIALS, 0), Nsga2Settings.DEFAULT);
    String choices =
        "{'a': {'type': 'grid', 'values': [1, 2]}, 'b': {'type': 'grid', 'values': [1, 2, 3]}, 'x':"
            + " {'type': 'float', 'low': 0, 'high': 1}}";
    choosesFor(history(choices, 1, 40, 0), TpeSettings.DEFAULT);
    String conditional =
        "{'x': {'type': 'float', 'low': 0, 'high': 1}, 'c': {'type': 'grid', 'values': [1, 2]},"
            + " 'part': {'when': {'c': 1}, 'y': {'type': 'float', 'low': 0, 'high': 1}}}";
    choosesFor(
        history(conditional, 1, 40, 0), TpeSettings.DEFAULT.withJoint(TpeSettings.Joint.GROUPED));
  }
}
