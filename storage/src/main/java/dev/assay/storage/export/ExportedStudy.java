package dev.assay.storage.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.Sizes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What went out of one study.
 *
 * @param states how many trials, by their state in the store
 * @param notes what the target does not show as it is in the store, a line each
 */
public record ExportedStudy(String study, Map<TrialState, Long> states, List<String> notes) {
  public ExportedStudy {
    EnumMap<TrialState, Long> ordered = new EnumMap<>(TrialState.class);
    ordered.putAll(states);
    states = Collections.unmodifiableMap(ordered);
    notes = List.copyOf(notes);
  }

  /** How many trials there are of all states. */
  public long trials() {
    return states.values().stream().mapToLong(Long::longValue).sum();
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object().put("study", study).put("trials", trials());
    ObjectNode counts = node.putObject("states");
    states.forEach((state, count) -> counts.put(state.name(), count));
    ArrayNode lines = node.putArray("notes");
    notes.forEach(lines::add);
    return node;
  }

  String line() {
    String counts =
        states.entrySet().stream()
            .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
            .collect(Collectors.joining(", "));
    return "%s: %s%s"
        .formatted(study, Sizes.count(trials(), "trial"), counts.isEmpty() ? "" : ": " + counts);
  }
}
