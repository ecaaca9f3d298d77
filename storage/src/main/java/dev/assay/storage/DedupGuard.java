package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;

/**
 * The parameter signatures that somebody has in hand or has evaluated, in a SQLite file of the
 * legacy optimizer's form: {@code dedup_signatures(sig TEXT PRIMARY KEY, ts REAL NOT NULL)}, {@code
 * ts} in seconds since 1970. Its Python workers and Assay may use one file at the same time: of all
 * that {@link #add} a signature, exactly one is told that it was new.
 *
 * <p>A guard alone knows neither trials nor leases: whoever fails must {@link #remove} its
 * signature. {@link Store#claim} is the guard that frees by itself.
 *
 * <p>A file that is made here has a write-ahead log, as the legacy optimizer's has; an existing one
 * keeps its journal. With the log, what was added survives the end of the process, and the last
 * moments may be lost when the power fails; with another journal it survives that, too.
 *
 * <p>Every method throws {@link StoreException} where the file cannot do what is asked, and after
 * {@link #close}; what a method was to add or remove is then unchanged. Safe to share between
 * threads, and between processes on one machine.
 */
public final class DedupGuard implements AutoCloseable {
  private static final String SCHEMA = "dedup_signatures (sig TEXT PRIMARY KEY, ts REAL NOT NULL)";
  private static final int CACHE_KIB = 10_000;

  /** A write-ahead log of 32 MB is copied into the file: each copy waits for the disk twice. */
  private static final int CHECKPOINT_PAGES = 8192;

  // Primary result codes, the low byte of the extended ones.
  private static final int BUSY = 5;
  private static final int READ_ONLY = 8;
  private static final int NOT_A_DATABASE = 26;

  private final Path file;
  private final Connection connection;
  private final Statements sql;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean closed;

  private interface Work<T> {
    T run() throws SQLException;
  }

  private record Column(String name, String type, boolean key) {}

  private DedupGuard(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.sql = new Statements(connection);
  }

