package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Objective;
import dev.assay.engine.RunListener;
import dev.assay.engine.Validation;
import dev.assay.engine.ValidationStage;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The validation at the end of a run, and what is said of it. */
final class RunValidation {
  private final RunRequest request;
  private final Console console;
  private final RunPlan plan;

  RunValidation(RunRequest request, Console console, RunPlan plan) {
    this.request = request;
    this.console = console;
    this.plan = plan;
  }

  /** Null where the study file asks for none, or there is no trial to validate. */
  ValidationStage.@Nullable Result run(Store store, StudyRecord study, long seed) {
    Validation validation = plan.study().validation();
    Objective objective = plan.validation();
    if (validation == null || objective == null) {
      return null;
    }
    ValidationStage stage =
        ValidationStage.of(store, study, plan.study().space(), validation.topN(), seed);
    if (stage == null) {
      console.note("no trial is COMPLETE: there is nothing to validate");
      return null;
    }
    if (request.talk() != RunRequest.Talk.QUIET) {
      console.note("validation: evaluating the best trials once more");
    }
    Talking listener = new Talking();
    ValidationStage.Result result =
        Signals.during(
            () -> stage.run(objective, plan.settings().workers(), listener),
            () -> {
              listener.note("stopping: the validation is given up (again to stop at once)");
              stage.stop();
            });
    store.seal(result.study().id());
    return result;
  }

  /** Tells each trial of the validation. */
  private final class Talking implements RunListener {
    @Override
    public void finished(FrozenTrial trial, long duplicates) {
      if (request.talk() == RunRequest.Talk.LINE_A_TRIAL) {
        console.err().println("validation " + TrialLine.text(trial));
      }
    }

    @Override
    public void note(String message) {
      console.note(message);
    }
  }

  /** A small table, best trial first. */
  static List<String> lines(ValidationStage.Result result) {
    List<String> lines = new ArrayList<>();
    long there =
        result.trials().stream()
            .map(ValidationStage.Validated::again)
            .filter(again -> again != null && again.state() != TrialState.FAIL)
            .count();
    lines.add("");
    lines.add(
        "Validation: %d of the best %d trials, in study %s"
            .formatted(there, result.trials().size(), result.study().name()));
    lines.add(row("trial", "score", "validation", "constraints"));
    for (ValidationStage.Validated each : result.trials()) {
      FrozenTrial again = each.again();
      lines.add(
          row(
              Long.toString(each.trial().number()),
              shown(each.trial()),
              again == null ? "not yet" : shown(again),
              again == null || again.constraintsOk() == null
                  ? ""
                  : again.constraintsOk() ? "hold" : "broken"));
    }
    return lines;
  }

  private static String row(String trial, String score, String again, String constraints) {
    return String.format(Locale.ROOT, "  %8s  %12s  %12s  %s", trial, score, again, constraints)
        .stripTrailing();
  }

  private static String shown(FrozenTrial trial) {
    Double value = trial.value();
    return value == null ? trial.state().name() : Numbers.shown(value);
  }

  /**
   * For programs: {@code study}, {@code run_directory}, and of each of {@code trials}, best first,
   * {@code number} and {@code score}, and once it is validated {@code validation {number, state,
   * score, constraints_ok}}.
   */
  static ObjectNode json(Path runDirectory, ValidationStage.Result result) {
    ObjectNode node = Json.object().put("study", result.study().name());
    node.put("run_directory", runDirectory.toAbsolutePath().normalize().toString());
    ArrayNode trials = node.putArray("trials");
    for (ValidationStage.Validated each : result.trials()) {
      ObjectNode trial = trials.addObject().put("number", each.trial().number());
      trial.put("score", finite(each.trial()));
      FrozenTrial again = each.again();
      if (again != null) {
        trial
            .putObject("validation")
            .put("number", again.number())
            .put("state", again.state().name())
            .put("score", finite(again))
            .put("constraints_ok", again.constraintsOk());
      }
    }
    return node;
  }

  private static @Nullable Double finite(FrozenTrial trial) {
    Double value = trial.value();
    return value != null && Double.isFinite(value) ? value : null;
  }
}
