package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a study's finished trials came to.
 *
 * @param states how many there are of which state
 * @param counts how many there are of which kind, as the legacy system's own summary counts
 * @param best the first of the top, were it of any length; null where no trial is valid
 * @param top the valid trials with the best scores; equals in the order of their files' names; none
 *     where there are several objectives
 * @param totalDurationSeconds the durations of all trials: the double nearest to their exact sum
 * @param meanDurationSeconds the total over the number of trials that took time and were not
 *     skipped, as the legacy system has it; null where there are none
 * @param scoreVersions which scorings the valid trials had
 * @param lastUpdate when the last trial finished; null where none says
 */
public record StudySummary(
    States states,
    Counts counts,
    @Nullable Trial best,
    List<Trial> top,
    double totalDurationSeconds,
    @Nullable Double meanDurationSeconds,
    ScoreVersions scoreVersions,
    @Nullable Instant lastUpdate) {
  /** How many of the best trials the store itself keeps at hand. */
  public static final int MAX_TOP = 100;

  /** The summary of no trials. */
  public static final StudySummary EMPTY =
      of(StudyTotals.NONE, Map.of(), new TreeMap<>(), List.of(), 0);

  /**
   * How many trials are in which state.
   *
   * @param running trials of an imported study that ran where they came from; not those that run
   *     here
   * @param waiting trials of an imported study that waited where they came from
   */
  public record States(long complete, long pruned, long fail, long running, long waiting) {}

  /**
   * How many finished trials there are of which kind.
   *
   * @param total all of them, but for those of a legacy run that are in none of its trial files
   * @param skipped not evaluated, with a reason
   * @param failed not skipped, and with an error, pruned, or failed
   * @param completed all that were not skipped, failed ones included
   * @param valid neither skipped nor failed, constraints held, no hard failure, a finite score
   */
  public record Counts(long total, long skipped, long failed, long completed, long valid) {}

  /**
   * A valid trial. Its JSON members are shared, not copied: treat them as immutable.
   *
   * @param trialId the legacy file's own id, a number or a text; else the file's name without its
   *     extension, or the trial's number where it has no file
   * @param trialFile the name of its file; null where it has none
   */
  public record Trial(
      JsonNode trialId,
      @Nullable String trialFile,
      double score,
      ObjectNode metrics,
      ObjectNode parameters) {
    /** What a summary shows of a trial that has one value. */
    public static Trial of(FrozenTrial trial) {
      String file = trial.trialFile();
      JsonNode id = trial.legacyTrialId();
      if (id == null) {
        id =
            file == null
                ? number(trial.number())
                : TextNode.valueOf(file.replaceFirst("\\.json$", ""));
      }
      double score = trial.values().get(0);
      return new Trial(id, file, score, trial.metrics(), trial.params());
    }

    /** The node that {@link Json} makes of it when it reads it back. */
    private static JsonNode number(long number) {
      return (int) number == number ? IntNode.valueOf((int) number) : LongNode.valueOf(number);
    }

    /**
     * The members {@code trial_id}, {@code trial_file}, {@code score}, {@code metrics} and {@code
     * parameters}; may hold NaN among the metrics.
     */
    public ObjectNode toJson() {
      ObjectNode node = Json.object();
      node.set("trial_id", trialId);
      node.put("trial_file", trialFile);
      node.put("score", score);
      node.set("metrics", metrics);
      node.set("parameters", parameters);
      return node;
    }

    static Trial fromJson(ObjectNode node) {
      return new Trial(
          node.path("trial_id"),
          node.path("trial_file").textValue(),
          node.path("score").doubleValue(),
          (ObjectNode) node.path("metrics"),
          (ObjectNode) node.path("parameters"));
    }
  }

  /**
   * The scorings of the valid trials.
   *
   * @param known how many trials have which, in the order of their names
   * @param missing how many trials have none
   */
  public record ScoreVersions(SortedMap<String, Long> known, long missing) {
    public ScoreVersions {
      known = Collections.unmodifiableSortedMap(new TreeMap<>(known));
    }
  }

  public StudySummary {
    requireNonNull(states, "states is null");
    requireNonNull(counts, "counts is null");
    requireNonNull(scoreVersions, "scoreVersions is null");
    top = List.copyOf(top);
  }

  /**
   * @param best at least the first of the top, where there is one
   * @param top how many are shown
   */
  static StudySummary of(
      StudyTotals totals,
      Map<TrialState, Long> unfinished,
      SortedMap<String, Long> versions,
      List<Trial> best,
      int top) {
    long total = totals.total();
    double seconds = totals.duration().value();
    Long last = totals.lastCompleteUs();
    return new StudySummary(
        new States(
            totals.complete(),
            totals.pruned(),
            totals.fail(),
            unfinished.getOrDefault(TrialState.RUNNING, 0L),
            unfinished.getOrDefault(TrialState.WAITING, 0L)),
        new Counts(
            total, totals.skipped(), totals.failed(), total - totals.skipped(), totals.valid()),
        best.isEmpty() ? null : best.get(0),
        best.subList(0, Math.min(top, best.size())),
        seconds,
        totals.timed() == 0 ? null : seconds / totals.timed(),
        new ScoreVersions(versions, totals.unversioned()),
        last == null ? null : TrialJson.fromMicros(last));
  }
}
