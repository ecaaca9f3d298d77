package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GridSamplerTest {
  private static final Ask UNUSED = new Ask(0, 0, TrialRandom.stream(0, 0, 0));

  private static Sampler grid(SearchSpace space) {
    return Samplers.named("grid").create(space, List.of(Direction.MINIMIZE), 0);
  }

  @Test
  void walksInTheOrderOfDeclarationAndEnds() {
    SearchSpace space =
        Declared.space(
            "{'b': {'type': 'grid', 'values': [2, 1]}, 'a': {'type': 'float', 'low': 0, 'high': 1, 'step': 0.5}}");
    Sampler sampler = grid(space);
    History history = new History(space, List.of(Direction.MINIMIZE));
    List<String> seen = new ArrayList<>();
    for (ObjectNode next = sampler.suggest(history, UNUSED);
        next != null;
        next = sampler.suggest(history, UNUSED)) {
      seen.add(next.path("b") + " " + next.path("a"));
    }
    assertThat(seen).containsExactly("2 0.0", "2 0.5", "2 1.0", "1 0.0", "1 0.5", "1 1.0");
    assertThat(sampler.suggest(history, UNUSED)).isNull();
  }

  @Test
  void aContinuousParameterIsNamedAtOnce() {
    SearchSpace space =
        Declared.space(
            "{'i': {'type': 'int', 'low': 0, 'high': 9}, 'a': {'x': {'type': 'loguniform', 'low': 1, 'high': 9}}}");
    assertThatThrownBy(() -> grid(space))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "the grid sampler needs a finite number of values, but parameter a.x has a continuous range: give it a step, or use --sampler random");
  }
}
