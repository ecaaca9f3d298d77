package dev.assay.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/**
 * The SQLite database {@code live.db}, the store's only commit point. One connection writes, one
 * reads; each is used by one thread at a time. Every write is one BEGIN IMMEDIATE transaction: a
 * deferred one that turns to writing fails at once when another process wrote in between, whatever
 * the busy timeout.
 *
 * <p>Safe to share between threads.
 */
final class LiveDatabase implements AutoCloseable {
  static final int BUSY_TIMEOUT_MS = 15_000;
  private static final int CACHE_KIB = 16 * 1024;
  private static final int ATTEMPTS = 4;

  /**
   * The write-ahead log is copied into the database at 32 MB: most transactions write the same few
   * pages, and each copy waits for the disk twice.
   */
  private static final int CHECKPOINT_PAGES = 8192;

  // Primary result codes, the low byte of the extended ones.
  private static final int BUSY = 5;
  private static final int READ_ONLY = 8;
  private static final int IO_ERROR = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int NOT_A_DATABASE = 26;
  private static final Logger LOG = LoggerFactory.getLogger(LiveDatabase.class);

  private final Path file;
  private final Connection writer;
  private final Connection reader;
  private final Statements writerStatements;
  private final Statements readerStatements;
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock reading = new ReentrantLock();
  private final LongAdder lockWaits = new LongAdder();
  private final LongAdder commits = new LongAdder();
  private volatile boolean closed;

  /** What a transaction does. It may run more than once, when the database was busy. */
  @FunctionalInterface
  interface Work<T> {
    T run(Connection connection) throws SQLException;
  }

  /** A transaction that gives nothing back. */
  @FunctionalInterface
  interface Action {
    void run(Connection connection) throws SQLException;
  }

  /** What a transaction does with kept statements. It may run more than once. */
  @FunctionalInterface
  interface Transaction<T> {
    T run(Statements sql) throws SQLException;
  }

  private LiveDatabase(Path file, Connection writer, Connection reader) {
    this.file = file;
    this.writer = writer;
    this.reader = reader;
    this.writerStatements = new Statements(writer);
    this.readerStatements = new Statements(reader);
  }