  /** Opens a guard's file; makes it where it is missing or empty. Its directory must be there. */
  public static DedupGuard open(Path file) {
    Path directory = file.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new StoreException(
          "cannot open the guard %s: there is no directory %s; create it first"
              .formatted(file, directory));
    }
    if (Files.exists(file)) {
      requireWritableFile(file);
    }
    try {
      NetworkDrive.refuse(directory);
    } catch (IOException e) {
      throw new StoreException("cannot open the guard %s: %s".formatted(file, e), e);
    }
    try {
      Connection connection = connect(file);
      try {
        DedupGuard guard = new DedupGuard(file, connection);
        guard.prepare();
        return guard;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  /** {@link #open} for a file that must be there. */
  public static DedupGuard openExisting(Path file) {
    if (!Files.exists(file)) {
      throw new StoreException("there is no guard %s; check the path".formatted(file));
    }
    return open(file);
  }

  private static void requireWritableFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new StoreException(
          "cannot open the guard %s: it is not a file, expected a SQLite database".formatted(file));
    }
    if (!Files.isWritable(file)) {
      throw new StoreException(
          "cannot open the guard %s: it is read-only; check the permissions of the file and its directory"
              .formatted(file));
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setCacheSize(-CACHE_KIB);
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  private void prepare() throws SQLException {
    PatientWriter.of(connection, new LiveCounts());
    if (isEmpty()) {
      create();
    }
    requireLegacySchema();
    // A write-ahead log stays whole without a sync a commit; another journal may not.
    String mode = sql.list("PRAGMA journal_mode", row -> row.getString(1)).get(0);
    LiveDatabase.execute(
        connection, "PRAGMA synchronous = " + ("wal".equals(mode) ? "NORMAL" : "FULL"));
    LiveDatabase.execute(connection, "PRAGMA wal_autocheckpoint = " + CHECKPOINT_PAGES);
  }

  private boolean isEmpty() throws SQLException {
    return sql.number("SELECT count(*) FROM sqlite_master") == 0;
  }

  /** Another process may be making the same file: whoever is first makes it. */
  private void create() throws SQLException {
    LiveDatabase.execute(connection, "BEGIN IMMEDIATE");
    boolean first = isEmpty();
    if (first) {
      LiveDatabase.execute(connection, "CREATE TABLE " + SCHEMA);
    }
    LiveDatabase.execute(connection, "COMMIT");
    if (first) {
      writeAhead();
    }
  }

  /** SQLite does not wait by itself for those that have just found the new file. */
  private void writeAhead() throws SQLException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LiveDatabase.BUSY_TIMEOUT_MS);
    while (true) {
      try {
        LiveDatabase.execute(connection, "PRAGMA journal_mode = WAL");
        return;
      } catch (SQLException e) {
        if (codeOf(e) != BUSY || System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
      }
    }
  }

  private void requireLegacySchema() throws SQLException {
    List<Column> columns =
        sql.list(
            "SELECT name, upper(type), pk FROM pragma_table_info('dedup_signatures')",
            row -> new Column(row.getString(1), row.getString(2), row.getInt(3) == 1));
    List<Column> expected =
        List.of(new Column("sig", "TEXT", true), new Column("ts", "REAL", false));
    if (!columns.equals(expected)) {
      String found =
          columns.isEmpty()
              ? "a SQLite database without the table dedup_signatures"
              : "its table dedup_signatures has the columns "
                  + String.join(", ", columns.stream().map(c -> c.name + " " + c.type).toList());
      throw new StoreException(
          "%s is no guard: found %s, expected %s; name another file"
              .formatted(file, found, SCHEMA));
    }
  }

  public Path file() {
    return file;
  }

  /** Whether the guard holds a signature. */
  public boolean seen(String signature) {
    SignatureArray.checked(signature);
    return locked(
        () ->
            sql.number("SELECT EXISTS (SELECT 1 FROM dedup_signatures WHERE sig = ?)", signature)
                == 1);
  }

  /** Which of these signatures the guard holds. */
  public Set<String> seenBatch(Collection<String> signatures) {
    String asked = SignatureArray.of(signatures);
    String seen =
        locked(
            () ->
                sql.list(
                        "SELECT coalesce(group_concat(sig, ' '), '') FROM json_each(?) asked "
                            + "CROSS JOIN dedup_signatures ON sig = asked.value",
                        row -> row.getString(1),
                        asked)
                    .get(0));
    return SignatureArray.split(seen);
  }

  /**
   * Adds a signature.
   *
   * @return true for the one caller, of all threads and processes, that made it known; whoever gets
   *     false must not evaluate it
   */
  public boolean add(String signature) {
    SignatureArray.checked(signature);
    return locked(
        () ->
            sql.update(
                    "INSERT INTO dedup_signatures (sig, ts) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    signature,
                    now())
                == 1);
  }

  /** Adds all of these signatures or, where that fails, none; returns how many were new. */
  public int addBatch(Collection<String> signatures) {
    String added = SignatureArray.sorted(signatures);
    return locked(
        () ->
            sql.update(
                "INSERT INTO dedup_signatures (sig, ts) SELECT value, ? FROM json_each(?) "
                    + "WHERE true ON CONFLICT DO NOTHING",
                now(),
                added));
  }

  /** Frees a signature, so that somebody may evaluate it; returns whether the guard held it. */
  public boolean remove(String signature) {
    return removeBatch(List.of(signature)) == 1;
  }

  /** Frees all of these signatures or, where that fails, none; returns how many the guard held. */
  public int removeBatch(Collection<String> signatures) {
    String removed = SignatureArray.of(signatures);
    return locked(
        () ->
            sql.update(
                "DELETE FROM dedup_signatures WHERE sig IN (SELECT value FROM json_each(?))",
                removed));
  }

  /** How many signatures the guard holds. */
  public long size() {
    return locked(() -> sql.number("SELECT count(*) FROM dedup_signatures"));
  }

  private static double now() {
    return System.currentTimeMillis() / 1000.0;
  }

  private <T> T locked(Work<T> work) {
    lock.lock();
    try {
      if (closed) {
        throw new StoreException("the guard %s is closed; open it again".formatted(file));
      }
      return work.run();
    } catch (SQLException e) {
      throw failed(file, e);
    } finally {
      lock.unlock();
    }
  }

  private static int codeOf(SQLException e) {
    return e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
  }

  private static StoreException failed(Path file, SQLException e) {
    return new StoreException(
        "the guard %s: %s"
            .formatted(
                file,
                switch (codeOf(e)) {
                  case BUSY ->
                      "database is locked: it stayed busy for %d s; end the process that holds it and try again"
                          .formatted(LiveDatabase.BUSY_TIMEOUT_MS / 1000);
                  case READ_ONLY ->
                      "it is read-only (%s); check the permissions of the file and its directory"
                          .formatted(e.getMessage());
                  case NOT_A_DATABASE ->
                      "it is no SQLite database, expected one with the table "
                          + SCHEMA
                          + "; name another file";
                  default -> String.valueOf(e.getMessage());
                }),
        e);
  }

  @Override
  public void close() {
    lock.lock();
    try (connection;
        sql) {
      closed = true;
    } catch (SQLException e) {
      throw failed(file, e);
    } finally {
      lock.unlock();
    }
  }
}
