package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** A new SQLite database in Optuna's schema. It is no database before {@link #finish}. */
final class DatabaseOutput implements OptunaOutput {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private static final int BATCH_TRIALS = 500;

  private final Connection connection;
  private final ZoneId zone;
  private final Map<String, PreparedStatement> inserts = new LinkedHashMap<>();
  private long studyId;
  private long trialId;

  /**
   * @param file is not there yet
   * @param zone the zone in which datetimes are written
   */
  DatabaseOutput(Path file, ZoneId zone) throws SQLException {
    this.zone = zone;
    SQLiteConfig config = new SQLiteConfig();
    // Whoever made the file syncs it, and throws it away where this fails.
    config.setJournalMode(SQLiteConfig.JournalMode.OFF);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    this.connection = config.createConnection("jdbc:sqlite:file:" + file.toUri().getRawPath());
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate(schema());
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String schema() {
    try (InputStream in = DatabaseOutput.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("schema.sql is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a row to the next batch. */
  private void insert(String table, String columns, @Nullable Object... values)
      throws SQLException {
    PreparedStatement insert = inserts.get(table);
    if (insert == null) {
      insert =
          connection.prepareStatement(
              "INSERT INTO %s (%s) VALUES (?%s)"
                  .formatted(table, columns, ", ?".repeat(values.length - 1)));
      inserts.put(table, insert);
    }
    for (int i = 0; i < values.length; i++) {
      insert.setObject(i + 1, values[i]);
    }
    insert.addBatch();
  }

  @Override
  public void begin(StudyRecord study) throws SQLException {
    studyId++;
    insert("studies", "study_id, study_name", studyId, study.name());
    for (int i = 0; i < study.directions().size(); i++) {
      insert(
          "study_directions",
          "direction, study_id, objective",
          study.directions().get(i).name(),
          studyId,
          i);
    }
    insertAttributes("study_user_attributes", "study_id", studyId, study.userAttrs());
    insertAttributes("study_system_attributes", "study_id", studyId, study.systemAttrs());
  }

  private void insertAttributes(String table, String owner, long id, ObjectNode attributes)
      throws SQLException {
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      insert(
          table,
          owner + ", key, value_json",
          id,
          attribute.getKey(),
          CanonicalJson.compact(attribute.getValue()));
    }
  }

  @Override
  public void add(ExportedTrial trial) throws SQLException {
    trialId++;
    insert(
        "trials",
        "trial_id, number, study_id, state, datetime_start, datetime_complete",
        trialId,
        trial.number(),
        studyId,
        trial.state().name(),
        text(trial.start()),
        text(trial.complete()));
    for (int i = 0; i < trial.values().size(); i++) {
      double value = trial.values().get(i);
      insert(
          "trial_values",
          "trial_id, objective, value, value_type",
          trialId,
          i,
          finite(value),
          type(value));
    }
    for (ExportedTrial.Parameter parameter : trial.params()) {
      insert(
          "trial_params",
          "trial_id, param_name, param_value, distribution_json",
          trialId,
          parameter.name(),
          parameter.internal(),
          CanonicalJson.compact(parameter.distribution()));
    }
    insertAttributes("trial_user_attributes", "trial_id", trialId, trial.userAttrs());
    insertAttributes("trial_system_attributes", "trial_id", trialId, trial.systemAttrs());
    for (Map.Entry<Long, Double> step : trial.intermediateValues().entrySet()) {
      insert(
          "trial_intermediate_values",
          "trial_id, step, intermediate_value, intermediate_value_type",
          trialId,
          step.getKey(),
          finite(step.getValue()),
          type(step.getValue()));
    }
    if (trialId % BATCH_TRIALS == 0) {
      execute();
    }
  }

  private @Nullable String text(@Nullable Instant moment) {
    return moment == null ? null : TIME.format(ExportedTrial.local(moment, zone));
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? (Double) value : null;
  }

  private static String type(double value) {
    if (Double.isNaN(value)) {
      return "NAN";
    }
    return Double.isFinite(value) ? "FINITE" : value > 0 ? "INF_POS" : "INF_NEG";
  }

  private void execute() throws SQLException {
    for (PreparedStatement insert : inserts.values()) {
      insert.executeBatch();
    }
  }

  @Override
  public void finish() throws SQLException {
    execute();
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    try (connection) {
      for (PreparedStatement insert : inserts.values()) {
        insert.close();
      }
    }
  }
}
