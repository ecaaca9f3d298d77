package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the trials of one study into the form that Optuna can have. A COMPLETE trial without a value
 * for each objective, or with NaN, is FAIL there; a failed one has no values; datetimes lie in the
 * years 1 to 9999. What is lost by that goes into {@link AssayTrial}.
 *
 * @param objectives how many the study has
 * @param zone the zone in which the target's datetimes are written
 */
record OptunaForm(StudySpace space, int objectives, ZoneId zone) {
  // A day from the ends, so that no zone leads beyond them.
  private static final Instant FIRST = Instant.parse("0001-01-02T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-30T00:00:00Z");

  /** The trial in Optuna's form; {@code trial} was seen by the space. */
  ExportedTrial of(FrozenTrial trial) {
    ExportedTrial form =
        form(trial, isValued(trial) ? trial.values() : List.of(), trial.systemAttrs());
    ObjectNode carried = AssayTrial.carried(trial, form, zone);
    return carried.isEmpty() ? form : form(trial, form.values(), with(trial, carried));
  }

  private static ObjectNode with(FrozenTrial trial, ObjectNode carried) {
    ObjectNode attributes = Json.object().setAll(trial.systemAttrs());
    attributes.set(AssayTrial.ATTRIBUTE, carried);
    return attributes;
  }

  private ExportedTrial form(FrozenTrial trial, List<Double> values, ObjectNode systemAttrs) {
    boolean isFailed = trial.state() == TrialState.COMPLETE && values.isEmpty();
    return new ExportedTrial(
        trial.number(),
        isFailed ? TrialState.FAIL : trial.state(),
        values,
        space.parametersOf(trial),
        trial.userAttrs(),
        systemAttrs,
        trial.intermediateValues(),
        representable(trial.start()),
        representable(trial.complete()));
  }

  private boolean isValued(FrozenTrial trial) {
    boolean mayHave = trial.state() == TrialState.COMPLETE || trial.state() == TrialState.PRUNED;
    return mayHave
        && trial.values().size() == objectives
        && trial.values().stream().noneMatch(value -> value.isNaN());
  }

  private static @Nullable Instant representable(@Nullable Instant moment) {
    return moment == null || moment.isBefore(FIRST) || moment.isAfter(LAST) ? null : moment;
  }
}
