package dev.assay.storage;

import java.sql.SQLException;
import java.util.function.LongPredicate;

/** The live database's list of the workers that have the store open: a row for each. */
final class Workers {
  private static final String NAME = "process " + ProcessHandle.current().pid();

  private Workers() {}

  /**
   * A new worker's id. Its row comes and goes within one transaction: others take a worker on the
   * list for dead as long as it does not hold its lock, so the first {@link #beat} puts it there,
   * under the lock.
   */
  static long allocate(LiveDatabase live) {
    return live.transaction(
        sql -> {
          long id = sql.number("INSERT INTO workers (name) VALUES (?) RETURNING worker_id", NAME);
          delete(sql, id);
          return id;
        });
  }

  /** Shows the others that the worker lives. */
  static void beat(LiveDatabase live, long worker) {
    live.transaction(
        sql ->
            sql.update(
                "INSERT INTO workers (worker_id, name) VALUES (?, ?) "
                    + "ON CONFLICT (worker_id) DO UPDATE SET beat = beat + 1",
                worker,
                NAME));
  }

  /** Takes a worker off the list. */
  static void forget(LiveDatabase live, long worker) {
    live.transaction(sql -> delete(sql, worker));
  }

  private static int delete(Statements sql, long worker) throws SQLException {
    return sql.update("DELETE FROM workers WHERE worker_id = ?", worker);
  }

  /** Takes workers off the list whose processes have ended, once none of their trials runs. */
  static void forgetEnded(LiveDatabase live, LongPredicate isAlive) {
    live
        .query(
            sql ->
                sql.list(
                    "SELECT worker_id FROM workers WHERE worker_id NOT IN (SELECT worker_id FROM"
                        + " trials WHERE state = 'RUNNING' AND worker_id IS NOT NULL)",
                    row -> row.getLong(1)))
        .stream()
        .filter(worker -> !isAlive.test(worker))
        .forEach(worker -> forget(live, worker));
  }
}
