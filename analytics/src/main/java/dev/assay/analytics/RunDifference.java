package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.PrintableText;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In what two runs differ.
 *
 * @param settings directions, the treatment of trial files, and the studies' attributes
 * @param space the distributions of parameters, as the studies declare them
 * @param counts what the trials came to
 * @param parameters of the best trials
 * @param metrics of the best trials
 * @param common how many sets of parameters both have evaluated
 */
public record RunDifference(
    String first,
    String second,
    List<Difference> settings,
    List<Difference> space,
    List<Difference> counts,
    List<Difference> parameters,
    List<Difference> metrics,
    long common) {
  private static final int SHOWN = 30;
  private static final String DISTRIBUTIONS = "distributions";

  /** What says nothing of how a study was set up. */
  private static final Set<String> LEFT_OUT =
      Set.of(DISTRIBUTIONS, "unfinished", "fingerprint", "source_stamp");

  public RunDifference {
    settings = List.copyOf(settings);
    space = List.copyOf(space);
    counts = List.copyOf(counts);
    parameters = List.copyOf(parameters);
    metrics = List.copyOf(metrics);
  }

  /**
   * @param analytics a session of that store
   * @throws AnalyticsException where the store cannot be read
   */
  public static RunDifference of(
      ReadableStore store, Analytics analytics, StudyRecord first, StudyRecord second) {
    FrozenTrial bestOfFirst = store.bestTrial(first.id());
    FrozenTrial bestOfSecond = store.bestTrial(second.id());
    return new RunDifference(
        first.name(),
        second.name(),
        Difference.of(settings(first), settings(second)),
        Difference.ofMembers(space(first), space(second)),
        Difference.of(counts(store, first), counts(store, second)),
        Difference.of(params(bestOfFirst), params(bestOfSecond)),
        Difference.of(metrics(bestOfFirst), metrics(bestOfSecond)),
        analytics.ask(session -> common(session, first, second)));
  }

  private static ObjectNode settings(StudyRecord study) {
    ObjectNode settings = Json.object();
    ArrayNode directions = settings.putArray("directions");
    study.directions().forEach(each -> directions.add(each.name()));
    settings.put("trial_files", study.trialFiles().name());
    settings.set("user_attrs", study.userAttrs());
    ObjectNode attributes = settings.putObject("system_attrs");
    attributes.setAll(study.systemAttrs());
    attributes.remove(LEFT_OUT);
    return settings;
  }

  private static ObjectNode space(StudyRecord study) {
    return study.systemAttrs().get(DISTRIBUTIONS) instanceof ObjectNode object
        ? object
        : Json.object();
  }

  private static ObjectNode counts(ReadableStore store, StudyRecord study) {
    Summary summary = Summary.of(new RunNames.Study(study), store.summary(study.id(), 0));
    ObjectNode counts = summary.toJson();
    counts.retain("counts", "states", "total_duration_seconds", "mean_duration_seconds");
    FrozenTrial best = store.bestTrial(study.id());
    if (best != null) {
      counts.put("best", best.value());
    }
    counts.put("duplicates", store.duplicates(study.id()));
    return counts;
  }

  private static ObjectNode params(@Nullable FrozenTrial trial) {
    return trial == null ? Json.object() : trial.params();
  }

  private static ObjectNode metrics(@Nullable FrozenTrial trial) {
    return trial == null ? Json.object() : trial.metrics();
  }

  private static long common(Connection session, StudyRecord first, StudyRecord second)
      throws SQLException {
    String held = "SELECT DISTINCT signature FROM %s WHERE state IN ('COMPLETE', 'PRUNED')";
    String sql =
        "SELECT count(*) FROM (%s) JOIN (%s) USING (signature)"
            .formatted(
                held.formatted(Views.parts(first.name())),
                held.formatted(Views.parts(second.name())));
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** As {@code assay diff --json} prints it; may hold numbers that are not finite. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object().put("first", first).put("second", second);
    node.set("settings", Difference.toJson(settings));
    node.set("space", Difference.toJson(space));
    node.set("counts", Difference.toJson(counts));
    node.set("best_parameters", Difference.toJson(parameters));
    node.set("best_metrics", Difference.toJson(metrics));
    return node.put("common_signatures", common);
  }

  /** For a person, a line each; long texts are cut. */
  public List<String> toLines() {
    List<String> lines = new ArrayList<>();
    lines.add("A: " + PrintableText.of(first));
    lines.add("B: " + PrintableText.of(second));
    lines.add("sets of parameters that both have evaluated: " + common);
    lines.addAll(Difference.toLines("setting", "A", "B", settings, SHOWN));
    lines.addAll(Difference.toLines("parameter's range", "A", "B", space, SHOWN));
    lines.addAll(Difference.toLines("count", "A", "B", counts, SHOWN));
    lines.addAll(Difference.toLines("best trial's parameter", "A", "B", parameters, SHOWN));
    lines.addAll(Difference.toLines("best trial's metric", "A", "B", metrics, SHOWN));
    return lines;
  }
}
