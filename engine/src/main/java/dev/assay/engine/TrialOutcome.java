package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * How an evaluation ended: with a result, pruned, or with an error.
 *
 * @param state COMPLETE, PRUNED or FAIL
 * @param evaluation null where there is no result
 * @param error why the trial fails; null where it does not
 */
record TrialOutcome(TrialState state, @Nullable Evaluation evaluation, @Nullable String error) {
  /** The error of a trial that was stopped under way. */
  static final String INTERRUPTED = "interrupted";

  /** Optuna's name for the values of the constraints, which hold where they are 0 or less. */
  static final String CONSTRAINTS = "constraints";

  /**
   * A result. One with a value that is NaN, or with as many values as there are no objectives,
   * makes the trial fail, and keeps what was measured.
   */
  static TrialOutcome of(@Nullable Evaluation evaluation, int objectives) {
    if (evaluation == null) {
      return failed("the objective returned null, expected an Evaluation");
    }
    int values = evaluation.values().size();
    if (values != objectives) {
      return bad(
          evaluation,
          "the objective gave %d values, expected %d, one for each direction"
              .formatted(values, objectives));
    }
    if (evaluation.values().stream().anyMatch(value -> value.isNaN())) {
      return bad(evaluation, "the objective's value is NaN, expected a number");
    }
    return new TrialOutcome(TrialState.COMPLETE, evaluation, null);
  }

  private static TrialOutcome bad(Evaluation evaluation, String error) {
    return new TrialOutcome(TrialState.FAIL, evaluation, error);
  }

  static TrialOutcome pruned() {
    return new TrialOutcome(TrialState.PRUNED, null, null);
  }

  static TrialOutcome failed(@Nullable String message) {
    return new TrialOutcome(
        TrialState.FAIL, null, Objects.requireNonNullElse(message, "the objective failed"));
  }

  /** An exception that an objective does not explain. */
  static TrialOutcome crashed(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    String message = thrown.getMessage();
    return failed(message == null ? name : name + ": " + message);
  }

  static TrialOutcome interrupted() {
    return failed(INTERRUPTED);
  }

  boolean isInterrupted() {
    return INTERRUPTED.equals(error);
  }

  /**
   * The trial as it is kept; what the claim knows already is left out.
   *
   * @param trial what it reported
   * @param seconds how long the evaluation took; null where unknown
   * @param log the name of its log file; null where there is none
   */
  FrozenTrial toTrial(
      Trial trial, @Nullable Double seconds, String worker, int attempt, @Nullable String log) {
    SortedMap<Long, Double> reports = trial.reports();
    FrozenTrial.Builder frozen =
        FrozenTrial.builder()
            .state(state)
            .error(error)
            .worker(worker)
            .attempts(attempt)
            .intermediateValues(reports)
            .complete(Instant.now().truncatedTo(ChronoUnit.MICROS))
            .durationSeconds(seconds);
    ObjectNode attrs = trial.userAttrs();
    if (evaluation != null) {
      if (state == TrialState.COMPLETE) {
        frozen.values(evaluation.values());
      }
      frozen.metrics(evaluation.metrics()).constraintsOk(evaluation.constraintsOk());
      putAttrs(attrs, evaluation);
      if (!evaluation.constraints().isEmpty()) {
        ObjectNode system = Json.object();
        evaluation.constraints().forEach(system.putArray(CONSTRAINTS)::add);
        frozen.systemAttrs(system);
      }
    }
    if (state == TrialState.PRUNED && !reports.isEmpty()) {
      double last = reports.getOrDefault(reports.lastKey(), Double.NaN);
      if (!Double.isNaN(last)) {
        frozen.value(last);
      }
    }
    if (log != null) {
      attrs.put("log_path", log);
    }
    return frozen.userAttrs(attrs).build();
  }

  private static void putAttrs(ObjectNode attrs, Evaluation evaluation) {
    attrs.setAll(evaluation.extra());
    if (evaluation.scoreVersion() != null) {
      attrs.put("score_version", evaluation.scoreVersion());
    }
    putTexts(attrs, "hard_failures", evaluation.hardFailures());
    putTexts(attrs, "constraint_reasons", evaluation.constraintReasons());
  }

  private static void putTexts(ObjectNode attrs, String key, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode array = attrs.putArray(key);
      texts.forEach(array::add);
    }
  }
}