  /**
   * Opens the database, and creates it with its schema where it is missing. The first process to
   * open a new one must be alone.
   */
  static LiveDatabase open(Path file) {
    try {
      Connection writer = connect(file);
      try {
        LiveDatabase database = new LiveDatabase(file, writer, connect(file));
        database.createSchema();
        return database;
      } catch (SQLException | RuntimeException e) {
        writer.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new StoreException("cannot open %s: %s".formatted(file, reason(e)), e);
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
    config.setBusyTimeout(BUSY_TIMEOUT_MS);
    config.setCacheSize(-CACHE_KIB);
    config.setTempStore(SQLiteConfig.TempStore.MEMORY);
    config.enforceForeignKeys(true);
    // As a URI, because the driver takes a question mark in a plain path for the start of options.
    Connection connection =
        config.createConnection("jdbc:sqlite:file:" + file.toUri().getRawPath());
    longOf(connection, "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
    return connection;
  }

  private void createSchema() {
    update(
        connection -> {
          if (longOf(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") == 0) {
            try (Statement statement = connection.createStatement()) {
              statement.executeUpdate(schema());
            }
          }
        });
  }

  private static String schema() {
    try (InputStream in = LiveDatabase.class.getResourceAsStream("live.sql")) {
      if (in == null) {
        throw new IllegalStateException("live.sql is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs {@code work} in one write transaction: all of it is committed, or nothing.
   *
   * @throws StoreException when the database stays locked, or SQLite reports an error
   */
  <T> T write(Work<T> work) {
    return locked(writing, writer, "BEGIN IMMEDIATE", work);
  }

  /**
   * {@link #transaction}, on disk when this returns: for one after which files are published or
   * deleted, so that a power failure cannot take back the one and leave the other.
   */
  <T> T durableTransaction(Transaction<T> work) {
    writing.lock();
    try {
      synchronous("FULL");
      try {
        return transaction(work);
      } finally {
        synchronous("NORMAL");
      }
    } finally {
      writing.unlock();
    }
  }

  private void synchronous(String mode) {
    try {
      execute(writer, "PRAGMA synchronous = " + mode);
    } catch (SQLException e) {
      throw failed(e);
    }
  }

  /** {@link #write} for work that gives nothing back. */
  void update(Action action) {
    write(
        connection -> {
          action.run(connection);
          return true;
        });
  }

  /** The prepared statements of a connection that this database has handed out. */
  Statements statements(Connection connection) {
    return connection == writer ? writerStatements : readerStatements;
  }

  /** {@link #write} with kept statements. */
  <T> T transaction(Transaction<T> work) {
    return write(connection -> work.run(writerStatements));
  }

  /** {@link #read} with kept statements. */
  <T> T query(Transaction<T> work) {
    return read(connection -> work.run(readerStatements));
  }

  /** The first row of a query, in a read transaction of its own; null where there is none. */
  <T> @Nullable T find(String query, Statements.Row<T> row, @Nullable Object... arguments) {
    List<T> rows = query(sql -> sql.list(query, row, arguments));
    return rows.isEmpty() ? null : rows.get(0);
  }

  /** How many transactions had to begin again because another process held the database. */
  long lockWaits() {
    return lockWaits.sum();
  }

  /** How many write transactions were committed. */
  long commits() {
    return commits.sum();
  }

  /** Runs {@code work} on one snapshot; it must not write, and should be short. */
  <T> T read(Work<T> work) {
    return locked(reading, reader, "BEGIN", work);
  }

  private <T> T locked(ReentrantLock lock, Connection connection, String begin, Work<T> work) {
    lock.lock();
    try {
      if (closed) {
        throw new StoreException(
            "%s: the store is closed; open it again".formatted(file.getParent()));
      }
      for (int attempt = 1; ; attempt++) {
        try {
          T result = transact(statements(connection), connection, begin, work);
          if (connection == writer) {
            commits.increment();
          }
          return result;
        } catch (SQLException e) {
          if (!isBusy(e) || attempt == ATTEMPTS) {
            throw failed(e);
          }
          lockWaits.increment();
          LOG.warn(
              "database is locked: {} (waited {} s, attempt {} of {}); another process holds it",
              file,
              BUSY_TIMEOUT_MS / 1000,
              attempt,
              ATTEMPTS);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private static <T> T transact(
      Statements statements, Connection connection, String begin, Work<T> work)
      throws SQLException {
    statements.update(begin);
    boolean committed = false;
    try {
      T result = work.run(connection);
      statements.update("COMMIT");
      committed = true;
      return result;
    } finally {
      if (!committed) {
        rollback(statements);
      }
    }
  }

  private static void rollback(Statements statements) {
    try {
      statements.update("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself (disk full, I/O error): the first error is the one to
      // tell.
      LOG.debug("rollback: {}", e.getMessage());
    }
  }

  private StoreException failed(SQLException e) {
    return new StoreException(file + ": " + reason(e), e);
  }

  private static String reason(SQLException e) {
    return switch (e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0) {
      case BUSY ->
          "database is locked: it stayed busy for %d s; end the process that holds it and try again"
              .formatted(ATTEMPTS * BUSY_TIMEOUT_MS / 1000);
      case FULL ->
          "the disk is full (%s); nothing of this step was stored, free some space and try again"
              .formatted(e.getMessage());
      case IO_ERROR ->
          "the disk failed (%s); nothing of this step was stored, check the disk and its space"
              .formatted(e.getMessage());
      case READ_ONLY ->
          "it cannot be written (%s); check the permissions of the file and its directory"
              .formatted(e.getMessage());
      case CORRUPT, NOT_A_DATABASE ->
          "it is damaged (%s); put back a copy of it, with its -wal file".formatted(e.getMessage());
      default -> String.valueOf(e.getMessage());
    };
  }

  private static boolean isBusy(SQLException e) {
    return e instanceof SQLiteException sqlite && (sqlite.getResultCode().code & 0xff) == BUSY;
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

  @Override
  public void close() {
    // Whoever is inside a transaction finishes it first.
    writing.lock();
    reading.lock();
    try (writer;
        reader;
        writerStatements;
        readerStatements) {
      closed = true;
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      reading.unlock();
      writing.unlock();
    }
  }
}
