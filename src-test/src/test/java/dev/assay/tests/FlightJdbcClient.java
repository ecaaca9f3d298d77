package dev.assay.tests;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;

/**
 * A program of somebody else that knows JDBC and the driver for Flight SQL, and nothing of Assay.
 */
final class FlightJdbcClient {
  private FlightJdbcClient() {}

  public static void main(String[] args) throws SQLException {
    try (Connection connection = DriverManager.getConnection(args[0])) {
      ask(connection, "SELECT number, state, value FROM trials ORDER BY number LIMIT 2");
      ask(
          connection,
          "SELECT now() < TIMESTAMP '2000-01-01', datetime_complete < now() FROM trials LIMIT 1");
      ask(connection, "SELECT sum(number), TIMESTAMPTZ '2026-01-02 03:04:05+01' FROM trials");
      ask(connection, "COPY (SELECT 1) TO 'x.csv'");
      prepared(connection);
      try (ResultSet columns =
          connection.getMetaData().getColumns(null, null, "trials", "number")) {
        columns.next();
        System.out.println(
            columns.getString("TABLE_NAME")
                + "."
                + columns.getString("COLUMN_NAME")
                + " "
                + columns.getString("TYPE_NAME"));
      }
      cancelled(connection);
      large(connection);
    }
    // The driver's threads would live on.
    System.exit(0);
  }

  private static void ask(Connection connection, String sql) {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      show(rows);
    } catch (SQLException e) {
      System.out.println("refused: " + e.getMessage());
    }
  }

  private static void show(ResultSet rows) throws SQLException {
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      StringBuilder line = new StringBuilder();
      for (int i = 1; i <= columns; i++) {
        Object value = rows.getObject(i);
        line.append(i == 1 ? "" : "|").append(value instanceof Timestamp t ? t.toInstant() : value);
      }
      System.out.println(line);
    }
  }

  private static void prepared(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT number FROM trials WHERE number > ? AND state = ? ORDER BY ALL LIMIT 2")) {
      for (long above = 0; above < 2; above++) {
        statement.setLong(1, above);
        statement.setString(2, "COMPLETE");
        try (ResultSet rows = statement.executeQuery()) {
          show(rows);
        }
      }
    }
  }

  /** Leaves a query that would take hours. */
  private static void cancelled(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery("SELECT i FROM range(1000000000000) t(i)");
      rows.next();
      statement.cancel();
      System.out.println("left a query");
    }
  }

  private static void large(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT i, i / 7.0 AS x, 'text ' || i AS t, 'COMPLETE' AS s FROM range(1000000) t(i)")) {
      long sum = 0;
      while (rows.next()) {
        sum += rows.getLong(1);
      }
      System.out.println(sum);
    }
  }
}
