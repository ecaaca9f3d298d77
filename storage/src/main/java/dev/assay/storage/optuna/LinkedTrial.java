package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.LegacyTrial;
import java.util.List;
import java.util.Map;

/**
 * A trial that is in a file and in Optuna. What the file says stays: state, values, parameters,
 * error, duration, metrics, attributes. Optuna gives the times, the distributions, the intermediate
 * values and the metric {@value #OBJECTIVE} (what it was told; a list where there are several
 * objectives). Its user attributes get the prefix {@code optuna:}, its system attributes stand
 * beside the file's. The system attribute {@link StoreAttributes#LINK} has {@code trial_id}, {@code
 * number}, {@code state} and {@code values} in Optuna, {@code params}, those that have another
 * value there, {@code extras}, see {@link TrialConversion}, and {@code left_attrs}, the names of
 * large attributes, which only the Optuna study has.
 *
 * @param trace by which the trial was found
 * @param row as Optuna has it
 * @param converted the same as a trial of the store
 */
record LinkedTrial(TrialTrace trace, OptunaTrial row, FrozenTrial converted) {
  static final String OBJECTIVE = "objective_value";

  /** What the legacy system tells Optuna of parameters that it has seen before. */
  private static final double DUPLICATE = -1e6;

  /** What it tells of a trial that it gave up. */
  private static final List<Double> ABORTED = List.of(-250.0, -500.0);

  /** By how much the score is worse in Optuna where a constraint failed: first now, then before. */
  private static final List<Double> PENALTIES = List.of(150.0, 1000.0);

  private static final String PENALTY = "constraints_penalty";
  private static final double TOLERANCE = 1e-9;

  FrozenTrial of(FrozenTrial file) {
    ArrayNode left = Json.object().arrayNode();
    return file.toBuilder()
        .metrics(metrics(file))
        .userAttrs(userAttrs(file, left))
        .systemAttrs(systemAttrs(file, left))
        .distributions(converted.distributions())
        .intermediateValues(converted.intermediateValues())
        .start(converted.start())
        .complete(converted.complete())
        .build();
  }

  private ObjectNode metrics(FrozenTrial file) {
    List<Double> values = converted.values();
    if (values.isEmpty() || file.metrics().has(OBJECTIVE)) {
      return file.metrics();
    }
    ObjectNode metrics = file.metrics().deepCopy();
    if (values.size() == 1) {
      metrics.put(OBJECTIVE, values.get(0));
    } else {
      values.forEach(metrics.putArray(OBJECTIVE)::add);
    }
    return metrics;
  }

  private ObjectNode userAttrs(FrozenTrial file, ArrayNode left) {
    ObjectNode all = file.userAttrs().deepCopy();
    for (Map.Entry<String, JsonNode> attr : converted.userAttrs().properties()) {
      keep(all, StoreAttributes.PREFIX + attr.getKey(), attr, left);
    }
    return all;
  }

  private ObjectNode systemAttrs(FrozenTrial file, ArrayNode left) {
    ObjectNode all = file.systemAttrs().deepCopy();
    ObjectNode link = all.putObject(StoreAttributes.LINK);
    link.put("trial_id", row.id());
    link.put("number", trace.number());
    link.put("state", row.state());
    converted.values().forEach(link.putArray("values")::add);
    ObjectNode params = link.putObject("params");
    if (trace.params() != null) {
      for (LinkedParameter param : trace.params()) {
        if (!param.isExact(file.params())) {
          params.set(param.name(), param.value());
        }
      }
    }
    for (Map.Entry<String, JsonNode> attr : converted.systemAttrs().properties()) {
      String key = attr.getKey();
      if (key.equals(StoreAttributes.EXTRAS)) {
        link.set("extras", attr.getValue());
      } else {
        keep(all, all.has(key) ? StoreAttributes.PREFIX + key : key, attr, left);
      }
    }
    if (!left.isEmpty()) {
      link.set("left_attrs", left);
    }
    return all;
  }

  private static void keep(
      ObjectNode all, String key, Map.Entry<String, JsonNode> attr, ArrayNode left) {
    JsonNode value = attr.getValue();
    boolean large =
        (value.isContainerNode() || value.isTextual())
            && CanonicalJson.compact(value).length() > LegacyTrial.MAX_MEMBER_LENGTH;
    if (large) {
      left.add(attr.getKey());
    } else {
      all.set(key, value);
    }
  }

  /** Whether Optuna has the trial in another state than the file. */
  boolean hasOtherState(FrozenTrial file) {
    return !file.state().name().equals(row.state());
  }

  /** How what Optuna was told relates to the file's score, see {@code LinkReport}. */
  String difference(FrozenTrial file) {
    if (converted.values().isEmpty()) {
      return file.values().isEmpty() ? "equal" : "none";
    }
    Double score = file.value();
    if (converted.values().size() > 1) {
      return "other";
    }
    double told = converted.values().get(0);
    if (score != null && Double.compare(score, told) == 0) {
      return "equal";
    }
    if (told == DUPLICATE) {
      return "duplicate";
    }
    if (score != null && isPenalized(score, told)) {
      return "constraints";
    }
    return ABORTED.contains(told) ? "aborted" : "other";
  }

  private boolean isPenalized(double score, double told) {
    JsonNode penalty = converted.userAttrs().path(PENALTY);
    List<Double> penalties = penalty.isNumber() ? List.of(penalty.doubleValue()) : PENALTIES;
    return penalties.stream()
        .anyMatch(one -> Math.abs(score - one - told) <= TOLERANCE * Math.max(1, Math.abs(told)));
  }
}
