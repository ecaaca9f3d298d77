package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.objective.Evaluation;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How an evaluation ended: with a result, or with an error.
 *
 * @param evaluation null where there is no result
 * @param error why the trial fails; null where it does not
 */
record TrialOutcome(@Nullable Evaluation evaluation, @Nullable String error) {
  /** The error of a trial that was stopped under way. */
  static final String INTERRUPTED = "interrupted";

  /** A result. One whose value is NaN makes the trial fail, and keeps what was measured. */
  static TrialOutcome of(Evaluation evaluation) {
    return Double.isNaN(evaluation.value())
        ? new TrialOutcome(evaluation, "the objective's value is NaN, expected a number")
        : new TrialOutcome(evaluation, null);
  }

  static TrialOutcome failed(@Nullable String message) {
    return new TrialOutcome(null, Objects.requireNonNullElse(message, "the objective failed"));
  }

  /** An exception that no objective should throw. */
  static TrialOutcome crashed(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    String message = thrown.getMessage();
    return new TrialOutcome(null, message == null ? name : name + ": " + message);
  }

  static TrialOutcome interrupted() {
    return new TrialOutcome(null, INTERRUPTED);
  }

  boolean isInterrupted() {
    return INTERRUPTED.equals(error);
  }

  /**
   * The trial as the store gets it; what the claim knows already is left out.
   *
   * @param seconds how long the evaluation took
   * @param log the name of its log file; null where there is none
   */
  FrozenTrial toTrial(double seconds, String worker, int attempt, @Nullable String log) {
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .state(error == null ? TrialState.COMPLETE : TrialState.FAIL)
            .error(error)
            .worker(worker)
            .attempts(attempt)
            .complete(Instant.now().truncatedTo(ChronoUnit.MICROS))
            .durationSeconds(seconds);
    ObjectNode attrs = Json.object();
    if (evaluation != null) {
      if (error == null) {
        trial.value(evaluation.value());
      }
      trial.metrics(evaluation.metrics()).constraintsOk(evaluation.constraintsOk());
      putAttrs(attrs, evaluation);
    }
    if (log != null) {
      attrs.put("log_path", log);
    }
    return trial.userAttrs(attrs).build();
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
