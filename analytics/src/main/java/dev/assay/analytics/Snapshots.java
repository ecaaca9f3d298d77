package dev.assay.analytics;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.duckdb.DuckDBConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One database with a store's views for many readers at once. Each reader gets a snapshot of the
 * store with every trial that had finished when it was asked for, whichever process finished it.
 *
 * <p>The database reads the files of the lake and the manifest, and none else; its settings cannot
 * be changed. What a reader may say is not looked at here.
 *
 * <p>Safe to share between threads; each snapshot is for one at a time. Files that the store drops
 * stay for readers for ten minutes: a query that takes longer may miss one and fail.
 */
public final class Snapshots implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);
  private static final String MEMORY_LIMIT = "1GB";

  /** After it the database has only the store's files to read, for good. */
  private static final String CLOSED =
      """
      SET TimeZone = 'UTC';
      SET allowed_directories = [assay_root() || '/lake/'];
      SET allowed_paths = [assay_root() || '/manifest.json'];
      SET enable_external_access = false;
      SET lock_configuration = true;
      """;

  private final ReadableStore store;
  private final Path manifest;
  private final Path scratch;
  private final DuckDBConnection newest;

  /** Does not stream: only so does the driver tell why a query fails before its first row. */
  private final DuckDBConnection telling;

  private final AtomicLong asked = new AtomicLong();
  private final ReentrantLock turn = new ReentrantLock();
  private long served;
  private byte[] seen = {};

  private Snapshots(ReadableStore store, Path root, Path scratch) throws SQLException {
    this.store = store;
    this.manifest = root.resolve("manifest.json");
    this.scratch = scratch;
    this.newest = connect(root, scratch);
    this.telling = newest.duplicate();
    Analytics.execute(telling, "SET SESSION jdbc_stream_results = false");
    Analytics.execute(newest, CLOSED);
  }

  /**
   * Opens a store for readers.
   *
   * @param store stays open until this is closed; where it is only read, snapshots have what others
   *     have shown to readers
   * @throws AnalyticsException where its manifest cannot be read
   */
  public static Snapshots open(ReadableStore store) {
    Path root = Views.place(requireNonNull(store, "store is null").directory());
    Path scratch = Scratch.create();
    try {
      return new Snapshots(store, root, scratch);
    } catch (SQLException e) {
      Scratch.remove(scratch);
      throw new AnalyticsException(
          "cannot open %s: %s".formatted(root, DuckDbMessage.failed(e).getMessage()), e);
    }
  }

  private static DuckDBConnection connect(Path root, Path scratch) throws SQLException {
    Properties settings = Scratch.settings(scratch, MEMORY_LIMIT);
    settings.setProperty("jdbc_stream_results", "true");
    Connection connection = DriverManager.getConnection("jdbc:duckdb:", settings);
    try {
      Analytics.execute(connection, Views.sql(root));
      return connection.unwrap(DuckDBConnection.class);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * The store as it is now. Whoever asks while another one's snapshot is being taken shares the
   * next one.
   *
   * @throws AnalyticsException where the manifest cannot be read
   */
  public Snapshot now() {
    long mine = asked.incrementAndGet();
    turn.lock();
    try {
      if (served < mine) {
        long all = asked.get();
        refresh();
        served = all;
      }
      return new Snapshot(newest.duplicate());
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    } finally {
      turn.unlock();
    }
  }

  private void refresh() throws SQLException {
    if (store instanceof Store writable) {
      try {
        writable.refresh();
      } catch (StoreException e) {
        // What was shown to readers before can still be read, on a full disk too.
        LOG.warn("trials that finished lately are missing from answers: {}", e.getMessage());
      }
    }
    try {
      byte[] bytes = Files.readAllBytes(manifest);
      if (!Arrays.equals(bytes, seen)) {
        Analytics.execute(newest, "SET VARIABLE assay = (FROM assay_manifest)");
        seen = bytes;
      }
    } catch (IOException e) {
      throw new AnalyticsException("cannot read %s: %s".formatted(manifest, e), e);
    }
  }

  /** A question that failed, asked again. */
  public interface Retry {
    void run(Connection session) throws SQLException;
  }

  /**
   * Why a question failed: where the driver has lost DuckDB's message it is asked again.
   *
   * @param retry asks it where it is told to
   */
  public AnalyticsException failure(SQLException e, Retry retry) {
    return DuckDbMessage.failed(DuckDbMessage.isLost(e) ? findMessage(e, retry) : e);
  }

  private SQLException findMessage(SQLException lost, Retry retry) {
    synchronized (telling) {
      try {
        Analytics.execute(telling, "SET VARIABLE assay = (FROM assay_manifest)");
        retry.run(telling);
        return lost;
      } catch (SQLException found) {
        return found;
      }
    }
  }

  @Override
  public void close() {
    turn.lock();
    try (telling) {
      newest.close();
    } catch (SQLException e) {
      throw DuckDbMessage.failed(e);
    } finally {
      turn.unlock();
      Scratch.remove(scratch);
    }
  }
}
