package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.StoreAttributes;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads Optuna's relational schema over JDBC, in SQL that SQLite, PostgreSQL and MySQL share. Not
 * safe to share between threads.
 */
final class OptunaDatabase {
  private final Connection connection;

  OptunaDatabase(Connection connection) {
    this.connection = connection;
  }

  /**
   * Whether this is an Optuna database of any revision: it has Optuna's tables.
   *
   * @throws SQLException where the database cannot be read
   */
  boolean isOptuna() throws SQLException {
    return tables().containsAll(List.of("studies", "trials", "version_info"));
  }

  /**
   * @throws RefusedException where it is another schema than the one that is read
   */
  void requireSchema() throws RefusedException, SQLException {
    if (!isOptuna()) {
      throw new RefusedException(
          "not an Optuna database: it has no tables studies, trials and version_info");
    }
    TreeSet<String> missing = new TreeSet<>(OptunaSchema.TABLES);
    missing.add("alembic_version");
    missing.removeAll(tables());
    String head = missing.contains("alembic_version") ? null : text(HEAD);
    String version = text(VERSION);
    if (!OptunaSchema.HEAD.equals(head)
        || !Integer.toString(OptunaSchema.VERSION).equals(version)) {
      throw new RefusedException(
          "its schema is revision %s (version %s) of Optuna's, this version of Assay reads %s (version %d); run 'optuna storage upgrade' on it, or on a copy, with Optuna 3.2 or newer and migrate it again"
              .formatted(head, version, OptunaSchema.HEAD, OptunaSchema.VERSION));
    }
    if (!missing.isEmpty()) {
      throw new RefusedException(
          "the tables %s of Optuna's schema are missing; put back a copy of the database"
              .formatted(String.join(", ", missing)));
    }
  }

  private static final String HEAD = "SELECT version_num FROM alembic_version";
  private static final String VERSION = "SELECT schema_version FROM version_info";

  private String text(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "none";
    }
  }

  /** In SQLite only real tables: a view or a virtual table may have rows without end. */
  private List<String> tables() throws SQLException {
    List<String> names = new ArrayList<>();
    DatabaseMetaData metadata = connection.getMetaData();
    if (metadata.getDatabaseProductName().equals("SQLite")) {
      String sql = "SELECT lower(name) FROM sqlite_schema WHERE type = 'table' AND rootpage > 0";
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery(sql)) {
        while (row.next()) {
          names.add(row.getString(1));
        }
      }
      return names;
    }
    try (ResultSet row =
        metadata.getTables(
            connection.getCatalog(), connection.getSchema(), null, new String[] {"TABLE"})) {
      while (row.next()) {
        names.add(row.getString("TABLE_NAME"));
      }
    }
    return names;
  }

  /** All studies, in the order in which they were created. */
  List<StudyRow> studies() throws SQLException {
    List<StudyRow> studies = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT s.study_id, s.study_name, (SELECT count(*) FROM trials t "
                    + "WHERE t.study_id = s.study_id) FROM studies s ORDER BY s.study_id")) {
      while (row.next()) {
        studies.add(new StudyRow(row.getLong(1), String.valueOf(row.getString(2)), row.getLong(3)));
      }
    }
    return studies;
  }

  /**
   * A study without its trials.
   *
   * @throws RefusedException where its directions cannot be understood
   */
  OptunaStudy study(StudyRow row) throws SQLException, RefusedException {
    Map<String, String> unreadable = new LinkedHashMap<>();
    List<Direction> directions = directions(row.id(), unreadable);
    return new OptunaStudy(
        row,
        directions,
        attributes(row.id(), "user", unreadable),
        attributes(row.id(), "system", unreadable),
        unreadable);
  }

  private List<Direction> directions(long studyId, Map<String, String> unreadable)
      throws SQLException, RefusedException {
    List<Direction> directions = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT direction, objective FROM study_directions WHERE study_id = ? ORDER BY"
                + " objective")) {
      statement.setLong(1, studyId);
      ResultSet row = statement.executeQuery();
      while (row.next()) {
        String text = String.valueOf(row.getString(1));
        if (row.getLong(2) != directions.size()) {
          throw new RefusedException(
              "its direction number %d is missing from study_directions"
                  .formatted(directions.size()));
        }
        directions.add(direction(text, unreadable));
      }
    }
    if (directions.isEmpty()) {
      throw new RefusedException("it has no row in study_directions, expected one an objective");
    }
    return directions;
  }

  private static Direction direction(String text, Map<String, String> unreadable)
      throws RefusedException {
    return switch (text) {
      case "MINIMIZE" -> Direction.MINIMIZE;
      case "MAXIMIZE" -> Direction.MAXIMIZE;
      case "NOT_SET" -> {
        // Optuna minimizes then.
        unreadable.put("direction", text);
        yield Direction.MINIMIZE;
      }
      default ->
          throw new RefusedException(
              "its direction is '%s', expected MINIMIZE or MAXIMIZE".formatted(text));
    };
  }

  private ObjectNode attributes(long studyId, String kind, Map<String, String> unreadable)
      throws SQLException {
    ObjectNode node = Json.object();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT c.key, c.value_json FROM study_%1$s_attributes c WHERE c.study_id = ? ORDER BY c.study_%1$s_attribute_id"
                .formatted(kind))) {
      statement.setLong(1, studyId);
      ResultSet row = statement.executeQuery();
      Column column = new Column(row, unreadable);
      while (row.next()) {
        String key = column.requiredText(1, kind + "_attrs.");
        String where = kind + "_attrs." + key;
        String json = column.requiredText(2, where);
        if (key != null && json != null) {
          try {
            node.set(kind.equals("system") ? StoreAttributes.toStore(key) : key, Json.parse(json));
          } catch (JsonProcessingException e) {
            unreadable.put(where, json);
          }
        }
      }
    }
    return node;
  }

  /** The study's trials in the order of their ids. */
  OptunaTrials trials(long studyId) throws SQLException {
    return new OptunaTrials(connection, TrialRange.all(studyId));
  }

  /** One of the study's trials; null where there is none of this id. */
  @Nullable OptunaTrial trial(long studyId, long trialId) throws SQLException {
    try (OptunaTrials one = new OptunaTrials(connection, TrialRange.one(studyId, trialId))) {
      return one.next();
    }
  }
}
