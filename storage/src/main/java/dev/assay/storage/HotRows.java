package dev.assay.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * Finished trials in the live database, by their ids. They are read a few at a time, each time in a
 * short transaction of its own: finished trials never change, and a long one would keep the
 * write-ahead log from being cut. They come by number, as a part has them.
 */
final class HotRows implements TrialRows {
  /** Rows hold at most 64 KB of record each; larger ones are read one by one. */
  private static final int AT_ONCE = 100;

  private final Path store;
  private final LiveDatabase live;
  private final long[] ids;

  /** A row that is gone: another process has sealed it. */
  static final class Gone extends IOException {
    Gone(long trialId) {
      super("trial %d is no longer in the live database".formatted(trialId));
    }
  }

  /**
   * @param ids ascending
   */
  HotRows(Path store, LiveDatabase live, long[] ids) {
    this.store = store;
    this.live = live;
    this.ids = ids;
  }

  int count() {
    return ids.length;
  }

  /** All ids, as a JSON array. */
  String json() {
    return Arrays.toString(ids);
  }

  @Override
  public void forEach(Reader reader) throws IOException {
    long[] ordered = live.query(this::byNumber);
    for (int from = 0; from < ordered.length; from += AT_ONCE) {
      long[] some = Arrays.copyOfRange(ordered, from, Math.min(ordered.length, from + AT_ONCE));
      List<HotTrial> rows = live.query(sql -> read(sql, some));
      for (int i = 0; i < some.length; i++) {
        if (i >= rows.size() || rows.get(i).id() != some[i]) {
          throw new Gone(some[i]);
        }
        accept(reader, rows.get(i));
      }
    }
  }

  /** The ids in the order of the trials' numbers; those of rows that are gone come last. */
  private long[] byNumber(Statements sql) throws SQLException {
    return sql
        .list(
            "SELECT value FROM json_each(?) LEFT JOIN trials ON trial_id = value "
                + "ORDER BY number NULLS LAST",
            row -> row.getLong(1),
            json())
        .stream()
        .mapToLong(id -> id)
        .toArray();
  }

  private void accept(Reader reader, HotTrial row) throws IOException {
    String record;
    FrozenTrial trial;
    try {
      record = row.record().text(store);
      trial = Records.read(record);
    } catch (NoSuchFileException e) {
      throw live.find("SELECT 1 FROM trials WHERE trial_id = ?", found -> true, row.id()) == null
          ? new Gone(row.id())
          : new IOException("trial %d in live.db: %s is missing".formatted(row.id(), e.getFile()));
    } catch (IOException | SQLException e) {
      throw new IOException("trial %d in live.db: %s".formatted(row.id(), e.getMessage()), e);
    }
    reader.accept(trial, record);
  }

  private static List<HotTrial> read(Statements sql, long[] ids) throws SQLException {
    return sql.list(
        "SELECT "
            + HotTrial.COLUMNS
            + " FROM trials WHERE trial_id IN (SELECT value FROM json_each(?)) ORDER BY number",
        HotTrial::read,
        Arrays.toString(ids));
  }
}
