package dev.assay.storage;

import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/**
 * Finished trials in the live database, by their ids. They are read a few at a time, each time in a
 * short transaction of its own: finished trials never change, and a long one would keep the
 * write-ahead log from being cut.
 */
final class HotRows implements TrialRows {
  private static final int AT_ONCE = 200;

  private final LiveDatabase live;
  private final long[] ids;

  /** A row that is gone: another process has sealed it. */
  static final class Gone extends IOException {
    Gone(long trialId) {
      super("trial %d is no longer in the live database".formatted(trialId));
    }
  }

  private record Row(long trialId, String text) {}

  /**
   * @param ids ascending
   */
  HotRows(LiveDatabase live, long[] ids) {
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
    for (int from = 0; from < ids.length; from += AT_ONCE) {
      long[] some = Arrays.copyOfRange(ids, from, Math.min(ids.length, from + AT_ONCE));
      List<Row> rows = live.query(sql -> read(sql, some));
      for (int i = 0; i < some.length; i++) {
        if (i >= rows.size() || rows.get(i).trialId() != some[i]) {
          throw new Gone(some[i]);
        }
        String record = rows.get(i).text();
        reader.accept(parse(some[i], record), record);
      }
    }
  }

  private static FrozenTrial parse(long trialId, String record) throws IOException {
    try {
      return Records.read(record);
    } catch (SQLException e) {
      throw new IOException("trial %d in live.db: %s".formatted(trialId, e.getMessage()), e);
    }
  }

  private static List<Row> read(Statements sql, long[] ids) throws SQLException {
    return sql.list(
        "SELECT trial_id, record FROM trials "
            + "WHERE trial_id IN (SELECT value FROM json_each(?)) ORDER BY trial_id",
        row -> new Row(row.getLong(1), row.getString(2)),
        Arrays.toString(ids));
  }
}
