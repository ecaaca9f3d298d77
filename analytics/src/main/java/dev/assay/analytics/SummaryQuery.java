package dev.assay.analytics;

import static java.util.Comparator.comparing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.analytics.RunNames.Folder;
import dev.assay.analytics.RunNames.Run;
import dev.assay.analytics.RunNames.Study;
import dev.assay.analytics.Summary.Counts;
import dev.assay.analytics.Summary.ScoreVersions;
import dev.assay.analytics.Summary.Trial;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sums a study up in one pass over a few columns of its parts; whole records are read for the best
 * trials only. Not for use by several threads.
 */
final class SummaryQuery {
  private final Study study;
  private final int top;
  private final TreeSet<Ranked> best;
  private final TreeSet<String> versions =
      new TreeSet<>(comparing(text -> text.codePoints().toArray(), Arrays::compare));
  private long total;
  private long skipped;
  private long failed;
  private long valid;
  private long withoutVersion;
  private double seconds;

  /** A valid trial among the best so far; {@code rank} is its place by file name. */
  private record Ranked(double score, long rank, long trialId) {}

  private SummaryQuery(Study study, int top) {
    this.study = study;
    this.top = top;
    // Adding zero makes a negative zero a zero, which it equals.
    Comparator<Ranked> byScore = Comparator.comparingDouble(ranked -> ranked.score() + 0.0);
    boolean lowest = study.directions().equals(List.of("MINIMIZE"));
    this.best = new TreeSet<>((lowest ? byScore : byScore.reversed()).thenComparing(Ranked::rank));
  }

  static Summary of(Connection connection, Run run, int top) throws SQLException {
    if (run instanceof Study study) {
      SummaryQuery query = new SummaryQuery(study, top);
      query.scan(connection);
      return query.summary(connection);
    }
    Folder folder = (Folder) run;
    return new Summary(
        folder.name(),
        new Counts(0, 0, 0, 0, 0),
        null,
        List.of(),
        0.0,
        new ScoreVersions(List.of(), 0),
        folder.runs());
  }

  private String parts() {
    return "read_parquet(getvariable('assay').trials[1:1] || getvariable('assay').study[%s].parts)"
        .formatted(Views.literal(study.name()));
  }

  private void scan(Connection connection) throws SQLException {
    // Legacy trials without constraints never counted as valid; ours had none to break.
    String sql =
        """
        SELECT
          trial_id,
          coalesce(attributes->>'$.skipped', 'false') <> 'false',
          error IS NOT NULL,
          coalesce(constraints_ok, %s)
            AND coalesce(json_array_length(attributes, '$.hard_failures'), 0) = 0
            AND coalesce(isfinite("value"), false),
          "value",
          attributes->>'$.score_version',
          coalesce(duration_seconds, 0)
        FROM (
          SELECT *, assay_json(user_attrs) AS attributes FROM %s
        )
        ORDER BY trial_file, number
        """
            .formatted(!study.legacy(), parts());
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        add(row);
      }
    }
  }

  private void add(ResultSet row) throws SQLException {
    total++;
    seconds += row.getDouble(7);
    if (row.getBoolean(2)) {
      skipped++;
    } else if (row.getBoolean(3)) {
      failed++;
    } else if (row.getBoolean(4)) {
      valid++;
      String version = row.getString(6);
      if (version == null) {
        withoutVersion++;
      } else {
        versions.add(version);
      }
      best.add(new Ranked(row.getDouble(5), total, row.getLong(1)));
      if (best.size() > Math.max(1, top)) {
        best.pollLast();
      }
    }
  }

  private Summary summary(Connection connection) throws SQLException {
    Map<Long, ObjectNode> records = records(connection);
    List<Trial> trials = new ArrayList<>();
    for (Ranked ranked : best) {
      trials.add(trial(ranked, records.getOrDefault(ranked.trialId(), Json.object())));
    }
    return new Summary(
        study.name(),
        new Counts(total, skipped, failed, total - skipped, valid),
        trials.isEmpty() ? null : trials.get(0),
        trials.subList(0, Math.min(top, trials.size())),
        seconds,
        new ScoreVersions(List.copyOf(versions), withoutVersion),
        List.of());
  }

  private Map<Long, ObjectNode> records(Connection connection) throws SQLException {
    Map<Long, ObjectNode> records = new HashMap<>();
    if (best.isEmpty()) {
      return records;
    }
    String ids =
        best.stream()
            .map(ranked -> Long.toString(ranked.trialId()))
            .collect(Collectors.joining(","));
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT trial_id, record FROM %s WHERE trial_id IN (%s)".formatted(parts(), ids))) {
      while (row.next()) {
        records.put(row.getLong(1), record(row.getLong(1), row.getString(2)));
      }
    }
    return records;
  }

  private ObjectNode record(long trialId, String text) {
    try {
      if (Json.parse(text) instanceof ObjectNode record) {
        return record;
      }
      throw unreadable(trialId, "it is no JSON object", null);
    } catch (JsonProcessingException e) {
      throw unreadable(trialId, e.getOriginalMessage(), e);
    }
  }

  private AnalyticsException unreadable(long trialId, String why, @Nullable Exception cause) {
    return new AnalyticsException(
        "study '%s': the record of trial %d cannot be read: %s"
            .formatted(study.name(), trialId, why),
        cause);
  }

  private static Trial trial(Ranked ranked, ObjectNode record) {
    String file = record.path("trial_file").textValue();
    return new Trial(
        id(record, file),
        file,
        ranked.score(),
        object(record, "metrics"),
        object(record, "params"));
  }

  private static JsonNode id(ObjectNode record, @Nullable String file) {
    JsonNode legacy = record.get("legacy_trial_id");
    if (legacy != null) {
      return legacy;
    }
    return file == null
        ? LongNode.valueOf(record.path("number").longValue())
        : TextNode.valueOf(file.endsWith(".json") ? file.substring(0, file.length() - 5) : file);
  }

  private static ObjectNode object(ObjectNode record, String member) {
    return record.get(member) instanceof ObjectNode object ? object : Json.object();
  }
}
