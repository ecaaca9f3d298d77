package dev.assay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.objective.PreparedObjective;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command prints of its way to a result. */
@Timeout(60)
final class CommandReportsTest {
  @TempDir Path folder;

  /** Gives a trial up from a step on, and remembers what it was told. */
  private static final class FromStep implements Trial.Reports {
    private final long first;
    private final List<Long> heard = new ArrayList<>();

    FromStep(long first) {
      this.first = first;
    }

    @Override
    public synchronized void report(long step, double value) {
      heard.add(step);
    }

    @Override
    public synchronized boolean shouldPrune() {
      return heard.stream().anyMatch(step -> step >= first);
    }

    @Override
    public void end(FrozenTrial trial) {}
  }

  private Objective objective(String script) {
    ObjectNode block = Json.object();
    String literal = script.replace("{", "{{").replace("}", "}}");
    block.putArray("command").add("sh").add("-c").add(literal);
    return PreparedObjective.ofStudy(
            block, Json.object(), Json.object(), folder.resolve("study.yaml"))
        .objective();
  }

  private Path log() {
    return folder.resolve("trial_001.log");
  }

  private Trial trial(Trial.Reports pruning) {
    return new Trial(0, Json.object(), 0, log(), pruning);
  }

  @Test
  void linesWithStepAndValueAreReportsAndNeverTheResult() throws Exception {
    Trial trial = trial(Trial.Reports.UNHEARD);
    Evaluation evaluation =
        objective(
                """
                echo '{"step": 0, "value": 0.5}'; echo '{"step": 1.0, "value": NaN, "loss": 3}'
                echo '{"score": 7, "step": 9, "value": 9}'; echo '{"step": 2, "value": -Infinity}'
                echo '{"step": 1, "value": 4}'; echo '{"step": -1, "value": 4}'
                echo '{"step": 3, "value": "x"}'
                """)
            .evaluate(trial);
    assertThat(evaluation.value()).isEqualTo(7);
    assertThat(evaluation.extra()).hasToString("{\"step\":9,\"result_value\":9}");
    assertThat(trial.reports())
        .containsExactly(
            entry(0L, 0.5), entry(1L, Double.NaN), entry(2L, Double.NEGATIVE_INFINITY));
    assertThat(Files.readAllLines(log()))
        .containsOnlyOnce(
            "[a report is passed over: its step is -1, expected a whole number from 0]")
        .noneMatch(line -> line.contains("its value is"));
    assertThatThrownBy(() -> objective("echo '{\"step\": 0, \"value\": 1}'").evaluate(trial))
        .hasMessage(
            "the command gave no result: it wrote no {result_file}, and no line of its output but"
                + " reports of steps is a JSON object, expected one such as {\"score\": 1.5};"
                + " see trial_001.log");
  }

  @Test
  void aTrialThatIsGivenUpEndsItsCommandAndAllThatItStarted() throws Exception {
    FromStep pruning = new FromStep(2);
    Objective objective =
        objective(
            """
            sleep 1000 & echo $! > child
            for step in 0 1 2 3 4; do echo "{\\"step\\": $step, \\"value\\": 0.$step}"; done
            wait; echo '{"score": 1}'
            """);
    long start = System.nanoTime();
    Trial trial = trial(pruning);
    assertThatThrownBy(() -> objective.evaluate(trial)).isInstanceOf(TrialPruned.class);
    assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
    assertThat(trial.reports()).containsExactly(entry(0L, 0.0), entry(1L, 0.1), entry(2L, 0.2));
    assertThat(log()).content().contains("[pruned at step 2, where the value is 0.2]");
    long child = Long.parseLong(Files.readString(folder.resolve("child")).strip());
    assertThat(ProcessHandle.of(child).filter(ProcessHandle::isAlive)).isEmpty();
  }

  @Test
  void aVerdictCountsHoweverSoonTheCommandEnds() {
    Objective objective = objective("echo '{\"step\": 5, \"value\": 1}'; echo '{\"score\": 1}'");
    for (int round = 0; round < 10; round++) {
      assertThatThrownBy(() -> objective.evaluate(trial(new FromStep(5))))
          .isInstanceOf(TrialPruned.class);
    }
  }

  @Test
  void whatThePrunerThrowsReachesTheWorker() {
    Trial.Reports broken =
        new Trial.Reports() {
          @Override
          public void report(long step, double value) {
            throw new IllegalStateException("no pruner today");
          }

          @Override
          public boolean shouldPrune() {
            return false;
          }

          @Override
          public void end(FrozenTrial trial) {}
        };
    assertThatThrownBy(
            () ->
                objective("echo '{\"step\": 5, \"value\": 1}'; sleep 1000").evaluate(trial(broken)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no pruner today");
  }

  @Test
  void aPrunedTrialIsKeptWithItsReports() throws Exception {
    SearchSpace space = Declared.space("{'x': {'type': 'float', 'low': 0, 'high': 1}}");
    Objective command =
        objective(
            "echo '{\"step\": 1, \"value\": 3}'; echo '{\"step\": 4, \"value\": 2}'; sleep 1000");
    try (Store store = Store.open(folder.resolve("store"))) {
      Study study = Study.builder(space).open(store);
      FromStep pruning = new FromStep(4);
      RunResult result = study.optimize(trial -> command.evaluate(listening(trial, pruning)), 1, 1);
      assertThat(result.pruned()).isEqualTo(1);
      try (var trials = study.trials()) {
        FrozenTrial kept = trials.findFirst().orElseThrow();
        assertThat(kept.state()).isEqualTo(TrialState.PRUNED);
        assertThat(kept.value()).isEqualTo(2);
        assertThat(kept.intermediateValues()).containsExactly(entry(1L, 3.0), entry(4L, 2.0));
        assertThat(kept.userAttrs().path("log_path").asText()).isEqualTo("trial_001.log");
      }
    }
  }

  /** The same trial with a pruner. */
  private static Trial listening(Trial trial, FromStep pruning) {
    Trial.Reports both =
        new Trial.Reports() {
          @Override
          public void report(long step, double value) {
            trial.report(step, value);
            pruning.report(step, value);
          }

          @Override
          public boolean shouldPrune() {
            return pruning.shouldPrune();
          }

          @Override
          public void end(FrozenTrial trial) {}
        };
    return new Trial(trial.number(), trial.params(), trial.seed(), trial.logFile(), both);
  }
}
