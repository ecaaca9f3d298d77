package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import dev.assay.storage.TrialState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.arrow.memory.BufferAllocator;
import org.duckdb.DuckDBResultSet;

/**
 * Questions to a store, in SQL. Each instance has a private in-memory database whose views read the
 * store's files; it is a snapshot of the store, and {@link #refresh} brings it up to date. No
 * statement can change what the store holds, save one that writes files itself (COPY).
 *
 * <p>Results stream: memory is bounded by {@value #MEMORY_LIMIT} of DuckDB's, beyond which it
 * spills to a temporary directory outside the store.
 *
 * <p>Used by one thread at a time.
 */
public final class Analytics implements AutoCloseable {
  private static final String MEMORY_LIMIT = "512MB";

  private final Path root;
  private final Path scratch;
  private final Connection connection;

  private Analytics(Path root, Path scratch, Connection connection) {
    this.root = root;
    this.scratch = scratch;
    this.connection = connection;
  }

  /**
   * Opens a store's files as they are now; trials that the store has not yet shown to readers are
   * missing.
   *
   * @param store the store's directory
   * @throws AnalyticsException where there is no store, or its manifest cannot be read
   */
  public static Analytics open(Path store) {
    Path root = Views.place(store);
    Path scratch = Scratch.create();
    try {
      return connect(root, scratch);
    } catch (SQLException e) {
      Scratch.remove(scratch);
      throw new AnalyticsException(
          "cannot open %s: %s".formatted(root, DuckDbMessage.failed(e).getMessage()), e);
    }
  }

  /**
   * Opens a store with every trial that is finished by now, and sees to it that its {@code
   * views.sql} is there for other programs.
   */
  public static Analytics open(Store store) {
    requireNonNull(store, "store is null").refresh();
    Views.publish(store.directory());
    return open(store.directory());
  }

  /**
   * The study that a person means.
   *
   * @param run a study's name, an unambiguous prefix or the end of one, or a run's folder
   * @throws AnalyticsException where {@code run} names no study, or several
   */
  public static StudyRecord study(ReadableStore store, String run) {
    return study(new RunNames(store.studies(), store.directory()), run);
  }

  private static StudyRecord study(RunNames names, String run) {
    RunNames.Run found = names.find(run);
    if (found instanceof RunNames.Folder folder) {
      throw new AnalyticsException(
          "'%s' is a folder of runs and no run itself; name one of them, such as '%s'"
              .formatted(run, folder.runs().get(0)));
    }
    return ((RunNames.Study) found).study();
  }

