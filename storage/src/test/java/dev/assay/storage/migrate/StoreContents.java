package dev.assay.storage.migrate;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/** Looks into a store's files past the store: DuckDB on the lake, SQLite on the live database. */
record StoreContents(Path store) {
  /** Rows of a query in which TRIALS and FILES stand for all parts. */
  List<List<Object>> lake(String sql) throws SQLException {
    return rows(
        "jdbc:duckdb:", sql.replace("TRIALS", parts("trials")).replace("FILES", parts("files")));
  }

  private String parts(String kind) {
    return "read_parquet(['%1$s/lake/%2$s/empty.parquet', '%1$s/lake/%2$s/*/*.parquet'])"
        .formatted(store, kind);
  }

  List<List<Object>> live(String sql) throws SQLException {
    return sqlite(store.resolve("live.db"), sql);
  }

  static List<List<Object>> sqlite(Path database, String sql) throws SQLException {
    return rows("jdbc:sqlite:" + database, sql);
  }

  /** The first column of a query on the live database, as texts. */
  List<String> liveTexts(String sql) throws SQLException {
    return live(sql).stream().map(row -> String.valueOf(row.get(0))).toList();
  }

  private static List<List<Object>> rows(String url, String sql) throws SQLException {
    List<List<Object>> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      int columns = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<Object> row = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          row.add(result.getObject(i));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
