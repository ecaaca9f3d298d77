package dev.assay.storage;

import dev.assay.storage.Parts.Part;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long files of dropped parts stay for those who read by an older manifest. A part's time runs
 * while a process that has the store open sees it unnamed, on that process's monotonic clock; the
 * next process goes on from what was saved. No wall clock is asked: one that jumps forward would
 * delete files under their readers, one that jumps back would keep them for ever.
 *
 * <p>Safe to share between threads; several processes may wait for the same parts, and the first
 * whose time is over deletes them.
 */
final class GracePeriod {
  private static final String DROPPED =
      "SELECT part_id, study_id, kind, path, coalesce(unnamed_us, 0) FROM parts "
          + "WHERE status = 'dropped' AND dropped_snapshot <= ? ORDER BY part_id";

  private final Path store;
  private final LiveDatabase live;
  private final long graceNanos;
  private final LongSupplier nanoTime;

  /** When the time of each part began, by this process's clock. */
  private Map<Long, Long> begins = new HashMap<>();

  /**
   * A part that the published manifest does not name.
   *
   * @param unnamedMicros for how long at least, by what other processes have saved
   */
  private record Dropped(Part part, long unnamedMicros) {}

  GracePeriod(Path store, LiveDatabase live, Duration grace, LongSupplier nanoTime) {
    this.store = store;
    this.live = live;
    this.graceNanos = grace.toNanos();
    this.nanoTime = nanoTime;
  }

  /**
   * Starts the time of parts that are seen unnamed for the first time, and deletes those whose time
   * is over.
   *
   * @param published the snapshot of the manifest that readers have now
   */
  synchronized void deleteOver(long published) {
    long now = nanoTime.getAsLong();
    Map<Long, Long> waiting = new HashMap<>();
    for (Dropped dropped : live.query(sql -> dropped(sql, published))) {
      Part part = dropped.part();
      long saved = TimeUnit.MICROSECONDS.toNanos(dropped.unnamedMicros());
      long begin = begins.getOrDefault(part.id(), now - saved);
      if (now - begin < graceNanos || !delete(part)) {
        waiting.put(part.id(), begin);
      }
    }
    begins = waiting;
  }

  private static List<Dropped> dropped(Statements sql, long published) throws SQLException {
    return sql.list(DROPPED, row -> new Dropped(Parts.read(row), row.getLong(5)), published);
  }

  /** False where a file cannot be deleted; its turn comes again. */
  private boolean delete(Part part) {
    boolean deleted = Lake.delete(part.temporary(store)) && Lake.delete(part.file(store));
    if (deleted) {
      live.transaction(sql -> sql.update("DELETE FROM parts WHERE part_id = ?", part.id()));
    }
    return deleted;
  }

  /** Lets the next process go on from here. */
  synchronized void save() {
    long now = nanoTime.getAsLong();
    if (!begins.isEmpty()) {
      live.transaction(sql -> save(sql, now));
    }
  }

  private int save(Statements sql, long now) throws SQLException {
    int saved = 0;
    for (Map.Entry<Long, Long> part : begins.entrySet()) {
      long micros = TimeUnit.NANOSECONDS.toMicros(now - part.getValue());
      saved +=
          sql.update(
              "UPDATE parts SET unnamed_us = ? "
                  + "WHERE part_id = ? AND status = 'dropped' AND coalesce(unnamed_us, 0) < ?",
              micros,
              part.getKey(),
              micros);
    }
    return saved;
  }
}