  private static Analytics connect(Path root, Path scratch) throws SQLException {
    Properties settings = Scratch.settings(scratch, MEMORY_LIMIT);
    settings.setProperty("jdbc_stream_results", "true");
    Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
    try {
      execute(connection, Views.sql(root));
      return new Analytics(root, scratch, connection);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Brings the session up to what the store's manifest says now. */
  public void refresh() {
    change("SET VARIABLE assay = (FROM assay_manifest)");
  }

  private void change(String sql) {
    try {
      execute(connection, sql);
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    }
  }

  /**
   * Runs statements and writes their results, as {@link #query(SqlScript, ResultFormat,
   * OutputStream)} does.
   */
  public long query(String sql, ResultFormat format, OutputStream out) throws IOException {
    return query(SqlScript.of(sql), format, out);
  }

  /**
   * Runs a script's statements, one after the other, and writes the results of those that have one
   * (SET, CREATE and COPY have none). The first that fails ends it; what was written before stays.
   *
   * @param out is not closed
   * @return how many rows were written
   * @throws AnalyticsException with DuckDB's message and the place in the text, when a statement
   *     fails, or gives a second result where the format holds one
   * @throws IOException when {@code out} cannot be written
   */
  public long query(SqlScript script, ResultFormat format, OutputStream out) throws IOException {
    ScriptOutput output = new ScriptOutput(format, out);
    for (SqlScript.Statement statement : script.statements()) {
      output.changed(run(script, statement, statement.sql(), output::add));
    }
    return output.end();
  }

  /**
   * Runs a script's statements and writes what the last one gives into a Parquet file, compressed
   * with ZSTD.
   *
   * @param file replaced where it is there
   * @throws AnalyticsException when a statement fails, or one before the last gives a result
   */
  public void writeParquet(SqlScript script, Path file) throws IOException {
    List<SqlScript.Statement> statements = script.statements();
    int last = statements.size() - 1;
    for (SqlScript.Statement statement : statements.subList(0, last)) {
      run(
          script,
          statement,
          statement.sql(),
          result -> {
            throw ScriptOutput.another("parquet");
          });
    }
    String options = " TO %s (FORMAT parquet, COMPRESSION zstd)";
    SqlScript.Statement copied = statements.get(last);
    String copy = copied.sql("COPY (", ")" + options.formatted(Views.literal(file.toString())));
    // DuckDB 2.0.0 may wait for ever where a query fails while its threads for I/O write the file.
    change("SET async_threads = 0");
    try {
      run(script, copied, copy, result -> {});
    } finally {
      change("RESET async_threads");
    }
  }

  /** Something that a result is given to. */
  private interface Taker {
    void take(DuckDBResultSet result) throws SQLException, IOException;
  }

  /** Runs one statement; gives the number of rows that it changed, 0 where it has a result. */
  private long run(SqlScript script, SqlScript.Statement asked, String sql, Taker taker)
      throws IOException {
    try (Statement statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return Math.max(0, statement.getUpdateCount());
      }
      try (ResultSet result = statement.getResultSet()) {
        taker.take(result.unwrap(DuckDBResultSet.class));
        return 0;
      }
    } catch (SQLException e) {
      AnalyticsException failed =
          failed(
              e,
              plain -> {
                execute(plain, sql);
                return 0;
              });
      throw script.located(failed, asked);
    } catch (AnalyticsException e) {
      throw script.located(e, asked);
    }
  }

  /**
   * Runs a query and hands its result over as Arrow record batches, which are DuckDB's own memory.
   * They are closed before the next question is asked.
   *
   * @param allocator stays the caller's, who closes it after the batches: it counts the memory that
   *     DuckDB lends the batch at hand, which goes back when the next one comes
   * @throws AnalyticsException with DuckDB's message and the place in the text, when the SQL fails
   *     or has no result, and where this JVM was started without what Arrow needs
   */
  public ArrowBatches batches(String sql, BufferAllocator allocator) {
    try {
      return batches(connection.createStatement(), sql, allocator);
    } catch (SQLException e) {
      throw failed(e, plain -> plain.createStatement().execute(sql));
    }
  }

  private static ArrowBatches batches(Statement statement, String sql, BufferAllocator allocator)
      throws SQLException {
    try {
      ResultSet result = statement.executeQuery(sql);
      return ArrowBatches.of(
          result.unwrap(DuckDBResultSet.class), allocator, ArrowStream.BATCH_ROWS);
    } catch (SQLException | RuntimeException e) {
      statement.close();
      throw e;
    }
  }

  /**
   * Writes one study as a table, a row a trial in the order of their numbers: the columns of {@code
   * trials_of}, but for {@code duration}, which {@code duration_seconds} has as a number.
   *
   * @param file not there yet
   * @return how many trials were written, by their states
   * @throws AnalyticsException where there is no such study, or its files cannot be read
   * @throws IOException when the file cannot be written
   */
  public Map<TrialState, Long> writeTable(String study, TableFormat format, Path file)
      throws IOException {
    String trials = "trials_of(%s)".formatted(Views.literal(study));
    format.write(
        this,
        "SELECT * EXCLUDE (duration) REPLACE (epoch(duration) AS duration_seconds) FROM " + trials,
        file);
    Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT state, count(*) FROM %s GROUP BY ALL".formatted(trials))) {
      while (row.next()) {
        states.put(TrialState.valueOf(row.getString(1)), row.getLong(2));
      }
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    }
    return states;
  }

  /** Something that asks a question in a session. */
  interface Question<T> {
    T ask(Connection session) throws SQLException;
  }

  /**
   * Asks in this session.
   *
   * @throws AnalyticsException with DuckDB's message where it fails
   */
  <T> T ask(Question<T> question) {
    try {
      return question.ask(connection);
    } catch (SQLException e) {
      throw failed(e, question);
    }
  }

  /**
   * The study that a person means, in a session of this store.
   *
   * @throws AnalyticsException where {@code run} names no study, or several
   */
  StudyRecord study(Connection session, String run) throws SQLException {
    return study(new RunNames(RunNames.studies(session), root), run);
  }

  private AnalyticsException failed(SQLException e, Question<?> question) {
    return DuckDbMessage.failed(DuckDbMessage.isLost(e) ? findMessage(question, e) : e);
  }

  /**
   * Asks a failed question again without streaming, in a session of its own: only so does the
   * driver tell the message of a query that fails before its first row.
   */
  private SQLException findMessage(Question<?> question, SQLException lost) {
    try (Connection plain =
        DriverManager.getConnection("jdbc:duckdb:", Scratch.settings(scratch, MEMORY_LIMIT))) {
      execute(plain, Views.sql(root));
      question.ask(plain);
      return lost;
    } catch (SQLException found) {
      // It knows nothing of what earlier queries created here.
      return DuckDbMessage.isOfNames(found) ? lost : found;
    }
  }

  /**
   * The summary of one run, counted again from the store's files: {@link Summary#of} says the same
   * at once.
   *
   * @param run a study's name, an unambiguous prefix or the end of one, or a run's folder
   * @param top how many of the best trials to list
   * @throws AnalyticsException without a cause where {@code run} names no study, or several; with
   *     one where the store cannot be read
   */
  public Summary summary(String run, int top) {
    if (top < 0) {
      throw new IllegalArgumentException("top is %d, expected 0 or more".formatted(top));
    }
    return ask(session -> summary(session, run, top));
  }

  private Summary summary(Connection session, String run, int top) throws SQLException {
    RunNames.Run found = new RunNames(RunNames.studies(session), root).find(run);
    return Summary.of(
        found,
        found instanceof RunNames.Study study
            ? SummaryQuery.of(session, study.study(), top)
            : StudySummary.EMPTY);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    } finally {
      Scratch.remove(scratch);
    }
  }
}
