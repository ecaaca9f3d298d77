package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Reads one CSV, Parquet or JSON lines file with a DuckDB of its own, which can open no other file
 * and nothing on the network. Rows are streamed in the file's order. Not safe to share between
 * threads.
 */
final class TableReader implements AutoCloseable {
  private static final String MEMORY_LIMIT = "512MB";

  /** Of how many rejected rows the lines are kept; of the others, only the number. */
  private static final int REJECTS_NAMED = 100;

  /** More are not counted: their lines are in memory. */
  private static final int REJECTS_KEPT = 100_000;

  private static final int ROWS_FOR_ADVICE = 100;

  /** All that the driver tells of a streamed answer that fails before its first row. */
  private static final String LOST = "Invalid result set";

  private final Connection database;
  private final TableShape shape;

  /** Hears the rows of a table: a text for each column, null for an empty cell. */
  @FunctionalInterface
  interface Rows {
    /** The array is used again for the next row. */
    void row(@Nullable String[] cells);
  }

  /**
   * A row that is not as wide as the table, or not text.
   *
   * @param line in the file, from 1
   * @param reason what was found
   */
  record Reject(long line, String reason) {}

  /**
   * The rows that cannot be read.
   *
   * @param named the first of them
   */
  record Rejects(long count, List<Reject> named) {}

  private TableReader(Connection database, TableShape shape) {
    this.database = database;
    this.shape = shape;
  }

  /**
   * Looks at a table's columns.
   *
   * @param file its real path
   * @throws UnreadableDocumentException where it is no table
   */
  static TableReader open(Path file) throws IOException, UnreadableDocumentException {
    try {
      Connection database = connect(file);
      try {
        return new TableReader(database, shape(database, file));
      } catch (SQLException | IOException | UnreadableDocumentException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  static Connection connect(Path file) throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("jdbc_stream_results", "true");
    settings.setProperty("autoinstall_known_extensions", "false");
    settings.setProperty("autoload_known_extensions", "false");
    settings.setProperty("memory_limit", MEMORY_LIMIT);
    settings.setProperty("temp_directory", "");
    // One thread reads the rows in their order, and no more of them than are asked for.
    settings.setProperty("threads", "1");
    Connection database = DriverManager.getConnection("jdbc:duckdb:", settings);
    try (Statement statement = database.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      statement.execute("SET allowed_paths = [%s]".formatted(TableShape.literal(file)));
      statement.execute("SET enable_external_access = false");
      statement.execute("SET lock_configuration = true");
      return database;
    } catch (SQLException e) {
      database.close();
      throw e;
    }
  }

  private static TableShape shape(Connection database, Path file)
      throws SQLException, IOException, UnreadableDocumentException {
    return switch (requireNonNull(TableFile.of(file), "no table")) {
      case CSV -> TableShape.ofCsv(file);
      case PARQUET ->
          TableShape.ofParquet(file, described(database, TableShape.parquetRelation(file)));
      case JSON_LINES ->
          TableShape.ofJsonLines(file, described(database, TableShape.linesRelation(file)));
    };
  }

  private static List<TableShape.Typed> described(Connection database, String relation)
      throws SQLException {
    List<TableShape.Typed> columns = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery("DESCRIBE SELECT * FROM " + relation + ")")) {
      while (row.next()) {
        columns.add(new TableShape.Typed(row.getString(1), row.getString(2)));
      }
    }
    return columns;
  }

  TableShape shape() {
    return shape;
  }

  /** Tells what each column holds: from the types, or by reading all rows. */
  List<CellKind> kinds() throws UnreadableDocumentException {
    List<CellKind> known = shape.kinds();
    if (known != null) {
      return known;
    }
    List<CellKind.Survey> surveys = survey("");
    // Where there are decimal points, a comma is something else.
    boolean points = surveys.stream().anyMatch(CellKind.Survey::hasPoints);
    return surveys.stream()
        .map(CellKind.Survey::kind)
        .map(kind -> points && kind == CellKind.COMMA ? CellKind.TEXT : kind)
        .toList();
  }

  private List<CellKind.Survey> survey(String limit) throws UnreadableDocumentException {
    List<CellKind.Survey> surveys = new ArrayList<>();
    shape.columns().forEach(column -> surveys.add(new CellKind.Survey()));
    read(
        shape.relation() + ")" + limit,
        cells -> {
          for (int i = 0; i < cells.length; i++) {
            surveys.get(i).add(cells[i]);
          }
        });
    return surveys;
  }

  /** Whether the first rows of a column have numbers, for advice; not where they cannot be read. */
  boolean looksLikeNumbers(String column) {
    try {
      return survey(" LIMIT " + ROWS_FOR_ADVICE)
          .get(shape.columns().indexOf(column))
          .hasNumbersAlone();
    } catch (UnreadableDocumentException e) {
      return false;
    }
  }

  /** Reads all rows, and tells those that cannot be read. */
  Rejects read(Rows rows) throws UnreadableDocumentException {
    if (shape.kinds() != null) {
      read(shape.relation() + ")", rows);
      return new Rejects(0, List.of());
    }
    read(
        shape.relation() + ", store_rejects = true, rejects_limit = %d)".formatted(REJECTS_KEPT),
        rows);
    return rejects();
  }

  private void read(String relation, Rows rows) throws UnreadableDocumentException {
    String sql = "SELECT %s FROM %s".formatted(String.join(", ", shape.expressions()), relation);
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      @Nullable String[] cells = new @Nullable String[shape.columns().size()];
      while (row.next()) {
        for (int i = 0; i < cells.length; i++) {
          String cell = row.getString(i + 1);
          cells[i] = cell == null || cell.isEmpty() ? null : cell;
        }
        rows.row(cells);
      }
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private Rejects rejects() throws UnreadableDocumentException {
    String sql =
        "SELECT line, first(error_type || ': ' || error_message ORDER BY column_idx), "
            + "count(*) OVER () FROM reject_errors GROUP BY line, line_byte_position "
            + "ORDER BY line_byte_position LIMIT "
            + REJECTS_NAMED;
    List<Reject> named = new ArrayList<>();
    long count = 0;
    try (Statement statement = database.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        named.add(new Reject(row.getLong(1), row.getString(2).toLowerCase(Locale.ROOT)));
        count = row.getLong(3);
      }
      return new Rejects(count, named);
    } catch (SQLException e) {
      throw unreadable(e);
    }
  }

  private static UnreadableDocumentException unreadable(SQLException e) {
    String message = String.valueOf(e.getMessage());
    String reason =
        message.contains(LOST)
            ? "it is damaged, its lines end in different ways, or a quote in it is not closed"
            : message.replaceFirst("(?s)\\R.*", "").replace("java.sql.SQLException: ", "");
    return new UnreadableDocumentException(
        "cannot be read as a table: %s; write it again".formatted(reason));
  }

  @Override
  public void close() {
    try {
      database.close();
    } catch (SQLException e) {
      throw new IllegalStateException("an in-memory database does not close", e);
    }
  }
}
