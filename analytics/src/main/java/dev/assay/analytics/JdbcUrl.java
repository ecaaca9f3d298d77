package dev.assay.analytics;

import java.nio.file.Files;
import java.nio.file.Path;

/** What another program needs to open a store with DuckDB's own JDBC driver. */
public final class JdbcUrl {
  private JdbcUrl() {}

  /**
   * The URL of a private in-memory database with the store's views. {@code views.sql} is written
   * for the store's present place first, so that a store that was moved or copied works afterwards;
   * into the temporary directory where the store has no such file and cannot be written.
   *
   * @throws AnalyticsException where there is no store, or its path cannot stand in a URL
   */
  public static String of(Path store) {
    Path file = Files.isWritable(Views.place(store)) ? Views.publish(store) : Views.beside(store);
    if (file.toString().indexOf(';') >= 0 || file.toString().indexOf('=') >= 0) {
      throw new AnalyticsException(
          "%s: DuckDB's JDBC URL cannot hold a path with ';' or '='; reach the store through a path without them, such as a symbolic link"
              .formatted(file));
    }
    return "jdbc:duckdb:;session_init_sql_file=" + file;
  }

  /** Flags for the JVM of a program that reads Arrow, or runs on JDK 24 or newer. */
  public static String jvmFlags() {
    return "--add-opens=java.base/java.nio=ALL-UNNAMED --enable-native-access=ALL-UNNAMED";
  }
}
