package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** One finished trial as a line. */
final class TrialLine {
  private TrialLine() {}

  /**
   * For programs: {@code number}, {@code state}, {@code value} (null where there is none or it is
   * not finite), {@code signature}, {@code duration_seconds}, and {@code error} where it failed.
   */
  static String json(FrozenTrial trial) {
    ObjectNode node = Json.object();
    node.put("number", trial.number());
    node.put("state", trial.state().name());
    Double value = trial.value();
    node.put("value", value != null && Double.isFinite(value) ? value : null);
    if (trial.values().size() > 1) {
      ArrayNode values = node.putArray("values");
      trial.values().forEach(each -> values.add(Double.isFinite(each) ? each : null));
    }
    node.put("signature", trial.signature());
    node.put("duration_seconds", trial.durationSeconds());
    if (trial.error() != null) {
      node.put("error", trial.error());
    }
    return node.toString();
  }

  /** For people: {@code trial_001 0.012 s score 0.4848 COMPLETE}. */
  static String text(FrozenTrial trial) {
    String file = trial.trialFile();
    String name = file == null ? "trial " + trial.number() : file.replaceAll("\\.json$", "");
    Double seconds = trial.durationSeconds();
    return String.format(
        Locale.ROOT,
        "%s  %.3f s  %s  %s%s",
        name,
        seconds == null ? 0.0 : seconds,
        score(trial),
        trial.state(),
        trial.error() == null ? "" : "  " + trial.error());
  }

  private static String score(FrozenTrial trial) {
    List<Double> values = trial.values();
    return values.isEmpty()
        ? "no score"
        : values.stream().map(Numbers::shown).collect(Collectors.joining(", ", "score ", ""));
  }
}
