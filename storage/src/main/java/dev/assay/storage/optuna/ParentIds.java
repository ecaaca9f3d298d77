package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The parents of each generation, which Optuna's genetic samplers keep in system attributes of a
 * study as ids of trials: on the way to another storage they become the ids there. A generation of
 * which a parent is not there is left out, and Optuna chooses its parents again.
 *
 * <p>First {@link #see} all trials. Memory grows with the parents, not with the trials. Not safe to
 * share between threads.
 */
final class ParentIds {
  private static final Pattern KEY = Pattern.compile("\\w+:parent:\\d+");

  private final StudyRecord study;
  private final Set<Long> parents = new HashSet<>();
  private final Map<Long, Long> numbers = new HashMap<>();

  ParentIds(StudyRecord study) {
    this.study = study;
    study
        .systemAttrs()
        .properties()
        .forEach(
            attribute -> {
              if (isParents(attribute)) {
                attribute.getValue().forEach(id -> parents.add(id.longValue()));
              }
            });
  }

  private static boolean isParents(Map.Entry<String, JsonNode> attribute) {
    return attribute.getValue().isArray() && KEY.matcher(attribute.getKey()).matches();
  }

  void see(FrozenTrial trial) {
    if (!parents.isEmpty()) {
      long id = idOf(trial);
      if (parents.contains(id)) {
        numbers.put(id, trial.number());
      }
    }
  }

  /** The trial's id where the attributes were written. */
  private long idOf(FrozenTrial trial) {
    JsonNode own = trial.systemAttrs().path(StoreAttributes.EXTRAS).path("trial_id");
    JsonNode first = study.systemAttrs().path(StoreAttributes.FIRST_TRIAL_ID);
    if (own.isIntegralNumber()) {
      return own.longValue();
    }
    return first.isIntegralNumber() ? first.longValue() + trial.number() : trial.id();
  }

  /**
   * The study with the ids of its new storage.
   *
   * @param firstId the new id of the trial with number 0; the others follow
   */
  StudyRecord renumbered(long firstId) {
    if (parents.isEmpty()) {
      return study;
    }
    ObjectNode attributes = Json.object();
    for (Map.Entry<String, JsonNode> attribute : study.systemAttrs().properties()) {
      if (!isParents(attribute)) {
        attributes.set(attribute.getKey(), attribute.getValue());
        continue;
      }
      ArrayNode ids = attributes.arrayNode();
      for (JsonNode id : attribute.getValue()) {
        Long number = numbers.get(id.longValue());
        if (number != null) {
          ids.add(firstId + number);
        }
      }
      if (ids.size() == attribute.getValue().size()) {
        attributes.set(attribute.getKey(), ids);
      }
    }
    return new StudyRecord(
        study.id(),
        study.name(),
        study.directions(),
        study.userAttrs(),
        attributes,
        study.trialFiles());
  }
}
