package dev.assay.storage;

import dev.assay.storage.LiveDatabase.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one writer. Threads hand in their work; whoever finds nobody leading runs what waits in one
 * BEGIN IMMEDIATE transaction and commits once for all: a commit costs about as much as the work of
 * several. Nobody waits for company: a single caller runs its own work at once.
 *
 * <p>Where one work of a group throws, or the commit fails, the group is rolled back and each work
 * runs again in a transaction of its own, so that no failure hurts another.
 *
 * <p>Safe to share between threads.
 */
final class GroupCommit implements AutoCloseable {
  /** How many works a transaction takes: it bounds how long other processes wait. */
  static final int MAX_WORKS = 128;

  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

  private final Statements sql;
  private final PatientWriter patience;
  private final LiveCounts counts;
  private final Queue<Ticket<?>> waiting = new ConcurrentLinkedQueue<>();
  private final ReentrantLock leading = new ReentrantLock();
  private boolean closed;

  /** A work that waits for its transaction, and what became of it. */
  private static final class Ticket<T> {
    private final Transaction<T> work;
    private final Thread owner = Thread.currentThread();
    private @Nullable T result;
    private @Nullable Throwable failure;
    private volatile boolean done;

    Ticket(Transaction<T> work) {
      this.work = work;
    }

    void run(Statements sql) throws SQLException {
      result = work.run(sql);
    }

    void fail(Throwable reason) {
      failure = reason;
      done = true;
    }

    @SuppressWarnings("NullAway") // null only where the work gave null
    T result() throws SQLException {
      if (failure instanceof SQLException e) {
        throw e;
      }
      if (failure instanceof RuntimeException e) {
        throw e;
      }
      if (failure instanceof Error e) {
        throw e;
      }
      return result;
    }
  }

  /**
   * @param sql the statements of the writing connection, which is used here only
   */
  GroupCommit(Statements sql, PatientWriter patience, LiveCounts counts) {
    this.sql = sql;
    this.patience = patience;
    this.counts = counts;
  }

  /**
   * Runs {@code work}, perhaps on another thread and more than once; returns when it is committed.
   */
  <T> T run(Transaction<T> work) throws SQLException {
    // The thread may lead, and a work that writes a file must not find the file closed under it.
    boolean interrupted = Thread.interrupted();
    Ticket<T> ticket = new Ticket<>(work);
    waiting.add(ticket);
    while (!ticket.done) {
      if (leading.tryLock()) {
        List<Ticket<?>> group = List.of();
        try {
          group = take();
          lead(group);
        } finally {
          handOver(group);
        }
      } else {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return ticket.result();
  }

  /** Lets {@code action} have the database while no transaction of this process runs. */
  void pause(Runnable action) {
    leading.lock();
    try {
      action.run();
    } finally {
      handOver(List.of());
    }
  }

  private List<Ticket<?>> take() {
    List<Ticket<?>> group = new ArrayList<>();
    while (group.size() < MAX_WORKS) {
      Ticket<?> ticket = waiting.poll();
      if (ticket == null) {
        break;
      }
      group.add(ticket);
    }
    return group;
  }

  /** The next leader is woken before those that are done, so that the database is never idle. */
  private void handOver(List<Ticket<?>> group) {
    leading.unlock();
    // Whoever came later than this look has found the lock free.
    Ticket<?> next = waiting.peek();
    if (next != null) {
      LockSupport.unpark(next.owner);
    }
    for (Ticket<?> ticket : group) {
      if (ticket.owner != Thread.currentThread()) {
        LockSupport.unpark(ticket.owner);
      }
    }
  }

  private void lead(List<Ticket<?>> group) {
    if (closed) {
      group.forEach(ticket -> ticket.fail(new LiveDatabase.ClosedException()));
      return;
    }
    if (group.isEmpty() || together(group)) {
      return;
    }
    for (Ticket<?> ticket : group) {
      together(List.of(ticket));
    }
  }

  /**
   * Runs these works in one transaction.
   *
   * @return false where one of several failed: nothing is done then
   */
  private boolean together(List<Ticket<?>> group) {
    try {
      return transact(group);
    } catch (Throwable e) {
      // The database could not even be had: each work alone would wait as long again.
      group.stream().filter(ticket -> !ticket.done).forEach(ticket -> ticket.fail(e));
      return true;
    }
  }

  private boolean transact(List<Ticket<?>> group) throws SQLException {
    patience.begin(sql);
    long begin = System.nanoTime();
    try {
      for (Ticket<?> ticket : group) {
        ticket.run(sql);
      }
      sql.update("COMMIT");
    } catch (Throwable e) {
      rollback();
      if (group.size() > 1) {
        return false;
      }
      group.get(0).fail(e);
      return true;
    }
    counts.committed(group.size(), System.nanoTime() - begin);
    group.forEach(ticket -> ticket.done = true);
    return true;
  }

  private void rollback() {
    try {
      sql.update("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has rolled back by itself (disk full, I/O error): the first error is the one to
      // tell.
      LOG.debug("rollback: {}", e.getMessage());
    }
  }

  /** Ends when the transaction under way has ended; what waits fails. */
  @Override
  public void close() throws SQLException {
    leading.lock();
    try (sql) {
      closed = true;
      for (List<Ticket<?>> group = take(); !group.isEmpty(); group = take()) {
        lead(group);
        group.forEach(ticket -> LockSupport.unpark(ticket.owner));
      }
    } finally {
      // Whoever came after the last look is woken, and finds the database closed.
      handOver(List.of());
    }
  }
}
