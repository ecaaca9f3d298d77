package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run came to, with the meaning of the legacy system's own summary.
 *
 * @param run the study's name, or the folder's
 * @param counts how many trials of which kind
 * @param best the first of {@code top}; null where no trial is valid
 * @param top the valid trials with the best scores; equals in the order of their files' names
 * @param totalDurationSeconds the trials' durations added in the order of their files' names
 * @param scoreVersions which scorings the valid trials had
 * @param runs the runs inside of a folder that is no run itself; else empty
 */
public record Summary(
    String run,
    Counts counts,
    @Nullable Trial best,
    List<Trial> top,
    double totalDurationSeconds,
    ScoreVersions scoreVersions,
    List<String> runs) {
  /** How many trials {@code assay summary} lists. */
  public static final int DEFAULT_TOP = 5;

  /**
   * How many trials of which kind.
   *
   * @param total all of them
   * @param skipped not evaluated, with a reason
   * @param failed with an error, and not skipped
   * @param completed all that were not skipped, failed ones included
   * @param valid neither skipped nor failed, constraints held, no hard failure, a finite score
   */
  public record Counts(long total, long skipped, long failed, long completed, long valid) {}

  /**
   * A valid trial.
   *
   * @param trialId the legacy file's own id, a number or a text; else the file's name without its
   *     extension
   * @param trialFile the name of its file; null where it has none
   */
  public record Trial(
      JsonNode trialId,
      @Nullable String trialFile,
      double score,
      ObjectNode metrics,
      ObjectNode parameters) {
    ObjectNode toJson() {
      ObjectNode node = Json.object();
      node.set("trial_id", trialId);
      node.put("trial_file", trialFile);
      node.put("score", score);
      node.set("metrics", metrics);
      node.set("parameters", parameters);
      return node;
    }
  }

  /**
   * The scorings of the valid trials.
   *
   * @param known their names, sorted
   * @param missing how many trials have none
   */
  public record ScoreVersions(List<String> known, long missing) {
    public ScoreVersions {
      known = List.copyOf(known);
    }
  }

  public Summary {
    requireNonNull(run, "run is null");
    top = List.copyOf(top);
    runs = List.copyOf(runs);
  }

  /** The summary as {@code assay summary --json} prints it; may hold NaN among the metrics. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("run", run);
    ObjectNode count = node.putObject("counts");
    count.put("total", counts.total());
    count.put("skipped", counts.skipped());
    count.put("failed", counts.failed());
    count.put("completed", counts.completed());
    count.put("valid", counts.valid());
    node.set("best", best == null ? null : best.toJson());
    ArrayNode list = node.putArray("top");
    top.forEach(trial -> list.add(trial.toJson()));
    node.put("total_duration_seconds", totalDurationSeconds);
    ObjectNode versions = node.putObject("score_versions");
    ArrayNode known = versions.putArray("known");
    scoreVersions.known().forEach(known::add);
    versions.put("missing", scoreVersions.missing());
    return node;
  }

  /** The summary as {@code assay summary --json} prints it: one line, non-finite numbers null. */
  public String toJsonText() {
    return FiniteJson.text(toJson());
  }

  /** The summary for a person, several lines. */
  public String toText() {
    return SummaryText.of(this);
  }
}
