package dev.assay.engine;

import static dev.assay.engine.Evaluations.valued;
import static dev.assay.engine.space.Declared.space;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.RunResult.End;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class StudyRunTest {
  private static final String FIVE_HUNDRED =
      """
      {"x": {"type": "int", "low": 0, "high": 24}, "y": {"type": "int", "low": 0, "high": 19}}""";
  private static final String CONTINUOUS =
      """
      {"x": {"type": "float", "low": 0.0, "high": 1.0}}""";

  @TempDir private Path directory;

  private static Evaluation sum(ObjectNode params) {
    double sum = 0;
    for (var value : params) {
      sum += value.doubleValue();
    }
    return valued(sum);
  }

  private static RunSettings settings(int workers, @Nullable Long limit) {
    return new RunSettings(workers, limit, null);
  }

  private static StudyRecord study(Store store) {
    return store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static PreparedRun prepared(
      Store store,
      String space,
      String sampler,
      Objective objective,
      RunSettings settings,
      Heard heard) {
    Study study =
        Study.builder(space(space))
            .sampler(Samplers.named(sampler))
            .seed(1)
            .open(store, study(store));
    return new PreparedRun(study, objective, settings, heard);
  }

  private static RunResult run(
      Store store, String space, Objective objective, RunSettings settings, Heard heard) {
    return prepared(store, space, "random", objective, settings, heard).run();
  }

  @Test
  void aThousandTrialsOverFiveHundredCombinationsEvaluateEachOnce() {
    Map<String, AtomicInteger> evaluated = new ConcurrentHashMap<>();
    Heard heard = new Heard();
    try (Store store = Store.open(directory)) {
      RunResult result =
          run(
              store,
              FIVE_HUNDRED,
              trial -> {
                evaluated
                    .computeIfAbsent(trial.params().toString(), any -> new AtomicInteger())
                    .incrementAndGet();
                return sum(trial.params());
              },
              settings(8, 1000L),
              heard);

      assertThat(result.end()).isEqualTo(End.EXHAUSTED);
      assertThat(result.complete()).isEqualTo(500);
      assertThat(result.failed()).isZero();
      assertThat(evaluated).hasSize(500);
      assertThat(evaluated.values()).allMatch(count -> count.get() == 1);
      assertThat(heard.trials)
          .extracting(FrozenTrial::number)
          .containsExactlyInAnyOrderElementsOf(numbers(500));
      assertThat(store.counts(study(store).id())).isEqualTo(new StudyCounts(500, 0, 0, 0, 500));
    }
  }

  private static List<Long> numbers(long end) {
    List<Long> numbers = new ArrayList<>();
    for (long number = 0; number < end; number++) {
      numbers.add(number);
    }
    return numbers;
  }

  @Test
  void twoRunsOfOneStoreShareTheCombinationsAndTheLimit() throws Exception {
    Map<String, AtomicInteger> evaluated = new ConcurrentHashMap<>();
    Objective objective =
        trial -> {
          evaluated
              .computeIfAbsent(trial.params().toString(), any -> new AtomicInteger())
              .incrementAndGet();
          return sum(trial.params());
        };
    Heard first = new Heard();
    Heard second = new Heard();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (Store one = Store.open(directory);
        Store two = Store.open(directory)) {
      Future<RunResult> left =
          threads.submit(() -> run(one, FIVE_HUNDRED, objective, settings(4, 400L), first));
      Future<RunResult> right =
          threads.submit(() -> run(two, FIVE_HUNDRED, objective, settings(4, 400L), second));

      long complete =
          left.get(50, TimeUnit.SECONDS).complete() + right.get(50, TimeUnit.SECONDS).complete();

      assertThat(complete).isEqualTo(400);
      assertThat(evaluated).hasSize(400);
      assertThat(evaluated.values()).allMatch(count -> count.get() == 1);
      List<Long> numbers = new ArrayList<>();
      first.trials.forEach(trial -> numbers.add(trial.number()));
      second.trials.forEach(trial -> numbers.add(trial.number()));
      assertThat(numbers).containsExactlyInAnyOrderElementsOf(numbers(400));
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void resumesUpToTheStudysTotal() {
    Heard heard = new Heard();
    try (Store store = Store.open(directory)) {
      run(store, FIVE_HUNDRED, trial -> sum(trial.params()), settings(2, 30L), heard);
    }
    try (Store store = Store.open(directory)) {
      RunResult result =
          run(store, FIVE_HUNDRED, trial -> sum(trial.params()), settings(2, 50L), heard);
      RunResult again =
          run(store, FIVE_HUNDRED, trial -> sum(trial.params()), settings(2, 50L), heard);

      assertThat(result.complete()).isEqualTo(20);
      assertThat(result.end()).isEqualTo(End.LIMIT);
      assertThat(again.complete() + again.failed()).isZero();
      assertThat(again.end()).isEqualTo(End.LIMIT);
      assertThat(heard.trials)
          .extracting(FrozenTrial::number)
          .containsExactlyInAnyOrderElementsOf(numbers(50));
      assertThat(heard.trials).extracting(FrozenTrial::signature).doesNotHaveDuplicates();
    }
  }

  @Test
  void theSameSeedGivesTheSameParametersWhateverTheWorkers() throws IOException {
    Map<Long, String> alone = parametersByNumber(1);
    Map<Long, String> together = parametersByNumber(8);

    assertThat(together).isEqualTo(alone).hasSize(60);
  }

  private Map<Long, String> parametersByNumber(int workers) throws IOException {
    Heard heard = new Heard();
    try (Store store = Store.open(Files.createTempDirectory(directory, "seed"))) {
      run(store, CONTINUOUS, trial -> sum(trial.params()), settings(workers, 60L), heard);
    }
    Map<Long, String> parameters = new HashMap<>();
    heard.trials.forEach(trial -> parameters.put(trial.number(), trial.params().toString()));
    return parameters;
  }

  @Test
  void aFailureIsKeptWithItsErrorAndNotTriedAgainInThisRun() {
    Heard heard = new Heard();
    Objective objective =
        trial -> {
          if (trial.params().path("x").intValue() == 3) {
            throw new ObjectiveException("exit code 7; see the log");
          }
          if (trial.params().path("x").intValue() == 4) {
            throw new IllegalStateException("a defect");
          }
          return valued(trial.params().path("x").intValue() == 5 ? Double.NaN : 1);
        };
    String ten = "{\"x\": {\"type\": \"int\", \"low\": 0, \"high\": 9}}";
    try (Store store = Store.open(directory)) {
      RunResult result = run(store, ten, objective, settings(4, null), heard);

      assertThat(result.end()).isEqualTo(End.EXHAUSTED);
      assertThat(result.complete()).isEqualTo(7);
      assertThat(result.failed()).isEqualTo(3);
      assertThat(heard.trials)
          .filteredOn(trial -> trial.state() == TrialState.FAIL)
          .extracting(FrozenTrial::error)
          .containsExactlyInAnyOrder(
              "exit code 7; see the log",
              "IllegalStateException: a defect",
              "the objective's value is NaN, expected a number");
    }
    // A later run may try them again.
    try (Store store = Store.open(directory)) {
      RunResult later =
          run(store, ten, trial -> sum(trial.params()), settings(4, null), new Heard());
      assertThat(later.complete()).isEqualTo(3);
      assertThat(later.end()).isEqualTo(End.EXHAUSTED);
    }
  }

  @Test
  void warnsWhenAllTrialsFailFromTheStart() {
    Heard heard = new Heard();
    try (Store store = Store.open(directory)) {
      RunResult result =
          run(
              store,
              FIVE_HUNDRED,
              trial -> {
                throw new IllegalStateException("no such module");
              },
              settings(2, 25L),
              heard);

      assertThat(result.complete()).isZero();
      assertThat(result.failed()).isEqualTo(25);
      assertThat(result.firstError()).contains("IllegalStateException: no such module");
      assertThat(heard.notes).hasSize(1);
      assertThat(heard.notes.get(0)).contains("first 20 trials all failed", "no such module");
    }
  }

  @Test
  void resultsKeepMetricsAttributesAndTimes() {
    Heard heard = new Heard();
    ObjectNode metrics = Json.object().put("num_trades", 12);
    ObjectNode extra = Json.object().put("note", "n");
    try (Store store = Store.open(directory)) {
      run(
          store,
          CONTINUOUS,
          trial ->
              new Evaluation(
                  List.of(2.5),
                  metrics,
                  List.of(),
                  false,
                  List.of("min_trades"),
                  List.of("hard"),
                  "v2",
                  extra),
          settings(1, 1L),
          heard);
    }
    FrozenTrial trial = heard.trials.get(0);
    assertThat(trial.value()).isEqualTo(2.5);
    assertThat(trial.metrics()).isEqualTo(metrics);
    assertThat(trial.constraintsOk()).isFalse();
    assertThat(trial.userAttrs().toString())
        .isEqualTo(
            "{\"note\":\"n\",\"score_version\":\"v2\",\"hard_failures\":[\"hard\"],\"constraint_reasons\":[\"min_trades\"]}");
    assertThat(requireNonNull(trial.durationSeconds())).isBetween(0.0, 10.0);
    assertThat(requireNonNull(trial.start())).isBeforeOrEqualTo(requireNonNull(trial.complete()));
    assertThat(trial.worker()).startsWith(ProcessHandle.current().pid() + "-");
    assertThat(trial.signature()).isEqualTo(Signatures.shared().parameterSignature(trial.params()));
  }

  @Test
  void stopInterruptsWhatIsUnderWayAndFreesItsParameters() throws Exception {
    CountDownLatch busy = new CountDownLatch(4);
    Heard heard = new Heard();
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Store store = Store.open(directory)) {
      PreparedRun run =
          prepared(
              store,
              FIVE_HUNDRED,
              "random",
              trial -> {
                busy.countDown();
                Thread.sleep(30_000);
                return valued(1);
              },
              settings(4, 100L),
              heard);
      Future<RunResult> result = thread.submit(run::run);
      assertThat(busy.await(20, TimeUnit.SECONDS)).isTrue();

      run.stop();

      RunResult ended = result.get(10, TimeUnit.SECONDS);
      assertThat(ended.end()).isEqualTo(End.INTERRUPTED);
      assertThat(ended.interrupted()).isEqualTo(4);
      assertThat(heard.trials).extracting(FrozenTrial::error).containsOnly("interrupted");
      assertThat(store.counts(study(store).id())).isEqualTo(new StudyCounts(0, 0, 4, 0, 0));

      // Interrupted trials do not count towards the limit.
      RunResult next =
          run(store, FIVE_HUNDRED, trial -> sum(trial.params()), settings(4, 100L), heard);
      assertThat(next.complete()).isEqualTo(100);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void noTrialBeginsAfterTheTimeout() {
    Heard heard = new Heard();
    try (Store store = Store.open(directory)) {
      RunResult result =
          run(
              store,
              CONTINUOUS,
              trial -> {
                Thread.sleep(20);
                return sum(trial.params());
              },
              new RunSettings(2, null, Duration.ofMillis(300)),
              heard);

      assertThat(result.end()).isEqualTo(End.TIMEOUT);
      assertThat(result.complete()).isBetween(1L, 60L);
      assertThat(result.failed()).isZero();
    }
  }

  @Test
  void aTimeoutOfCenturiesIsNone() {
    try (Store store = Store.open(directory)) {
      RunResult result =
          run(
              store,
              CONTINUOUS,
              trial -> sum(trial.params()),
              new RunSettings(2, 3L, Duration.ofDays(999_999_999)),
              new Heard());

      assertThat(result.end()).isEqualTo(End.LIMIT);
      assertThat(result.complete()).isEqualTo(3);
    }
  }

  @Test
  void aSamplerThatRepeatsItselfInAnInfiniteSpaceEndsTheRun() {
    ObjectNode same = Json.object().put("x", 0.5);
    try (Store store = Store.open(directory)) {
      RunResult result =
          Study.builder(space(CONTINUOUS))
              .sampler((space, directions, seed) -> (history, ask) -> same.deepCopy())
              .seed(1)
              .open(store, study(store))
              .optimize(trial -> sum(trial.params()), settings(2, 10L), new Heard());

      assertThat(result.end()).isEqualTo(End.STUCK);
      assertThat(result.complete()).isEqualTo(1);
      assertThat(result.duplicates()).isGreaterThanOrEqualTo(1000);
    }
  }

  @Test
  void aGridVisitsEveryCombinationAndGoesOnWhereItStopped() {
    Heard heard = new Heard();
    try (Store store = Store.open(directory)) {
      prepared(store, FIVE_HUNDRED, "grid", trial -> sum(trial.params()), settings(4, 200L), heard)
          .run();
      RunResult rest =
          prepared(
                  store,
                  FIVE_HUNDRED,
                  "grid",
                  trial -> sum(trial.params()),
                  settings(4, null),
                  heard)
              .run();

      assertThat(rest.complete()).isEqualTo(300);
      assertThat(rest.end()).isEqualTo(End.EXHAUSTED);
      assertThat(heard.trials).extracting(FrozenTrial::signature).doesNotHaveDuplicates();
    }
  }

  @Test
  void atTheLimitNoMoreProposalsAreAskedFor() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    SamplerSettings counting =
        (space, directions, seed) ->
            (history, ask) -> {
              asked.getAndIncrement();
              return space.draw(ask.random());
            };
    Heard heard = new Heard();
    SearchSpace space = space(CONTINUOUS);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Store mine = Store.open(directory)) {
      Future<RunResult> result;
      try (Store other = Store.open(directory)) {
        other.claim(study(other).id(), Json.object().put("x", 0.25), space.distributions(), 9L);
        Study study = Study.builder(space).sampler(counting).seed(1).open(mine, study(mine));
        result =
            thread.submit(
                () -> study.optimize(trial -> sum(trial.params()), settings(4, 9L), heard));
        while (heard.notes.isEmpty()) {
          Thread.sleep(10);
        }
        // Each of four workers looks several times whether the other's trial has ended.
        Thread.sleep(500);
      }

      assertThat(result.get(20, TimeUnit.SECONDS).complete()).isEqualTo(9);
      // One for each trial, and the first that was too many.
      assertThat(asked.get()).isBetween(10, 11);
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void waitsForTheTrialsOfAnotherProcessBeforeItSaysThatTheLimitIsReached() throws Exception {
    Heard heard = new Heard();
    SearchSpace space = space(CONTINUOUS);
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (Store mine = Store.open(directory)) {
      Future<RunResult> result;
      try (Store other = Store.open(directory)) {
        other.claim(study(other).id(), Json.object().put("x", 0.25), space.distributions(), 2L);
        result =
            thread.submit(
                () -> run(mine, CONTINUOUS, trial -> sum(trial.params()), settings(1, 2L), heard));
        while (heard.notes.isEmpty()) {
          Thread.sleep(10);
        }
        // Closing gives up its claim, which frees a place.
      }

      assertThat(result.get(20, TimeUnit.SECONDS).complete()).isEqualTo(2);
      assertThat(heard.notes.get(0)).contains("waiting for 1 trial");
    } finally {
      thread.shutdownNow();
    }
  }
}
