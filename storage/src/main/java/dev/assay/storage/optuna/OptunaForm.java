package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts the trials of one study into the form that Optuna can have. A COMPLETE trial without a value
 * for each objective, or with NaN, is FAIL there; a failed one has no values; datetimes lie in the
 * years 1 to 9999. What is lost by that goes into {@link AssayTrial}. Not safe to share between
 * threads.
 */
final class OptunaForm {
  // A day from the ends, so that no zone leads beyond them.
  private static final Instant FIRST = Instant.parse("0001-01-02T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-30T00:00:00Z");

  private final StudySpace space;
  private final int objectives;
  private final DateTimeFormatter time;
  private final TrialConversion back;

  /**
   * @param objectives how many the study has
   * @param time how the target writes a moment
   * @param zone the zone of such a text, where it has none itself
   */
  OptunaForm(StudySpace space, int objectives, DateTimeFormatter time, ZoneId zone) {
    this.space = space;
    this.objectives = objectives;
    this.time = time;
    this.back = new TrialConversion(objectives, zone);
  }

  /** The trial in Optuna's form; {@code trial} was seen by the space. */
  OptunaTrial of(FrozenTrial trial) {
    List<OptunaTrial.Attr> attributes = systemAttributes(trial.systemAttrs());
    OptunaTrial form = form(trial, attributes);
    // What an import of it gives, restored from nothing.
    ObjectNode carried =
        AssayTrial.carried(trial, form, back.convert(form, trial.number()).trial());
    if (carried.isEmpty()) {
      return form;
    }
    attributes.add(new OptunaTrial.Attr(AssayTrial.ATTRIBUTE, CanonicalJson.compact(carried)));
    return form(trial, attributes);
  }

  private OptunaTrial form(FrozenTrial trial, List<OptunaTrial.Attr> systemAttrs) {
    List<Double> values = isValued(trial) ? trial.values() : List.of();
    boolean isFailed = trial.state() == TrialState.COMPLETE && values.isEmpty();
    List<OptunaTrial.Value> rows = new ArrayList<>();
    for (Double value : values) {
      rows.add(new OptunaTrial.Value(rows.size(), finite(value), type(value)));
    }
    List<OptunaTrial.Step> steps = new ArrayList<>();
    trial
        .intermediateValues()
        .forEach(
            (step, value) -> steps.add(new OptunaTrial.Step(step, finite(value), type(value))));
    return new OptunaTrial(
        trial.number(),
        trial.number(),
        (isFailed ? TrialState.FAIL : trial.state()).name(),
        text(trial.start()),
        text(trial.complete()),
        null,
        rows,
        space.parametersOf(trial),
        attributes(trial.userAttrs()),
        systemAttrs,
        steps,
        Map.of());
  }

  private boolean isValued(FrozenTrial trial) {
    boolean mayHave = trial.state() == TrialState.COMPLETE || trial.state() == TrialState.PRUNED;
    return mayHave
        && trial.values().size() == objectives
        && trial.values().stream().noneMatch(value -> value.isNaN());
  }

  /** SQLite gives 0.0 for -0.0. */
  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) (value + 0.0) : null;
  }

  private static String type(double value) {
    if (Double.isNaN(value)) {
      return "NAN";
    }
    return Double.isFinite(value) ? "FINITE" : value > 0 ? "INF_POS" : "INF_NEG";
  }

  private @Nullable String text(@Nullable Instant moment) {
    return moment == null || moment.isBefore(FIRST) || moment.isAfter(LAST)
        ? null
        : time.format(moment);
  }

  static List<OptunaTrial.Attr> attributes(ObjectNode attributes) {
    List<OptunaTrial.Attr> list = new ArrayList<>();
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      list.add(
          new OptunaTrial.Attr(attribute.getKey(), CanonicalJson.compact(attribute.getValue())));
    }
    return list;
  }

  /** Those that are the store's own stay here. */
  static List<OptunaTrial.Attr> systemAttributes(ObjectNode attributes) {
    List<OptunaTrial.Attr> list = new ArrayList<>();
    for (OptunaTrial.Attr attribute : attributes(attributes)) {
      String key = StoreAttributes.toOptuna(attribute.key());
      if (key != null) {
        list.add(new OptunaTrial.Attr(key, attribute.json()));
      }
    }
    return list;
  }
}
