package dev.assay.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * The SQLite database {@code live.db}, the store's only commit point. One connection writes, for
 * all threads ({@link GroupCommit}); a few read ({@link Readers}); one copies the write-ahead log
 * ({@link Checkpoints}). Every write is part of a BEGIN IMMEDIATE transaction: a deferred one that
 * turns to writing fails at once when another process wrote in between, whatever the busy timeout.
 *
 * <p>Safe to share between threads.
 */
final class LiveDatabase implements AutoCloseable {
  static final int BUSY_TIMEOUT_MS = 60_000;
  private static final int CACHE_KIB = 16 * 1024;

  private final Path file;
  private final Durability durability;
  private final LiveCounts counts = new LiveCounts();
  private final GroupCommit writer;
  private final Readers readers;
  private final Checkpoints checkpoints;

  /** What tells this file from another of the same name; null where the file system has no such. */
  private final @Nullable Object fileKey;

  private volatile @Nullable String lost;

  /**
   * What a transaction does. It may run more than once and on another thread, so it does nothing
   * but SQL that could not be done twice.
   */
  @FunctionalInterface
  interface Transaction<T> {
    T run(Statements sql) throws SQLException;
  }

  /** The database was used after its close. */
  static final class ClosedException extends RuntimeException {}

  private LiveDatabase(
      Path file, Durability durability, Statements writing, Checkpoints.Limits limits)
      throws SQLException, IOException {
    this.file = file;
    this.durability = durability;
    PatientWriter patience = PatientWriter.of(writing.connection(), counts);
    this.writer = new GroupCommit(writing, patience, counts);
    this.readers = new Readers(() -> connectReader(file), counts);
    this.checkpoints = new Checkpoints(file, writer, counts, limits);
    this.fileKey = fileKey();
  }

  /** {@link #open(Path, Durability)} in {@code NORMAL}. */
  static LiveDatabase open(Path file) {
    return open(file, Durability.NORMAL);
  }

  /**
   * Opens the database, and creates it with its schema where it is missing. The first process to
   * open a new one must be alone.
   */
  static LiveDatabase open(Path file, Durability durability) {
    return open(file, durability, Checkpoints.Limits.DEFAULT);
  }

