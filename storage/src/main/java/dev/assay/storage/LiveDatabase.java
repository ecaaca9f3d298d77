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
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
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
  private static final Logger LOG = LoggerFactory.getLogger(LiveDatabase.class);

  private final Path file;
  private final Connection writer;
  private final Connection reader;
  private final ReentrantLock writing = new ReentrantLock();
  private final ReentrantLock reading = new ReentrantLock();

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

  private LiveDatabase(Path file, Connection writer, Connection reader) {
    this.file = file;
    this.writer = writer;
    this.reader = reader;
  }

  /** Opens the database, and creates it with its schema where it is missing. */
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
      throw new StoreException("cannot open %s: %s".formatted(file, e.getMessage()), e);
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
    return config.createConnection("jdbc:sqlite:" + file);
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

  /** {@link #write} for work that gives nothing back. */
  void update(Action action) {
    write(
        connection -> {
          action.run(connection);
          return true;
        });
  }

  /** Runs {@code work} on one snapshot; it must not write, and should be short. */
  <T> T read(Work<T> work) {
    return locked(reading, reader, "BEGIN", work);
  }

  private <T> T locked(ReentrantLock lock, Connection connection, String begin, Work<T> work) {
    lock.lock();
    try {
      for (int attempt = 1; ; attempt++) {
        try {
          return transact(connection, begin, work);
        } catch (SQLException e) {
          if (!isBusy(e) || attempt == ATTEMPTS) {
            throw failed(e);
          }
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

  private static <T> T transact(Connection connection, String begin, Work<T> work)
      throws SQLException {
    execute(connection, begin);
    boolean committed = false;
    try {
      T result = work.run(connection);
      execute(connection, "COMMIT");
      committed = true;
      return result;
    } finally {
      if (!committed) {
        rollback(connection);
      }
    }
  }

  private static void rollback(Connection connection) {
    try {
      execute(connection, "ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself (disk full, I/O error): the first error is the one to
      // tell.
      LOG.debug("rollback: {}", e.getMessage());
    }
  }

  private StoreException failed(SQLException e) {
    String message =
        isBusy(e)
            ? "database is locked: %s stayed busy for %d s; end the process that holds it and try again"
                .formatted(file, ATTEMPTS * BUSY_TIMEOUT_MS / 1000)
            : "%s: %s".formatted(file, e.getMessage());
    return new StoreException(message, e);
  }

  private static boolean isBusy(SQLException e) {
    return e instanceof SQLiteException sqlite
        && (sqlite.getResultCode().code & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
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
    try (writer) {
      reader.close();
    } catch (SQLException e) {
      throw failed(e);
    } finally {
      reading.unlock();
      writing.unlock();
    }
  }
}
