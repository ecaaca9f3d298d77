package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class UnseenWalkTest {
  private static SearchSpace whole(int count) {
    return Declared.space("{'x': {'type': 'int', 'low': 0, 'high': %d}}".formatted(count - 1));
  }

  private static UnseenWalk walk(SearchSpace space, RandomGenerator random) {
    return requireNonNull(UnseenWalk.over(space, random));
  }

  private static List<Integer> visited(int count, long seed) {
    UnseenWalk walk = walk(whole(count), TrialRandom.stream(seed, 0, -1));
    List<Integer> visited = new ArrayList<>();
    for (ObjectNode next = walk.next(); next != null; next = walk.next()) {
      visited.add(next.path("x").intValue());
    }
    assertThat(walk.next()).isNull();
    return visited;
  }

  @Test
  void visitsEachCombinationOnceWhateverTheirNumber() {
    for (int count = 1; count <= 300; count++) {
      assertThat(visited(count, count)).hasSize(count).doesNotHaveDuplicates();
    }
    for (int count : new int[] {1024, 2310, 4096, 5040, 7919}) {
      assertThat(visited(count, 1)).hasSize(count).doesNotHaveDuplicates();
    }
  }

  @Test
  void seedsGiveDifferentOrders() {
    Set<List<Integer>> orders = new HashSet<>();
    for (long seed = 0; seed < 20; seed++) {
      orders.add(visited(500, seed));
    }
    assertThat(orders).hasSizeGreaterThan(18);
    assertThat(visited(500, 3)).isEqualTo(visited(500, 3));
  }

  @Test
  void severalThreadsShareOneWalk() throws Exception {
    UnseenWalk walk = walk(whole(20_000), TrialRandom.stream(1, 0, -1));
    Queue<ObjectNode> seen = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      running.add(
          threads.submit(
              () -> {
                for (ObjectNode next = walk.next(); next != null; next = walk.next()) {
                  seen.add(next);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
    assertThat(seen).hasSize(20_000).doesNotHaveDuplicates();
  }

  @Test
  void hugeSpacesCostNothingToStart() {
    SearchSpace space =
        Declared.space(
            """
            {'a': {'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807},
             'b': {'type': 'int', 'low': 0, 'high': 9223372036854775807},
             'c': {'type': 'grid', 'values': [1, 2, 3]}}""");
    UnseenWalk walk = walk(space, TrialRandom.stream(1, 0, -1));
    Set<ObjectNode> seen = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      seen.add(walk.next());
    }
    assertThat(seen).hasSize(1000);
  }

  @Test
  void continuousSpacesHaveNone() {
    assertThat(
            UnseenWalk.over(
                Declared.space("{'x': {'type': 'float', 'low': 0, 'high': 1}}"),
                TrialRandom.stream(1, 0, -1)))
        .isNull();
  }
}
