package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of a whole trial: the column {@code record} of the live database and of the parts.
 * Members that are absent are null or empty. Times are microseconds since 1970 in UTC, numbers keep
 * their kind (whole or real), and NaN and infinities are literals, as Python writes them.
 */
public final class TrialJson {
  /** In JSON lines: the directions of the trial's study. */
  public static final String DIRECTIONS = "directions";

  private TrialJson() {}

  /** The record of a trial; it shares members with the trial. */
  public static ObjectNode toJson(FrozenTrial trial) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("trial_id", trial.id());
    node.put("number", trial.number());
    node.put("state", trial.state().name());
    if (!trial.values().isEmpty()) {
      ArrayNode values = node.putArray("values");
      trial.values().forEach(values::add);
    }
    node.set("params", trial.params());
    putObject(node, "distributions", trial.distributions());
    putObject(node, "metrics", trial.metrics());
    putObject(node, "user_attrs", trial.userAttrs());
    putObject(node, "system_attrs", trial.systemAttrs());
    if (!trial.intermediateValues().isEmpty()) {
      ObjectNode steps = node.putObject("intermediate_values");
      trial.intermediateValues().forEach((step, value) -> steps.put(step.toString(), value));
    }
    putMicros(node, "start_us", trial.start());
    putMicros(node, "complete_us", trial.complete());
    if (trial.durationSeconds() != null) {
      node.put("duration_seconds", trial.durationSeconds());
    }
    node.put("attempts", trial.attempts());
    putText(node, "error", trial.error());
    putText(node, "worker", trial.worker());
    putText(node, "trial_key", trial.trialKey());
    putText(node, "signature", trial.signature());
    putText(node, "trial_file", trial.trialFile());
    if (trial.legacyTrialId() != null) {
      node.set("legacy_trial_id", trial.legacyTrialId());
    }
    if (trial.constraintsOk() != null) {
      node.put("constraints_ok", trial.constraintsOk());
    }
    return node;
  }

  /**
   * The trial of a record.
   *
   * @throws IllegalArgumentException where it is no record of a trial
   */
  public static FrozenTrial fromJson(ObjectNode node) {
    JsonNode duration = node.get("duration_seconds");
    JsonNode constraintsOk = node.get("constraints_ok");
    return FrozenTrial.builder()
        .id(node.path("trial_id").longValue())
        .number(node.path("number").longValue())
        .state(TrialState.valueOf(node.path("state").textValue()))
        .values(values(node.path("values")))
        .params(object(node, "params"))
        .distributions(object(node, "distributions"))
        .metrics(object(node, "metrics"))
        .userAttrs(object(node, "user_attrs"))
        .systemAttrs(object(node, "system_attrs"))
        .intermediateValues(steps(node.path("intermediate_values")))
        .start(micros(node.get("start_us")))
        .complete(micros(node.get("complete_us")))
        .durationSeconds(duration == null ? null : duration.doubleValue())
        .attempts(node.path("attempts").intValue())
        .error(node.path("error").textValue())
        .worker(node.path("worker").textValue())
        .trialKey(node.path("trial_key").textValue())
        .signature(node.path("signature").textValue())
        .trialFile(node.path("trial_file").textValue())
        .legacyTrialId(node.get("legacy_trial_id"))
        .constraintsOk(constraintsOk == null ? null : constraintsOk.booleanValue())
        .build();
  }

  static @Nullable Long toMicros(@Nullable Instant instant) {
    // ChronoUnit counts nanoseconds on the way, of which a long holds 292 years.
    return instant == null
        ? null
        : Long.valueOf(
            Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), 1_000_000L),
                instant.getNano() / 1000L));
  }

  static Instant fromMicros(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  private static void putMicros(ObjectNode node, String field, @Nullable Instant instant) {
    Long micros = toMicros(instant);
    if (micros != null) {
      node.put(field, micros);
    }
  }

  private static void putText(ObjectNode node, String field, @Nullable String text) {
    if (text != null) {
      node.put(field, text);
    }
  }

  private static void putObject(ObjectNode node, String field, ObjectNode value) {
    if (!value.isEmpty()) {
      node.set(field, value);
    }
  }

  private static ObjectNode object(ObjectNode node, String field) {
    return node.get(field) instanceof ObjectNode object
        ? object
        : JsonNodeFactory.instance.objectNode();
  }

  private static List<Double> values(JsonNode array) {
    List<Double> values = new ArrayList<>(array.size());
    array.forEach(value -> values.add(value.doubleValue()));
    return values;
  }

  private static SortedMap<Long, Double> steps(JsonNode object) {
    SortedMap<Long, Double> steps = new TreeMap<>();
    object
        .properties()
        .forEach(step -> steps.put(Long.valueOf(step.getKey()), step.getValue().doubleValue()));
    return steps;
  }

  private static @Nullable Instant micros(@Nullable JsonNode node) {
    return node == null ? null : fromMicros(node.longValue());
  }
}
