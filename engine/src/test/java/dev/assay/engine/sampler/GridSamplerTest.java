package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class GridSamplerTest {
  private static final RandomGenerator UNUSED = TrialRandom.stream(0, 0, 0);

  @Test
  void walksInTheOrderOfDeclarationAndEnds() {
    SearchSpace space =
        Declared.space(
            "{'b': {'type': 'grid', 'values': [2, 1]}, 'a': {'type': 'float', 'low': 0, 'high': 1, 'step': 0.5}}");
    Sampler sampler = Samplers.named("grid", space);
    List<String> seen = new ArrayList<>();
    for (ObjectNode next = sampler.suggest(space, UNUSED);
        next != null;
        next = sampler.suggest(space, UNUSED)) {
      seen.add(next.path("b") + " " + next.path("a"));
    }
    assertThat(seen).containsExactly("2 0.0", "2 0.5", "2 1.0", "1 0.0", "1 0.5", "1 1.0");
    assertThat(sampler.suggest(space, UNUSED)).isNull();
  }

  @Test
  void severalThreadsShareOneWalk() throws Exception {
    SearchSpace space =
        Declared.space(
            "{'a': {'type': 'int', 'low': 0, 'high': 99}, 'b': {'type': 'int', 'low': 0, 'high': 99}}");
    Sampler sampler = Samplers.named("grid", space);
    Queue<ObjectNode> seen = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(
          threads.submit(
              () -> {
                for (ObjectNode next = sampler.suggest(space, UNUSED);
                    next != null;
                    next = sampler.suggest(space, UNUSED)) {
                  seen.add(next);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
    assertThat(seen).hasSize(10_000).doesNotHaveDuplicates();
  }

  @Test
  void aContinuousParameterIsNamedAtOnce() {
    SearchSpace space =
        Declared.space(
            "{'i': {'type': 'int', 'low': 0, 'high': 9}, 'a': {'x': {'type': 'loguniform', 'low': 1, 'high': 9}}}");
    assertThatThrownBy(() -> Samplers.named("grid", space))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "the grid sampler needs a finite number of values, but parameter a.x has a continuous range: give it a step, or use --sampler random");
  }
}
