package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads a finished trial back from its document ({@link TrialDocument}), for a store that has lost
 * the trial itself. A document does not have all of a trial: its id, distributions, system
 * attributes and worker are not in there, and neither is the order of its attributes.
 */
final class TrialDocumentReader {
  private static final String SUFFIX = ".json";

  private final ObjectNode document;
  private final ObjectNode userAttrs = Json.object();
  private final FrozenTrial.Builder trial = FrozenTrial.builder();

  private TrialDocumentReader(ObjectNode document) {
    this.document = document;
  }

  /**
   * The trial of a document.
   *
   * @param fileName the name of its file, such as {@code trial_001.json}
   * @return the trial with the id 0
   * @throws IllegalArgumentException where it is not the document of a finished trial; the message
   *     says what was found
   */
  static FrozenTrial read(ObjectNode document, String fileName) {
    return new TrialDocumentReader(document).read(fileName);
  }

  private FrozenTrial read(String fileName) {
    trial.trialFile(fileName).number(number()).state(state());
    for (Map.Entry<String, JsonNode> member : document.properties()) {
      take(member.getKey(), member.getValue(), fileName);
    }
    return trial.userAttrs(userAttrs).build();
  }

  private long number() {
    JsonNode number = document.path("number");
    if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
      throw unexpected("number", "a number from 0");
    }
    return number.longValue();
  }

  private TrialState state() {
    for (TrialState state : TrialState.values()) {
      if (state.isFinished() && state.name().equals(document.path("state").textValue())) {
        return state;
      }
    }
    throw unexpected("state", "COMPLETE, PRUNED or FAIL");
  }

  private IllegalArgumentException unexpected(String member, String expected) {
    JsonNode found = document.get(member);
    return new IllegalArgumentException(
        "%s is %s, expected %s".formatted(member, found == null ? "missing" : found, expected));
  }

  private void take(String name, JsonNode value, String fileName) {
    switch (name) {
      case "number", "state" -> {}
      case "trial_id" -> {
        if (!(value.asText() + SUFFIX).equals(fileName)) {
          trial.legacyTrialId(value);
        }
      }
      case "parameters" -> trial.params(object(name));
      case "error" -> trial.error(isPruned(value) ? null : value.textValue());
      case "score" -> takeScore(object(name));
      case "constraints" -> takeConstraints(object(name));
      case "attempts" -> trial.attempts(Math.max(1, value.asInt()));
      case "duration_seconds" -> trial.durationSeconds(value.doubleValue());
      case "values" -> trial.values(values(value));
      case "intermediate_values" -> trial.intermediateValues(steps(object(name)));
      case "datetime_start" -> trial.start(time(name));
      case "datetime_complete" -> trial.complete(time(name));
      case "trial_key" -> trial.trialKey(value.textValue());
      case "signature" -> trial.signature(value.textValue());
      case "user_attrs" -> userAttrs.setAll(object(name));
      default -> userAttrs.set(name, value);
    }
  }

  /** What a document says of a trial that was pruned and has no error. */
  private boolean isPruned(JsonNode error) {
    return "pruned".equals(error.textValue()) && state() == TrialState.PRUNED;
  }

  private ObjectNode object(String name) {
    if (document.get(name) instanceof ObjectNode object) {
      return object;
    }
    throw unexpected(name, "an object");
  }

  private void takeScore(ObjectNode score) {
    for (Map.Entry<String, JsonNode> member : score.properties()) {
      JsonNode value = member.getValue();
      switch (member.getKey()) {
        case "score" -> {
          if (value.isNumber()) {
            trial.value(value.doubleValue());
          }
        }
        case "metrics" -> {
          if (value instanceof ObjectNode metrics) {
            trial.metrics(metrics);
          }
        }
        case "hard_failures" -> takeList("hard_failures", value);
        case "score_version" -> userAttrs.set("score_version", value);
        default -> userAttrs.set("score_" + member.getKey(), value);
      }
    }
  }

  private void takeConstraints(ObjectNode constraints) {
    JsonNode held = constraints.path("ok");
    trial.constraintsOk(held.isBoolean() ? held.booleanValue() : null);
    takeList("constraint_reasons", constraints.path("reasons"));
  }

  /** A document shows an empty list where there is no attribute. */
  private void takeList(String attribute, JsonNode list) {
    if (!list.isMissingNode() && !(list.isArray() && list.isEmpty())) {
      userAttrs.set(attribute, list);
    }
  }

  private static List<Double> values(JsonNode array) {
    List<Double> values = new ArrayList<>();
    array.forEach(value -> values.add(value.doubleValue()));
    return values;
  }

  private SortedMap<Long, Double> steps(ObjectNode object) {
    SortedMap<Long, Double> steps = new TreeMap<>();
    for (Map.Entry<String, JsonNode> step : object.properties()) {
      try {
        steps.put(Long.valueOf(step.getKey()), step.getValue().doubleValue());
      } catch (NumberFormatException e) {
        throw unexpected("intermediate_values", "values by their steps");
      }
    }
    return steps;
  }

  private @Nullable Instant time(String name) {
    try {
      return OffsetDateTime.parse(requireNonNull(document.get(name)).asText()).toInstant();
    } catch (DateTimeException e) {
      throw unexpected(name, "a time such as 2026-01-15T09:13:11.947331+00:00");
    }
  }
}
