package dev.assay.storage;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the write-ahead log into the database, behind the writer's back: most transactions write
 * the same few pages, and each copy waits for the disk twice. A passive copy holds up nobody, but
 * under continuous writing it never reaches the end of the log, which then grows on; past a bound
 * the writers wait for a moment, while the rest is copied and the log begins anew. Several
 * processes may do this at once: one copies, the others find that it does.
 */
final class Checkpoints implements AutoCloseable {
  private static final long LOOK_PAUSE_MILLIS = 200;

  /** How long the writers wait at most for readers of the log's beginning. */
  private static final int RESTART_TIMEOUT_MS = 100;

  /**
   * So little is left for the time in which the writers wait, 1 MB, or what so many copies leave.
   */
  private static final int REST_PAGES = 256;

  private static final int MOST_COPIES = 4;

  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final Path file;
  private final GroupCommit writer;
  private final LiveCounts counts;
  private final Limits limits;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread thread;

  /**
   * When the log is copied.
   *
   * @param passive pages that are not copied yet
   * @param bound pages of the whole log, past which the writers wait until it begins anew
   */
  record Limits(int passive, int bound) {
    /** 16 MB and 128 MB. */
    static final Limits DEFAULT = new Limits(4096, 32 * 1024);
  }

  Checkpoints(Path file, GroupCommit writer, LiveCounts counts, Limits limits) {
    this.file = file;
    this.writer = writer;
    this.counts = counts;
    this.limits = limits;
    this.thread = new Thread(this::run, "assay-checkpoint");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void run() {
    long seen = counts.commits();
    try (Connection connection = LiveDatabase.connect(file, Durability.NORMAL)) {
      LiveDatabase.execute(connection, "PRAGMA busy_timeout = " + RESTART_TIMEOUT_MS);
      while (!closed.await(LOOK_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        long commits = counts.commits();
        if (commits != seen) {
          seen = commits;
          look(connection);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (SQLException | RuntimeException e) {
      // Nothing is lost: the log is copied when the last process closes the database.
      LOG.warn("{}: the write-ahead log is no longer copied: {}", file, e.getMessage());
    }
  }

  private void look(Connection connection) {
    try {
      StoreState.Log log = log(connection);
      if (log.pages() - log.copied() < limits.passive()) {
        return;
      }
      if (copy(connection).pages() >= limits.bound()) {
        copyAgain(connection);
        writer.pause(() -> restart(connection));
      }
    } catch (SQLException e) {
      // The next look may succeed.
      LOG.warn("{}: the write-ahead log could not be copied: {}", file, e.getMessage());
    }
  }

  private StoreState.Log copy(Connection connection) throws SQLException {
    StoreState.Log log = checkpoint(connection, "PASSIVE");
    counts.checkpointed();
    return log;
  }

  /** Each copy leaves what was written meanwhile, which is less each time. */
  private void copyAgain(Connection connection) throws SQLException {
    for (int copies = 0; copies < MOST_COPIES; copies++) {
      StoreState.Log log = log(connection);
      if (log.pages() - log.copied() <= REST_PAGES) {
        return;
      }
      copy(connection);
    }
  }

  private void restart(Connection connection) {
    try {
      checkpoint(connection, "RESTART");
      counts.checkpointed();
    } catch (SQLException e) {
      LOG.warn("{}: the write-ahead log could not begin anew: {}", file, e.getMessage());
    }
  }

  /** The log as it is, untouched. */
  static StoreState.Log log(Connection connection) throws SQLException {
    return checkpoint(connection, "NOOP");
  }

  private static StoreState.Log checkpoint(Connection connection, String mode) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + mode + ")")) {
      // The first column says whether another process had it in hand, which is as good.
      return row.next()
          ? new StoreState.Log(row.getLong(2), row.getLong(3))
          : new StoreState.Log(0, 0);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Threads.join(thread);
  }
}
