package dev.assay.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.pruner.Pruners;
import dev.assay.engine.sampler.Ask;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class StudyTest {
  private static final SearchSpace TEN =
      space("{\"x\": {\"type\": \"int\", \"low\": 0, \"high\": 9}}");
  private static final SearchSpace KINDS =
      space(
          """
          {"a": {"rate": {"type": "float", "low": 0.5, "high": 0.5}, "depth": {"type": "int", "low": 3, "high": 3}},
           "opt": {"type": "grid", "values": ["adam"]}, "flag": true}\
          """);

  @TempDir private Path directory;

  private static SearchSpace space(String json) {
    try {
      return SearchSpace.of((ObjectNode) Json.parse(json));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  /** Proposes 0, 1, 2, … of {@link #TEN}, whatever the history, which it keeps. */
  private static final class Counting implements Sampler {
    final AtomicInteger asked = new AtomicInteger();
    final List<Integer> rows = new ArrayList<>();
    final List<Double> losses = new ArrayList<>();

    @Override
    public ObjectNode suggest(History history, Ask ask) {
      rows.add(history.size());
      losses.clear();
      for (int i = 0; i < history.finished(); i++) {
        losses.add(history.loss(history.finished(i), 0));
      }
      return Json.object().put("x", asked.getAndIncrement() / 2 % 10);
    }
  }

  private static Study.Builder study(Sampler sampler) {
    return Study.builder(TEN).seed(1).sampler((space, directions, seed) -> sampler);
  }

  @Test
  void whatIsAskedForAndToldIsKeptInAStoreAndGoesOnByName() {
    try (Store store = Store.open(directory)) {
      Study study = Study.builder(TEN).name("s").seed(1).open(store);
      Trial first = requireNonNull(study.ask());
      study.tell(first, 3.5);
      Trial second = requireNonNull(study.ask());
      second.report(1, 0.25);
      second.report(1, 9);
      study.prune(second);
      assertThatThrownBy(() -> study.tell(first, 1)).hasMessageContaining("or has ended");
      assertThat(requireNonNull(study.best()).value()).isEqualTo(3.5);
    }
    try (Store store = Store.open(directory)) {
      Study again = Study.builder(TEN).name("s").seed(1).open(store);
      try (Stream<FrozenTrial> trials = again.trials()) {
        assertThat(trials.map(FrozenTrial::state))
            .containsExactly(TrialState.COMPLETE, TrialState.PRUNED);
      }
      try (Stream<FrozenTrial> trials = again.trials()) {
        assertThat(trials.skip(1).findFirst().orElseThrow())
            .satisfies(
                pruned -> {
                  assertThat(pruned.value()).isEqualTo(0.25);
                  assertThat(pruned.intermediateValues()).containsExactly(Map.entry(1L, 0.25));
                });
      }
      assertThat(again.optimize(trial -> Evaluation.of(trial.real("x")), 100, 4).end())
          .isEqualTo(RunResult.End.EXHAUSTED);
      assertThat(again.ask()).isNull();
    }
  }

  @Test
  void aTrialHasTypedParametersAndSaysWhatItHasNot() {
    Study study = Study.builder(KINDS).inMemory();
    Trial trial = requireNonNull(study.ask());
    assertThat(trial.real("a.rate")).isEqualTo(0.5);
    assertThat(trial.whole("a.depth")).isEqualTo(3);
    assertThat(trial.text("opt")).isEqualTo("adam");
    assertThat(trial.flag("flag")).isTrue();
    assertThat(trial.has("a.rat")).isFalse();
    assertThatThrownBy(() -> trial.real("a.rat"))
        .isInstanceOf(NoSuchElementException.class)
        .hasMessage(
            "there is no parameter a.rat in trial 0, expected one of a.rate, a.depth, opt, flag");
    assertThatThrownBy(() -> trial.whole("opt"))
        .hasMessage(
            "parameter opt of trial 0 is text 'adam', expected a whole number of at most 64 bits");
  }

  @Test
  void aTrialWithAnotherNumberOfValuesThanTheStudyHasObjectivesFails() {
    Study study = Study.builder(TEN).directions(Direction.MINIMIZE, Direction.MAXIMIZE).inMemory();
    FrozenTrial trial = study.tell(requireNonNull(study.ask()), 1);
    assertThat(trial.state()).isEqualTo(TrialState.FAIL);
    assertThat(trial.error())
        .isEqualTo("the objective gave 1 values, expected 2, one for each direction");
    assertThat(study.tell(requireNonNull(study.ask()), 1, 2).values()).containsExactly(1.0, 2.0);
  }

  @Test
  void constraintsAreKeptUnderOptunasName() {
    Study study = Study.builder(TEN).inMemory();
    FrozenTrial trial =
        study.tell(requireNonNull(study.ask()), Evaluation.of(1).withConstraints(-1, 0.5));
    assertThat(trial.systemAttrs().path("constraints").toString()).isEqualTo("[-1.0,0.5]");
    assertThat(trial.constraintsOk()).isFalse();
  }

  @Test
  void enqueuedParametersComeFirstAndOnceEach() {
    Study study = study(new Counting()).inMemory();
    study.enqueue(Json.object().put("x", 7));
    study.enqueue(Json.object().put("x", 7));
    study.enqueue(Json.object().put("x", 5));
    List<Long> evaluated = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Trial trial = requireNonNull(study.ask());
      evaluated.add(trial.whole("x"));
      study.tell(trial, 1);
    }
    assertThat(evaluated).containsExactly(7L, 5L, 0L, 1L);
  }

  @Test
  void wholeNumbersThatAreNoDoublesAreEvaluatedAsEnqueued() {
    long odd = (1L << 53) + 3;
    SearchSpace space = SearchSpace.builder().integer("x", 1L << 53, (1L << 53) + 10).build();
    try (Store store = Store.open(directory)) {
      Study.Builder builder = Study.builder(space).seed(1);
      for (Study study : List.of(builder.inMemory(), builder.open(store))) {
        study.enqueue(Json.object().put("x", odd));
        assertThat(requireNonNull(study.ask()).whole("x")).isEqualTo(odd);
      }
    }
  }

  @Test
  void failedParametersAreTriedAgainAsOftenAsTheyMay() {
    AtomicInteger evaluations = new AtomicInteger();
    RunResult result =
        study(new Counting())
            .retries(2)
            .inMemory()
            .optimize(
                trial -> {
                  if (trial.whole("x") == 3 && evaluations.incrementAndGet() < 3) {
                    throw new ObjectiveException("not yet");
                  }
                  if (trial.whole("x") == 4) {
                    throw new ObjectiveException("never");
                  }
                  return Evaluation.of(1);
                },
                new RunSettings(1, null, null),
                RunListener.NONE);
    assertThat(result.complete()).isEqualTo(9);
    assertThat(result.failed()).isEqualTo(2 + 3);
    assertThat(result.end()).isEqualTo(RunResult.End.EXHAUSTED);
  }

  @ParameterizedTest
  @EnumSource(OnDuplicate.class)
  void noDuplicateIsEvaluatedWhateverTheStudysChoice(OnDuplicate choice) {
    Counting sampler = new Counting();
    List<Long> evaluated = new ArrayList<>();
    RunResult result =
        study(sampler)
            .onDuplicate(choice)
            .inMemory()
            .optimize(
                trial -> {
                  evaluated.add(trial.whole("x"));
                  return Evaluation.of(trial.real("x"));
                },
                new RunSettings(1, 6L, null),
                RunListener.NONE);
    assertThat(evaluated).doesNotHaveDuplicates();
    boolean counted = choice == OnDuplicate.COUNT;
    assertThat(evaluated).hasSize(counted ? 3 : 6);
    assertThat(result.duplicates()).isEqualTo(counted ? 3 : 5);
    assertThat(result.end()).isEqualTo(RunResult.End.LIMIT);
    if (choice == OnDuplicate.REUSE) {
      assertThat(sampler.losses)
          .containsExactly(0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0, 4.0, 5.0);
    } else if (!counted) {
      assertThat(sampler.losses).containsExactly(0.0, 1.0, 2.0, 3.0, 4.0, 5.0);
    }
  }

  /** Proposes these values of {@link #TEN} in turn, then 9, and looks at no history. */
  private static final class Proposing implements Sampler {
    final Iterator<Integer> values;
    int rows;

    Proposing(Integer... values) {
      this.values = List.of(values).iterator();
    }

    @Override
    public ObjectNode suggest(History history, Ask ask) {
      rows = history.size();
      return Json.object().put("x", values.hasNext() ? values.next() : 9);
    }

    @Override
    public boolean readsHistory() {
      return false;
    }
  }

  @Test
  void whoAsksWaitsForNoTrialThatIsUnderWay() {
    Study study = study(new Proposing(4, 5, 4, 5, 6)).onDuplicate(OnDuplicate.WAIT).inMemory();
    for (int expected = 4; expected <= 6; expected++) {
      assertThat(requireNonNull(study.ask()).whole("x")).isEqualTo(expected);
    }
  }

  @Test
  void aDuplicateThatNobodyLooksAtLeavesNothingInTheHistory() {
    Proposing sampler = new Proposing(4, 4, 4, 5, 6);
    Study study = study(sampler).onDuplicate(OnDuplicate.REUSE).inMemory();
    study.optimize(trial -> Evaluation.of(1), 3, 1);
    assertThat(sampler.values.hasNext()).isFalse();
    assertThat(sampler.rows).isZero();
  }

  @Test
  void theDuplicatesOfARunAreItsOwn() {
    Study study = study(new Counting()).onDuplicate(OnDuplicate.COUNT).inMemory();
    RunResult first = study.optimize(trial -> Evaluation.of(1), 6, 1);
    assertThat(List.of(first.complete(), first.duplicates())).containsExactly(3L, 3L);
    RunResult second = study.optimize(trial -> Evaluation.of(1), 2, 1);
    assertThat(List.of(second.complete(), second.duplicates())).containsExactly(2L, 0L);
  }

  @Test
  void theHistoryHasWhatThisAndOtherProcessesFinishAndHaveInHand() {
    try (Store mine = Store.open(directory);
        Store theirs = Store.open(directory)) {
      Study other = study(new Counting()).name("s").open(theirs);
      other.tell(requireNonNull(other.ask()), 10);
      Counting sampler = new Counting();
      Study study = study(sampler).name("s").open(mine);
      study.tell(requireNonNull(study.ask()), 20);
      assertThat(sampler.losses).containsExactly(10.0);

      Trial running = requireNonNull(other.ask());
      requireNonNull(study.ask());
      assertThat(sampler.losses).containsExactly(10.0, 20.0);
      assertThat(sampler.rows.get(sampler.rows.size() - 1)).as("the other's claim").isEqualTo(3);

      other.tell(running, 30);
      await(50);
      requireNonNull(study.ask());
      assertThat(sampler.losses).containsExactly(10.0, 20.0, 30.0);
    }
  }

  private static void await(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aStopBeforeTheOptimizationEndsItAtOnce() {
    Study study = Study.builder(TEN).inMemory();
    study.stop();
    assertThat(study.optimize(trial -> Evaluation.of(1), 5, 1).end())
        .isEqualTo(RunResult.End.INTERRUPTED);
    study.prune(requireNonNull(study.ask()));
    assertThat(study.optimize(trial -> Evaluation.of(1), 5, 1).complete()).isEqualTo(5);
  }

  @Test
  void theFrontHasWhatNoOtherIsBetterThan() {
    Study study = Study.builder(TEN).directions(Direction.MINIMIZE, Direction.MAXIMIZE).inMemory();
    double[][] values = {{2, 5}, {1, 1}, {2, 6}, {3, 6}, {1, 1}, {0, 9}};
    for (double[] each : values) {
      Evaluation evaluation = Evaluation.of(each);
      boolean broken = each[0] == 0;
      study.tell(
          requireNonNull(study.ask()), broken ? evaluation.withConstraints(0.1) : evaluation);
    }
    assertThat(study.paretoFront()).extracting(FrozenTrial::number).containsExactly(1L, 4L, 2L);
    assertThat(study.best()).isNull();
  }

  /** The same curve shifted by the trial's parameter: only good ones are to go on. */
  private static Evaluation learn(Trial trial, List<Long> pruned) throws TrialPruned {
    for (int step = 1; step <= 3; step++) {
      trial.report(step, trial.real("x") - step);
      if (trial.shouldPrune()) {
        pruned.add(trial.whole("x"));
        throw new TrialPruned();
      }
    }
    return Evaluation.of(trial.real("x"));
  }

  @Test
  void thePrunerJudgesByTheTrialsOfThisAndOfEarlierProcesses() {
    try (Store store = Store.open(directory)) {
      Counting sampler = new Counting();
      List<Long> pruned = new ArrayList<>();
      Study first = study(sampler).name("s").pruner(Pruners.named("median")).open(store);
      RunSettings five = new RunSettings(1, 5L, null);
      first.optimize(trial -> learn(trial, pruned), five, RunListener.NONE);
      assertThat(pruned).as("the first five are left alone").isEmpty();

      Study again = study(sampler).name("s").pruner(Pruners.named("median")).open(store);
      RunResult rest =
          again.optimize(
              trial -> learn(trial, pruned), new RunSettings(1, 10L, null), RunListener.NONE);
      assertThat(pruned).containsExactly(5L, 6L, 7L, 8L, 9L);
      assertThat(rest.pruned()).isEqualTo(5);
      assertThat(rest.warnings()).isEmpty();
      FrozenTrial last = requireNonNull(store.trial(1, 9));
      assertThat(last.state()).isEqualTo(TrialState.PRUNED);
      assertThat(last.intermediateValues()).containsExactly(Map.entry(1L, 8.0));
    }
  }

  @Test
  void aPrunerIsForOneObjective() {
    assertThatThrownBy(
            () ->
                Study.builder(TEN)
                    .directions(Direction.MINIMIZE, Direction.MINIMIZE)
                    .pruner(Pruners.named("median"))
                    .inMemory())
        .hasMessage(
            "study 'study' has 2 objectives and a pruner, expected one objective, or no pruner");
  }

  @Test
  void whatIsEnqueuedIsWhollyDeclared() {
    Study study = Study.builder(TEN).inMemory();
    assertThatThrownBy(() -> study.enqueue(Json.object()))
        .hasMessage("parameter x is missing, expected one of its values");
    assertThatThrownBy(() -> study.enqueue(Json.object().put("x", 10)))
        .hasMessage("parameter x is 10, expected one of its values");
    assertThatThrownBy(() -> study.enqueue(Json.object().put("x", 1).put("y", 1)))
        .hasMessage("there is no parameter y, or it takes no part beside these values");
  }

  @Test
  void aTrialCanBeToldAgainWhenTheStoreCouldNotKeepIt() {
    Trial trial;
    Study study;
    try (Store store = Store.open(directory)) {
      study = Study.builder(TEN).name("s").open(store);
      trial = requireNonNull(study.ask());
    }
    Study closed = study;
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> closed.tell(trial, 1)).isInstanceOf(StoreException.class);
    }
  }

  @Test
  void trialsThatWereInterruptedDoNotCountAmongThoseToFinish() {
    try (Store store = Store.open(directory)) {
      Study study = Study.builder(TEN).name("s").open(store);
      study.tell(requireNonNull(study.ask()), 1);
      requireNonNull(study.ask());
      requireNonNull(study.ask());
    }
    try (Store store = Store.open(directory)) {
      Study study = Study.builder(TEN).name("s").open(store);
      assertThat(study.optimize(trial -> Evaluation.of(1), 3, 2).complete()).isEqualTo(3);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // As callers do that nobody checks.
  void anObjectiveThatGivesNothingFailsInWords() {
    RunResult result = Study.builder(TEN).seed(1).inMemory().optimize(trial -> null, 1, 1);

    assertThat(result.firstError())
        .isEqualTo("trial 0: the objective returned null, expected an Evaluation");
  }

  @Test
  void theFirstErrorOfARunIsOneLine() {
    Objective broken =
        trial -> {
          throw new IllegalStateException("one\ntwo");
        };
    Study study = Study.builder(TEN).seed(1).inMemory();

    assertThat(study.optimize(broken, 1, 1).firstError())
        .isEqualTo("trial 0: IllegalStateException: one");
    try (Stream<FrozenTrial> trials = study.trials()) {
      assertThat(trials.map(FrozenTrial::error))
          .first()
          .isEqualTo("IllegalStateException: one\ntwo");
    }
  }
}
