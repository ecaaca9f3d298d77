package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PrintableText;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Several runs side by side: what each came to, and how it went.
 *
 * @param rows in the order asked for
 */
public record RunTable(List<Row> rows) {
  private static final int NAME_WIDTH = 44;

  /**
   * One run.
   *
   * @param duplicates proposals that found their parameters taken; of a migrated run those that its
   *     own metadata counts
   */
  public record Row(Summary summary, Activity activity, long duplicates) {}

  /**
   * How a run's trials went.
   *
   * @param trialsPerMinute those that finished over the time from the first start to the last end;
   *     null where fewer than two say when they were
   * @param medianSeconds half of the trials took no longer; null where none says
   * @param p95Seconds 95 in 100 trials took no longer; null where none says
   * @param cached trials whose result came out of the legacy system's cache
   * @param workers how many different ones ran trials, as far as these say
   */
  public record Activity(
      @Nullable Double trialsPerMinute,
      @Nullable Double medianSeconds,
      @Nullable Double p95Seconds,
      long cached,
      long workers) {
    private static final Activity NONE = new Activity(null, null, null, 0, 0);
  }

  public RunTable {
    rows = List.copyOf(rows);
  }

  /**
   * Sums up runs, in one pass over their trials.
   *
   * @param analytics a session of that store
   * @param top how many of the best trials to list of each, at most {@link StudySummary#MAX_TOP}
   * @throws AnalyticsException where the store cannot be read
   */
  public static RunTable of(
      ReadableStore store, Analytics analytics, List<StudyRecord> runs, int top) {
    Map<Long, Activity> activities = analytics.ask(session -> activities(session, runs));
    return new RunTable(
        runs.stream()
            .map(
                run ->
                    new Row(
                        Summary.of(new RunNames.Study(run), store.summary(run.id(), top)),
                        activities.getOrDefault(run.id(), Activity.NONE),
                        store.duplicates(run.id()) + migratedDuplicates(run)))
            .toList());
  }

  private static long migratedDuplicates(StudyRecord run) {
    return run.systemAttrs().at("/run_meta/optuna/diagnostics/duplicate_count").asLong();
  }

  private static Map<Long, Activity> activities(Connection session, List<StudyRecord> runs)
      throws SQLException {
    Map<Long, Activity> activities = new HashMap<>();
    if (runs.isEmpty()) {
      return activities;
    }
    String sql =
        """
        SELECT study_id,
          (count(datetime_complete) - 1) * 60e6
            / nullif(epoch_us(max(datetime_complete))
              - epoch_us(min(coalesce(datetime_start, datetime_complete))), 0),
          quantile_cont(duration_seconds, 0.5), quantile_cont(duration_seconds, 0.95),
          count(*) FILTER (TRY(json_extract(user_attrs, '/from_cache'))::VARCHAR = 'true'),
          count(DISTINCT worker)
        FROM read_parquet(getvariable('assay').trials)
        WHERE study_id IN (%s) AND state IN ('COMPLETE', 'PRUNED', 'FAIL') GROUP BY study_id
        """
            .formatted(
                runs.stream()
                    .map(run -> Long.toString(run.id()))
                    .collect(Collectors.joining(", ")));
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        activities.put(
            row.getLong(1),
            new Activity(
                positive(row, 2),
                positive(row, 3),
                positive(row, 4),
                row.getLong(5),
                row.getLong(6)));
      }
    }
    return activities;
  }

  private static @Nullable Double positive(ResultSet row, int column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() || !Double.isFinite(number) || number < 0 ? null : (Double) number;
  }

  /** As {@code assay summary --json} prints several runs: non-finite numbers are null. */
  public String toJsonText() {
    ObjectNode node = Json.object();
    ArrayNode list = node.putArray("runs");
    for (Row row : rows) {
      ObjectNode run = row.summary().toJson();
      Activity activity = row.activity();
      run.putObject("activity")
          .put("trials_per_minute", activity.trialsPerMinute())
          .put("median_seconds", activity.medianSeconds())
          .put("p95_seconds", activity.p95Seconds())
          .put("duplicates", row.duplicates())
          .put("cached", activity.cached())
          .put("workers", activity.workers());
      list.add(run);
    }
    return FiniteJson.text(node);
  }

  /** For a person, a line each; the beginnings of long names are cut. */
  public List<String> toLines() {
    TextTable table =
        new TextTable(
            List.of(
                "run", "trials", "valid", "failed", "best", "s/trial", "/min", "dupl", "cached"));
    for (Row row : rows) {
      StudySummary study = row.summary().study();
      StudySummary.Trial best = study.best();
      Double median = row.activity().medianSeconds();
      Double rate = row.activity().trialsPerMinute();
      table.add(
          List.of(
              name(row.summary().run()),
              Long.toString(study.counts().total()),
              Long.toString(study.counts().valid()),
              Long.toString(study.counts().failed()),
              best == null ? "" : SynergyBins.shown(best.score()),
              median == null ? "" : shown(median),
              rate == null ? "" : shown(rate),
              Long.toString(row.duplicates()),
              Long.toString(row.activity().cached())));
    }
    return table.lines();
  }

  private static String shown(double number) {
    return String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.1f", number);
  }

  private static String name(String run) {
    String name = PrintableText.of(run);
    int end = name.length();
    int from = end;
    while (from > 0
        && DisplayWidth.of(name.substring(name.offsetByCodePoints(from, -1))) <= NAME_WIDTH) {
      from = name.offsetByCodePoints(from, -1);
    }
    return from == 0 ? name : "…" + name.substring(from);
  }
}
