package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What takes the place of a failed trial, as Optuna's {@code RetryFailedTrialCallback} makes it.
 */
final class Retry {
  private static final String FAILED_TRIAL = "failed_trial";
  private static final String HISTORY = "retry_history";

  private Retry() {}

  /**
   * A waiting trial with the parameters and attributes of one that failed.
   *
   * @param most how often the same trial may be retried
   * @return null where it was retried so often
   */
  static @Nullable LiveTrial of(LiveTrial failed, int most) {
    ArrayNode history = history(failed.systemAttrs().get(HISTORY));
    if (history.size() >= most) {
      return null;
    }
    history.add(failed.number());
    Map<String, String> attributes = new LinkedHashMap<>(failed.systemAttrs());
    attributes.putIfAbsent(FAILED_TRIAL, Long.toString(failed.number()));
    attributes.put(HISTORY, CanonicalJson.compact(history));
    return new LiveTrial(
        0,
        failed.studyId(),
        0,
        TrialState.WAITING,
        List.of(),
        null,
        null,
        failed.params(),
        failed.userAttrs(),
        attributes,
        Collections.emptySortedMap());
  }

  private static ArrayNode history(@Nullable String json) {
    JsonNode value = json == null ? null : LiveForm.attribute(HISTORY, json);
    return value instanceof ArrayNode array ? array : Json.object().arrayNode();
  }
}
