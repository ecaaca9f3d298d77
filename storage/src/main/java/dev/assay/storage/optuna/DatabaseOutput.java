package dev.assay.storage.optuna;

import dev.assay.storage.StudyRecord;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** A new SQLite database in Optuna's schema. It is no database before {@link #finish}. */
final class DatabaseOutput implements OptunaOutput {
  static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT);

  private static final int BATCH_TRIALS = 500;

  private final Connection connection;
  private final DateTimeFormatter time;
  private final Map<String, PreparedStatement> inserts = new LinkedHashMap<>();
  private long studyId;
  private long trialId;

  /**
   * @param file is not there yet
   * @param zone the zone in which datetimes are written
   */
  DatabaseOutput(Path file, ZoneId zone) throws SQLException {
    this.time = TIME.withZone(zone);
    SQLiteConfig config = new SQLiteConfig();
    // Whoever made the file syncs it, and throws it away where this fails.
    config.setJournalMode(SQLiteConfig.JournalMode.OFF);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    this.connection =
        OptunaSchema.create(
            config.createConnection("jdbc:sqlite:file:" + file.toUri().getRawPath()));
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
  public DateTimeFormatter time() {
    return time;
  }

  @Override
  public long nextTrialId() {
    return trialId + 1;
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
    insertAttributes(
        "study_user_attributes", "study_id", studyId, OptunaForm.attributes(study.userAttrs()));
    insertAttributes(
        "study_system_attributes",
        "study_id",
        studyId,
        OptunaForm.systemAttributes(study.systemAttrs()));
  }

  private void insertAttributes(
      String table, String owner, long id, List<OptunaTrial.Attr> attributes) throws SQLException {
    for (OptunaTrial.Attr attribute : attributes) {
      insert(table, owner + ", key, value_json", id, attribute.key(), attribute.json());
    }
  }

  @Override
  public void add(OptunaTrial trial) throws SQLException {
    trialId++;
    insert(
        "trials",
        "trial_id, number, study_id, state, datetime_start, datetime_complete",
        trialId,
        trial.number(),
        studyId,
        trial.state(),
        trial.start(),
        trial.complete());
    for (OptunaTrial.Value value : trial.values()) {
      insert(
          "trial_values",
          "trial_id, objective, value, value_type",
          trialId,
          value.objective(),
          value.value(),
          value.type());
    }
    for (OptunaTrial.Param param : trial.params()) {
      insert(
          "trial_params",
          "trial_id, param_name, param_value, distribution_json",
          trialId,
          param.name(),
          param.internal(),
          param.distribution());
    }
    insertAttributes("trial_user_attributes", "trial_id", trialId, trial.userAttrs());
    insertAttributes("trial_system_attributes", "trial_id", trialId, trial.systemAttrs());
    for (OptunaTrial.Step step : trial.steps()) {
      insert(
          "trial_intermediate_values",
          "trial_id, step, intermediate_value, intermediate_value_type",
          trialId,
          step.step(),
          step.value(),
          step.type());
    }
    if (trialId % BATCH_TRIALS == 0) {
      execute();
    }
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
