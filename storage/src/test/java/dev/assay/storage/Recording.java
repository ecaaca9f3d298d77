package dev.assay.storage;

import dev.assay.storage.disk.DiskLog;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.Watcher;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Workload} as it was seen from outside: what it did to the disk, what the live database
 * held before each of these operations, and what was acknowledged until then.
 */
final class Recording implements Watcher, Workload.Journal, AutoCloseable {
  private final Path root;
  private final Path copies;
  private final DiskLog log = new DiskLog();
  private final List<@Nullable Path> states = new ArrayList<>();
  private final List<Acknowledged> acknowledged = new ArrayList<>();
  private @Nullable Connection observer;
  private @Nullable Path copy;
  private long version = -1;

  /** Something that the store has said; {@code after} so many operations. */
  sealed interface Acknowledged {
    int after();

    record Id(int after, long id) implements Acknowledged {}

    record Finished(int after, String study, long number, double value) implements Acknowledged {}

    record Visible(int after, @Nullable String study) implements Acknowledged {}

    record Grown(int after) implements Acknowledged {}

    record Deleting(int after, String study) implements Acknowledged {}

    record Deleted(int after, String study) implements Acknowledged {}
  }

  /**
   * @param root where the store's directory comes to be
   * @param copies where copies of the live database are kept
   */
  Recording(Path root, Path copies) {
    this.root = root;
    this.copies = copies;
  }

  Path root() {
    return root;
  }

  List<Operation> operations() {
    return log.operations();
  }

  /**
   * A copy of the live database as it was after so many operations and before the next; null where
   * there was none. In {@link Durability#FULL} that is what a power failure leaves of it.
   */
  @Nullable Path database(int operations) {
    return states.get(Math.min(operations, states.size() - 1));
  }

  /**
   * The states of the live database that a power failure after so many operations may leave of it
   * in {@link Durability#NORMAL}, oldest first: those since the beginning of the last sync of its
   * log that counts.
   */
  List<@Nullable Path> databasesSinceSync(int operations, Predicate<Operation> isSync) {
    int from = operations - 1;
    while (from >= 0 && !isSync.test(operations().get(from))) {
      from--;
    }
    List<@Nullable Path> since = new ArrayList<>();
    for (int done = Math.max(0, from); done <= operations; done++) {
      Path database = database(done);
      if (!since.contains(database)) {
        since.add(database);
      }
    }
    return since;
  }

  List<Acknowledged> acknowledged(int operations) {
    return acknowledged.stream().filter(each -> each.after() <= operations).toList();
  }

  @Override
  public synchronized void before(Operation operation) {
    look();
    log.before(operation);
  }

  private void look() {
    try {
      if (observer == null) {
        Path database = root.resolve("parent/store/live.db");
        if (Files.exists(database) && Files.size(database) > 0) {
          observer = DriverManager.getConnection("jdbc:sqlite:" + database);
        }
      }
      if (observer != null) {
        long now = LiveDatabase.longOf(observer, "PRAGMA data_version");
        if (now != version && isLaidOut(observer)) {
          version = now;
          copy = copies.resolve("copy-" + states.size() + ".db");
          try (Statement statement = observer.createStatement()) {
            statement.execute("VACUUM INTO '" + copy + "'");
          }
        }
      }
    } catch (SQLException | IOException e) {
      throw new AssertionError(e);
    }
    states.add(copy);
  }

  private static boolean isLaidOut(Connection connection) throws SQLException {
    return LiveDatabase.longOf(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'")
        == 1;
  }

  private synchronized int done() {
    return states.size();
  }

  @Override
  public synchronized void claimed(long trialId) {
    acknowledged.add(new Acknowledged.Id(done(), trialId));
  }

  @Override
  public synchronized void finished(String study, long number, double value) {
    acknowledged.add(new Acknowledged.Finished(done(), study, number, value));
  }

  @Override
  public synchronized void visible(@Nullable String study) {
    acknowledged.add(new Acknowledged.Visible(done(), study));
  }

  @Override
  public synchronized void grown() {
    acknowledged.add(new Acknowledged.Grown(done()));
  }

  @Override
  public synchronized void deleting(String study) {
    acknowledged.add(new Acknowledged.Deleting(done(), study));
  }

  @Override
  public synchronized void deleted(String study) {
    acknowledged.add(new Acknowledged.Deleted(done(), study));
  }

  @Override
  public void close() throws SQLException {
    look();
    if (observer != null) {
      observer.close();
    }
  }
}
