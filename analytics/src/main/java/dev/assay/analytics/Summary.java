package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudySummary;
import dev.assay.storage.StudySummary.Counts;
import dev.assay.storage.StudySummary.States;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.util.List;

/**
 * What a run came to, with the meaning of the legacy system's own summary.
 *
 * @param run the study's name, or the folder's
 * @param directions one for each objective; none for a folder
 * @param study what its trials came to; nothing, for a folder
 * @param runs the runs inside of a folder that is no run itself; else empty
 */
public record Summary(
    String run, List<Direction> directions, StudySummary study, List<String> runs) {
  /** How many trials {@code assay summary} lists. */
  public static final int DEFAULT_TOP = 5;

  public Summary {
    requireNonNull(run, "run is null");
    requireNonNull(study, "study is null");
    directions = List.copyOf(directions);
    runs = List.copyOf(runs);
  }

  /**
   * The summary of a run as the store keeps it while trials finish: it costs the same whatever the
   * run's size.
   *
   * @param run a study's name, an unambiguous prefix or the end of one, or a run's folder
   * @param top how many of the best trials to list, at most {@link StudySummary#MAX_TOP}
   * @throws AnalyticsException where {@code run} names no study, or several
   */
  public static Summary of(ReadableStore store, String run, int top) {
    RunNames.Run found = new RunNames(store.studies(), store.directory()).find(run);
    return of(
        found,
        found instanceof RunNames.Study study
            ? store.summary(study.study().id(), top)
            : StudySummary.EMPTY);
  }

  static Summary of(RunNames.Run run, StudySummary study) {
    return run instanceof RunNames.Study known
        ? new Summary(run.name(), known.study().directions(), study, List.of())
        : new Summary(run.name(), List.of(), study, ((RunNames.Folder) run).runs());
  }

  /** The summary as {@code assay summary --json} prints it; may hold NaN among the metrics. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("run", run);
    Counts counts = study.counts();
    ObjectNode count = node.putObject("counts");
    count.put("total", counts.total());
    count.put("skipped", counts.skipped());
    count.put("failed", counts.failed());
    count.put("completed", counts.completed());
    count.put("valid", counts.valid());
    States states = study.states();
    ObjectNode state = node.putObject("states");
    state.put("COMPLETE", states.complete());
    state.put("PRUNED", states.pruned());
    state.put("FAIL", states.fail());
    state.put("RUNNING", states.running());
    state.put("WAITING", states.waiting());
    StudySummary.Trial best = study.best();
    node.set("best", best == null ? null : best.toJson());
    ArrayNode list = node.putArray("top");
    study.top().forEach(trial -> list.add(trial.toJson()));
    node.put("total_duration_seconds", study.totalDurationSeconds());
    node.put("mean_duration_seconds", study.meanDurationSeconds());
    ObjectNode versions = node.putObject("score_versions");
    ArrayNode known = versions.putArray("known");
    study.scoreVersions().known().keySet().forEach(known::add);
    versions.put("missing", study.scoreVersions().missing());
    Instant last = study.lastUpdate();
    node.put("last_update", last == null ? null : last.toString());
    return node;
  }

  /** The summary as {@code assay summary --json} prints it: one line, non-finite numbers null. */
  public String toJsonText() {
    return jsonText(toJson());
  }

  /** One line of JSON, non-finite numbers null. */
  public static String jsonText(ObjectNode node) {
    return FiniteJson.text(node);
  }

  /** The summary for a person, several lines; long texts are cut. */
  public String toText() {
    return SummaryText.of(this);
  }
}
