package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A study as the store knows it.
 *
 * @param id unique in the store, never reused
 * @param name any text of up to 600 characters, unique in the store
 * @param directions one for each objective, never empty
 * @param userAttrs the user's attributes, in the order in which they were set
 * @param systemAttrs Assay's own and Optuna's attributes, such as {@code source} of a migrated run
 * @param trialFiles chosen when the study was created
 */
public record StudyRecord(
    long id,
    String name,
    List<Direction> directions,
    ObjectNode userAttrs,
    ObjectNode systemAttrs,
    TrialFiles trialFiles) {
  /** The longest name that a study may have, in UTF-16 units. */
  public static final int MAX_NAME_LENGTH = 600;

  private static final String UNFINISHED = "unfinished";

  public StudyRecord {
    requireNonNull(name, "name is null");
    requireNonNull(userAttrs, "userAttrs is null");
    requireNonNull(systemAttrs, "systemAttrs is null");
    requireNonNull(trialFiles, "trialFiles is null");
    directions = List.copyOf(directions);
    if (name.length() > MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "a study's name has up to %d characters, this one has %d"
              .formatted(MAX_NAME_LENGTH, name.length()));
    }
    if (directions.isEmpty()) {
      throw new IllegalArgumentException("study '%s' has no direction".formatted(name));
    }
  }

  /**
   * How many of its imported trials had not finished where they came from, by their states. They
   * are rows of the lake in that state for good, and no trials in flight here.
   */
  Map<TrialState, Long> unfinished() {
    Map<TrialState, Long> counts = new EnumMap<>(TrialState.class);
    for (Map.Entry<String, JsonNode> state : systemAttrs.path(UNFINISHED).properties()) {
      counts.put(TrialState.valueOf(state.getKey()), state.getValue().longValue());
    }
    return counts;
  }

  /** The same study with another count of unfinished trials. */
  StudyRecord withUnfinished(Map<TrialState, Long> counts) {
    ObjectNode attributes = Json.object().setAll(systemAttrs);
    attributes.remove(UNFINISHED);
    if (!counts.isEmpty()) {
      ObjectNode node = attributes.putObject(UNFINISHED);
      counts.forEach((state, count) -> node.put(state.name(), count));
    }
    return new StudyRecord(id, name, directions, userAttrs, attributes, trialFiles);
  }

  /** Whether it was a run of the legacy system. */
  boolean isLegacyRun() {
    return "legacy-run".equals(systemAttrs.path("source_kind").textValue());
  }
}
