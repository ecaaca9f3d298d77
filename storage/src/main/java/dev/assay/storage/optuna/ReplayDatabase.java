package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.CanonicalJson;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** The studies of a journal, in a SQLite file of Optuna's schema that nobody keeps. */
final class ReplayDatabase implements AutoCloseable {
  /** The type of a value that SQLite cannot keep; Optuna's databases have no such type. */
  static final String NEGATIVE_ZERO = "NEG_0";

  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /**
   * @param file is not there yet
   */
  ReplayDatabase(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.OFF);
    config.setSynchronous(SQLiteConfig.SynchronousMode.OFF);
    connection =
        OptunaSchema.create(
            config.createConnection("jdbc:sqlite:file:" + file.toUri().getRawPath()));
  }

  Connection connection() {
    return connection;
  }

  private void run(String sql, @Nullable Object... values) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
    statement.executeUpdate();
  }

  void addStudy(long id, String name) throws SQLException {
    run("INSERT INTO studies (study_id, study_name) VALUES (?, ?)", id, name);
  }

  void addDirection(long studyId, int objective, String direction) throws SQLException {
    run(
        "INSERT INTO study_directions (study_id, objective, direction) VALUES (?, ?, ?)",
        studyId,
        objective,
        direction);
  }

  /** Its trials stay, and are nobody's. */
  void deleteStudy(long id) throws SQLException {
    run("DELETE FROM studies WHERE study_id = ?", id);
  }

  void setStudyAttribute(String kind, long studyId, String key, JsonNode value)
      throws SQLException {
    setAttribute("study", kind, studyId, key, value);
  }

  void setTrialAttribute(String kind, long trialId, String key, JsonNode value)
      throws SQLException {
    setAttribute("trial", kind, trialId, key, value);
  }

  private void setAttribute(String of, String kind, long id, String key, JsonNode value)
      throws SQLException {
    run(
        "INSERT INTO %1$s_%2$s_attributes (%1$s_id, key, value_json) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value_json = excluded.value_json"
            .formatted(of, kind),
        id,
        key,
        CanonicalJson.compact(value));
  }

  void addTrial(
      long id,
      long number,
      long studyId,
      String state,
      @Nullable String start,
      @Nullable String complete)
      throws SQLException {
    run(
        "INSERT INTO trials (trial_id, number, study_id, state, datetime_start, datetime_complete)"
            + " VALUES (?, ?, ?, ?, ?, ?)",
        id,
        number,
        studyId,
        state,
        start,
        complete);
  }

  /** A time that is null stays as it was. */
  void setState(long trialId, String state, @Nullable String start, @Nullable String complete)
      throws SQLException {
    run(
        "UPDATE trials SET state = ?, datetime_start = coalesce(?, datetime_start),"
            + " datetime_complete = coalesce(?, datetime_complete) WHERE trial_id = ?",
        state,
        start,
        complete,
        trialId);
  }

  void setParam(long trialId, String name, @Nullable Double internal, String distribution)
      throws SQLException {
    run(
        "INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?,"
            + " ?, ?, ?) ON CONFLICT DO UPDATE SET param_value = excluded.param_value,"
            + " distribution_json = excluded.distribution_json",
        trialId,
        name,
        internal,
        distribution);
  }

  void clearValues(long trialId) throws SQLException {
    run("DELETE FROM trial_values WHERE trial_id = ?", trialId);
  }

  void addValue(long trialId, int objective, @Nullable Double value) throws SQLException {
    run(
        "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, ?, ?, ?)",
        trialId,
        objective,
        value,
        type(value));
  }

  void setStep(long trialId, long step, @Nullable Double value) throws SQLException {
    run(
        "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value,"
            + " intermediate_value_type) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
            + " intermediate_value = excluded.intermediate_value, intermediate_value_type ="
            + " excluded.intermediate_value_type",
        trialId,
        step,
        value,
        type(value));
  }

  private static String type(@Nullable Double value) {
    if (value != null && value == 0 && 1 / value < 0) {
      return NEGATIVE_ZERO;
    }
    if (value == null || Double.isFinite(value)) {
      return "FINITE";
    }
    if (Double.isNaN(value)) {
      return "NAN";
    }
    return value > 0 ? "INF_POS" : "INF_NEG";
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
