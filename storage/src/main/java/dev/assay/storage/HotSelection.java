package dev.assay.storage;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the rows of the live database that a part takes, inside the caller's transaction. What a
 * delta takes is bounded, because the transaction that says which rows it shows holds up every
 * other writer.
 */
final class HotSelection {
  /** So many deltas are rewritten into one, as far as that has no more rows than a delta may. */
  static final int MAX_DELTAS = 16;

  /** How many rows a delta has at most. */
  static final int DELTA_ROWS = 3_000;

  /** From so many rows on a seal takes no more. */
  private static final int SEAL_ROWS = 20_000;

  private static final long BYTES = 64L << 20;

  private static final String UNSEEN = "delta_id IS NULL AND " + Trials.FINISHED + " ";

  private static final String SIZE = "coalesce(spool_bytes, octet_length(record))";

  /** No delta has this id. */
  static final long UNSHOWN = -1;

  private final Statements sql;
  private final long studyId;

  /** The seal that has reserved the rows; null where none has. */
  private final @Nullable Long sealing;

  /**
   * Rows that no delta shows yet.
   *
   * @param sealing the seal that has reserved them; null where none has
   */
  record Unseen(long studyId, @Nullable Long sealing, long rows) {}

  HotSelection(Statements sql, long studyId, @Nullable Long sealing) {
    this.sql = sql;
    this.studyId = studyId;
    this.sealing = sealing;
  }

  /** How many finished trials of a study no sealed part holds or has reserved. */
  static long finished(Statements sql, long studyId) throws SQLException {
    return sql.number(
        "SELECT coalesce(sum(complete + pruned + fail), 0) - "
            + "(SELECT coalesce(sum(rows), 0) FROM parts "
            + "WHERE study_id = ?1 AND kind = 'trials' AND status <> 'dropped') "
            + "FROM summaries WHERE study_id = ?1",
        studyId);
  }

  /** Where there are finished trials that readers do not see. */
  static List<Unseen> unseen(Statements sql) throws SQLException {
    return sql.list(
        "SELECT study_id, part_id, count(*) FROM trials WHERE "
            + UNSEEN
            + "AND "
            + Parts.NOT_SEALED
            + " GROUP BY study_id, part_id",
        row -> new Unseen(row.getLong(1), Statements.nullableLong(row, 2), row.getLong(3)));
  }

  /** Finished trials that no delta shows, the lowest ids first. */
  long[] unseen(int limit) throws SQLException {
    return unseen(limit, Long.MAX_VALUE);
  }

  private long[] unseen(int limit, long lastChange) throws SQLException {
    return ids(
        "SELECT trial_id FROM (SELECT trial_id, sum("
            + SIZE
            + ") OVER (ORDER BY trial_id) - "
            + SIZE
            + " AS before FROM trials WHERE study_id = ? AND part_id IS ? AND change_sequence <= ? AND "
            + UNSEEN
            + "ORDER BY trial_id LIMIT ?) WHERE before < ?",
        studyId,
        sealing,
        lastChange,
        limit,
        BYTES);
  }

  /**
   * What a seal takes of the trials that ended up to a change: whole deltas, then trials that none
   * shows.
   *
   * @return a list of ids for each delta, ascending, and those of the rest by the key {@link
   *     #UNSHOWN}
   */
  Map<Long, long[]> forSeal(long lastChange) throws SQLException {
    Map<Long, long[]> taken = new LinkedHashMap<>();
    long rows = 0;
    long bytes = 0;
    for (long delta : deltas()) {
      if (rows >= SEAL_ROWS || bytes >= BYTES) {
        return taken;
      }
      if (endsAfter(delta, lastChange)) {
        continue;
      }
      long[] ids = shownBy(List.of(delta));
      taken.put(delta, ids);
      rows += ids.length;
      bytes += sql.number("SELECT sum(" + SIZE + ") FROM trials WHERE delta_id = ?", delta);
    }
    if (rows < SEAL_ROWS) {
      taken.put(UNSHOWN, unseen((int) (SEAL_ROWS - rows), lastChange));
    }
    return taken;
  }

  private boolean endsAfter(long delta, long lastChange) throws SQLException {
    return sql.number(
            "SELECT EXISTS (SELECT 1 FROM trials WHERE delta_id = ? AND change_sequence > ?)",
            delta,
            lastChange)
        == 1;
  }

  /** How many of this seal's rows no delta shows. */
  long unshown() throws SQLException {
    return sql.number(
        "SELECT count(*) FROM trials WHERE study_id = ? AND part_id IS ? AND " + UNSEEN,
        studyId,
        sealing);
  }

  /** The deltas that a new one of so many rows takes the place of: the smallest, or none yet. */
  List<Long> mergedWith(long rows) throws SQLException {
    List<Long> small =
        sql.list(
            "SELECT part_id FROM (SELECT part_id, sum(rows) OVER (ORDER BY rows, part_id) AS upto "
                + "FROM parts WHERE part_id IN (SELECT value FROM json_each(?))) WHERE upto <= ?",
            row -> row.getLong(1),
            deltas().toString(),
            DELTA_ROWS - rows);
    return small.size() + 1 < MAX_DELTAS ? List.of() : small;
  }

  /** The committed deltas of rows that this seal has reserved, or none; their first row tells. */
  List<Long> deltas() throws SQLException {
    return sql.list(
        "SELECT part_id FROM parts p "
            + "WHERE study_id = ? AND kind = 'delta' AND status = 'committed' AND "
            + "(SELECT t.part_id FROM trials t WHERE t.delta_id = p.part_id "
            + "ORDER BY trial_id LIMIT 1) IS ?",
        row -> row.getLong(1),
        studyId,
        sealing);
  }

  long[] shownBy(List<Long> deltas) throws SQLException {
    return ids(
        "SELECT trial_id FROM trials WHERE delta_id IN (SELECT value FROM json_each(?))",
        deltas.toString());
  }

  private long[] ids(String query, @Nullable Object... arguments) throws SQLException {
    return sql.list(query, row -> row.getLong(1), arguments).stream()
        .mapToLong(id -> id)
        .sorted()
        .toArray();
  }

  static long[] join(long[] some, long[] more) {
    return LongStream.concat(LongStream.of(some), LongStream.of(more)).sorted().toArray();
  }
}
