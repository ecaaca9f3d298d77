package dev.assay.storage.optuna;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** Optuna's relational schema. */
final class OptunaSchema {
  /** The revision of the schema that is read and written, in {@code alembic_version}. */
  static final String HEAD = "v3.2.0.a";

  /** The number of the schema that is read and written, in {@code version_info}. */
  static final int VERSION = 12;

  /** The Optuna whose tables an export makes. */
  static final String LIBRARY = "5.0.0";

  /** The tables that hold what is taken. */
  static final List<String> TABLES =
      List.of(
          "studies",
          "study_directions",
          "study_user_attributes",
          "study_system_attributes",
          "trials",
          "trial_values",
          "trial_intermediate_values",
          "trial_params",
          "trial_user_attributes",
          "trial_system_attributes",
          "trial_heartbeats");

  private OptunaSchema() {}

  /**
   * Makes the tables in an empty SQLite database and begins a transaction.
   *
   * @return the same connection, closed where this fails
   */
  static Connection create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.executeUpdate(tables());
      statement.executeUpdate(
          "INSERT INTO version_info (version_info_id, schema_version, library_version) VALUES (1, %d, '%s')"
              .formatted(VERSION, LIBRARY));
      statement.executeUpdate("INSERT INTO alembic_version VALUES ('%s')".formatted(HEAD));
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  private static String tables() {
    try (InputStream in = OptunaSchema.class.getResourceAsStream("schema.sql")) {
      if (in == null) {
        throw new IllegalStateException("schema.sql is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