  static LiveDatabase open(Path file, Durability durability, Checkpoints.Limits limits) {
    try {
      Statements writing = new Statements(connect(file, durability));
      try {
        LiveDatabase database = new LiveDatabase(file, durability, writing, limits);
        database.writer.run(LiveDatabase::createSchema);
        database.checkpoints.start();
        return database;
      } catch (SQLException | IOException | RuntimeException e) {
        writing.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot open %s: %s".formatted(file, DatabaseFailure.reason(e)), e);
    } catch (IOException e) {
      throw new StoreException("cannot open %s: %s".formatted(file, e), e);
    }
  }

  static Connection connect(Path file, Durability durability) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.valueOf(durability.name()));
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    config.setCacheSize(-CACHE_KIB);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.enforceForeignKeys(true);
    // Nobody asks for them, and the driver would after each INSERT.
    config.setGetGeneratedKeys(false);
    // As a URI, because the driver takes a question mark in a plain path for the start of options.
    Connection connection =
        config.createConnection("jdbc:sqlite:file:" + file.toUri().getRawPath());
    // Checkpoints has a thread and a connection of its own.
    longOf(connection, "PRAGMA wal_autocheckpoint = 0");
    return connection;
  }

  private static Connection connectReader(Path file) throws SQLException {
    Connection connection = connect(file, Durability.NORMAL);
    execute(connection, "PRAGMA query_only = ON");
    return connection;
  }

  private static boolean createSchema(Statements sql) throws SQLException {
    create(sql, "meta", "live.sql");
    // Stores that were made before there were such trials get their tables.
    create(sql, "live_trials", "live_trials.sql");
    return true;
  }

  /** Runs a script where its first table is missing. */
  private static void create(Statements sql, String table, String script) throws SQLException {
    if (sql.number("SELECT count(*) FROM sqlite_schema WHERE name = ?", table) == 0) {
      try (Statement statement = sql.connection().createStatement()) {
        statement.executeUpdate(schema(script));
      }
    }
  }

  private static String schema(String script) {
    try (InputStream in = LiveDatabase.class.getResourceAsStream(script)) {
      if (in == null) {
        throw new IllegalStateException(script + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs {@code work} in a write transaction, with what other threads want written meanwhile: all
   * of it is committed when this returns, or nothing.
   *
   * @throws StoreException when the database stays locked, or SQLite reports an error
   */
  <T> T transaction(Transaction<T> work) {
    String reason = lost;
    if (reason != null) {
      throw new StoreException(reason);
    }
    try {
      return writer.run(work);
    } catch (SQLException e) {
      throw DatabaseFailure.of(file, e);
    } catch (ClosedException e) {
      throw closed();
    }
  }

  /**
   * {@link #transaction}, on disk when this returns, so that a power failure cannot take it back.
   * Others see it before that: who publishes or deletes a file because of what is in the database
   * calls {@link #sync} first.
   */
  <T> T durableTransaction(Transaction<T> work) {
    T result = transaction(work);
    sync();
    return result;
  }

  /**
   * Returns when all that is committed, also by others, is on disk. In {@link Durability#NORMAL}
   * that takes a sync of the write-ahead log, which holds up no transaction; in {@code FULL} each
   * commit has done it. What is no longer in the log is in the database and was synced before the
   * log began anew.
   */
  void sync() {
    if (durability == Durability.FULL) {
      return;
    }
    Path log = file.resolveSibling(file.getFileName() + "-wal");
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.WRITE)) {
      channel.force(true);
    } catch (NoSuchFileException e) {
      // Nothing was written since SQLite made the database whole and removed the log.
    } catch (IOException e) {
      throw new StoreException(
          "cannot sync %s: %s; what was written last may not survive a power failure, check the disk"
              .formatted(log, e),
          e);
    }
  }

  /** Runs {@code work} on one snapshot; it cannot write, and should be short. */
  <T> T query(Transaction<T> work) {
    try {
      return readers.run(work);
    } catch (SQLException e) {
      throw DatabaseFailure.of(file, e);
    } catch (ClosedException e) {
      throw closed();
    }
  }

  /** The first row of a query, in a read transaction of its own; null where there is none. */
  <T> @Nullable T find(String query, Statements.Row<T> row, @Nullable Object... arguments) {
    List<T> rows = query(sql -> sql.list(query, row, arguments));
    return rows.isEmpty() ? null : rows.get(0);
  }

  private StoreException closed() {
    return new StoreException("%s: the store is closed; open it again".formatted(file.getParent()));
  }

  /** What this database has done in this process. */
  LiveCounts counts() {
    return counts;
  }

  /** SQLite's settings in force. */
  LivePragmas pragmas() {
    Map<String, String> writing = transaction(LivePragmas::of);
    // The waiting is done by PatientWriter, of which SQLite knows no time.
    writing.put("busy_timeout", String.valueOf(BUSY_TIMEOUT_MS));
    return new LivePragmas(writing, query(LivePragmas::of));
  }

  /** The write-ahead log as it is. */
  StoreState.Log log() {
    return query(sql -> Checkpoints.log(sql.connection()));
  }

  /**
   * Looks whether the file is still there: on most systems SQLite goes on with a file that was
   * deleted, and what it commits then is lost. From then on every write fails.
   */
  void requirePresent() {
    try {
      if (!Objects.equals(fileKey, fileKey())) {
        lost =
            "%s was replaced while the store was open; nothing more is stored, open it again"
                .formatted(file);
      }
    } catch (IOException e) {
      lost =
          "%s is gone (%s) while the store is open; nothing more is stored, open it again where it is now"
              .formatted(file, e);
    }
  }

  private @Nullable Object fileKey() throws IOException {
    return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The single number that a query gives. */
  static long longOf(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      if (!result.next()) {
        throw new IllegalStateException("no row: " + sql);
      }
      return result.getLong(1);
    }
  }

  /** Ends when all transactions under way have ended. */
  @Override
  public void close() {
    try (writer;
        readers;
        checkpoints) {
      // Closed in reverse: the writer is the last, so that SQLite copies the log and removes it.
    } catch (SQLException e) {
      throw DatabaseFailure.of(file, e);
    }
  }
}
