package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what a trial of Optuna is known again in the files of a run.
 *
 * @param start as the source has it
 * @param params null where they cannot be understood
 * @param durationSeconds of the result that the run told Optuna; null where it told none
 */
record TrialTrace(
    long id,
    long number,
    @Nullable String start,
    @Nullable List<LinkedParameter> params,
    @Nullable Double durationSeconds) {

  /** Where the legacy system keeps the document of a trial's file. */
  private static final String DOCUMENT = "result_payload";

  enum Verdict {
    SAME,
    OTHER,
    /** Nothing tells: one of them has no parameters. */
    UNKNOWN
  }

  /** Null where the trial has no number. */
  static @Nullable TrialTrace of(OptunaTrial trial) {
    Long number = trial.number();
    return number == null
        ? null
        : new TrialTrace(trial.id(), number, trial.start(), params(trial), duration(trial));
  }

  private static @Nullable List<LinkedParameter> params(OptunaTrial trial) {
    List<LinkedParameter> params = new ArrayList<>();
    try {
      for (OptunaTrial.Param param : trial.params()) {
        params.add(LinkedParameter.of(param));
      }
      return List.copyOf(params);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable Double duration(OptunaTrial trial) {
    for (OptunaTrial.Attr attr : trial.userAttrs()) {
      if (attr.key().equals(DOCUMENT)) {
        try {
          JsonNode duration = Json.parse(attr.json()).path("duration_seconds");
          return duration.isNumber() ? (Double) duration.doubleValue() : null;
        } catch (JsonProcessingException e) {
          return null;
        }
      }
    }
    return null;
  }

  /** Whether a file is of this trial, by its parameters and by how long its trial took. */
  Verdict compare(FrozenTrial file) {
    if (file.signature() == null || params == null || params.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    Double took = file.durationSeconds();
    if (durationSeconds != null && took != null && !durationSeconds.equals(took)) {
      return Verdict.OTHER;
    }
    return params.stream().allMatch(param -> param.agrees(file.params()))
        ? Verdict.SAME
        : Verdict.OTHER;
  }
}
