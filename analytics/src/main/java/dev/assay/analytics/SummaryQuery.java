package dev.assay.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import dev.assay.storage.SummaryCounter;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Sums a study up again in one pass over a few columns of its parts; whole records are read for the
 * best trials only. Not for use by several threads.
 */
final class SummaryQuery {
  private final Connection connection;
  private final StudyRecord study;
  private final SummaryCounter counter;

  private SummaryQuery(Connection connection, StudyRecord study, int top) {
    this.connection = connection;
    this.study = study;
    this.counter = new SummaryCounter(study, top);
  }

  static StudySummary of(Connection connection, StudyRecord study, int top) throws SQLException {
    SummaryQuery query = new SummaryQuery(connection, study, top);
    query.scan();
    Map<Long, StudySummary.Trial> best = query.best();
    return query.counter.summary(
        id -> {
          StudySummary.Trial trial = best.get(id);
          if (trial == null) {
            throw query.unreadable(id, "it is gone", null);
          }
          return trial;
        });
  }

  /** The ids of the valid trials, best first; equals in the order of their files' names. */
  static List<Long> valid(Connection connection, StudyRecord study) throws SQLException {
    SummaryQuery query = new SummaryQuery(connection, study, Integer.MAX_VALUE);
    query.scan();
    return query.counter.topTrialIds();
  }

  private void scan() throws SQLException {
    // Attributes that a summary does not look at are not read.
    String sql =
        """
        SELECT trial_id, number, state, "value", duration_seconds, error, constraints_ok,
          trial_file, epoch_us(datetime_complete),
          CASE
            WHEN contains(user_attrs, '"skipped"')
              OR contains(user_attrs, '"hard_failures"')
              OR contains(user_attrs, '"score_version"')
            THEN user_attrs
          END
        FROM %s
        """
            .formatted(Views.parts(study.name()));
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        counter.add(trial(row));
      }
    }
  }

  /** What a summary needs to know of a trial. */
  private FrozenTrial trial(ResultSet row) throws SQLException {
    long id = row.getLong(1);
    FrozenTrial.Builder trial =
        FrozenTrial.builder()
            .id(id)
            .number(row.getLong(2))
            .state(TrialState.valueOf(row.getString(3)))
            .durationSeconds(nullableDouble(row, 5))
            .error(row.getString(6))
            .trialFile(row.getString(8));
    Double value = nullableDouble(row, 4);
    if (value != null) {
      trial.value(value);
    }
    boolean constraintsOk = row.getBoolean(7);
    trial.constraintsOk(row.wasNull() ? null : (Boolean) constraintsOk);
    long complete = row.getLong(9);
    trial.complete(row.wasNull() ? null : Instant.EPOCH.plus(complete, ChronoUnit.MICROS));
    String attributes = row.getString(10);
    if (attributes != null) {
      trial.userAttrs(object(id, attributes));
    }
    return trial.build();
  }

  private static @Nullable Double nullableDouble(ResultSet row, int column) throws SQLException {
    double number = row.getDouble(column);
    return row.wasNull() ? null : (Double) number;
  }

  private Map<Long, StudySummary.Trial> best() throws SQLException {
    Map<Long, StudySummary.Trial> trials = new HashMap<>();
    List<Long> best = counter.topTrialIds();
    if (best.isEmpty()) {
      return trials;
    }
    String ids = best.stream().map(id -> Long.toString(id)).collect(Collectors.joining(","));
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT trial_id, \"value\", record FROM %s WHERE trial_id IN (%s)"
                    .formatted(Views.parts(study.name()), ids))) {
      while (row.next()) {
        long id = row.getLong(1);
        trials.put(id, shown(row.getDouble(2), object(id, row.getString(3))));
      }
    }
    return trials;
  }

  private static StudySummary.Trial shown(double score, ObjectNode record) {
    return StudySummary.Trial.of(
        FrozenTrial.builder()
            .number(record.path("number").longValue())
            .value(score)
            .trialFile(record.path("trial_file").textValue())
            .legacyTrialId(record.get("legacy_trial_id"))
            .metrics(member(record, "metrics"))
            .params(member(record, "params"))
            .build());
  }

  private static ObjectNode member(ObjectNode record, String name) {
    return record.get(name) instanceof ObjectNode object ? object : Json.object();
  }

  private ObjectNode object(long trialId, String text) {
    try {
      if (Json.parse(text) instanceof ObjectNode object) {
        return object;
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
}
