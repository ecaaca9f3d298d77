package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How the trials of a source and those of another one belong together.
 *
 * @param to the Optuna study of a run; the runs of an Optuna study
 * @param numberOffset what a file's number is above Optuna's; null where nothing is linked, and for
 *     an Optuna study
 * @param linked how many trials are in both
 * @param unlinked how many are in this source alone
 * @param differences how many linked trials have which relation between the file's score and the
 *     value that Optuna was told: {@code equal}, {@code constraints}, {@code aborted}, {@code
 *     duplicate}, {@code none}, {@code other}; and how many have another {@code state}
 * @param timesAt the offset from UTC at which Optuna wrote times, as a run's beginning gives it
 *     away, such as {@code +01:00}; null where nothing does
 * @param reason why nothing is linked; null where something is
 */
public record LinkReport(
    List<String> to,
    @Nullable Long numberOffset,
    long linked,
    long unlinked,
    Map<String, Long> differences,
    @Nullable String timesAt,
    @Nullable String reason) {

  public LinkReport {
    requireNonNull(differences, "differences is null");
    to = List.copyOf(to);
    differences = Map.copyOf(differences);
  }

  static LinkReport none(String reason) {
    return new LinkReport(List.of(), null, 0, 0, Map.of(), null, reason);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    to.forEach(node.putArray("to")::add);
    node.put("number_offset", numberOffset);
    node.put("linked", linked);
    node.put("unlinked", unlinked);
    ObjectNode counts = node.putObject("differences");
    new TreeMap<>(differences).forEach(counts::put);
    node.put("times_at", timesAt);
    node.put("reason", reason);
    return node;
  }
}
