package dev.assay.storage;

import dev.assay.storage.ColumnMap.Column;
import dev.assay.storage.HotSelection.Unseen;
import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A part made of finished trials in the live database, from its reservation to its commit. Other
 * threads and processes may make parts of the same trials: the first commit wins, and the others
 * find that out in the transaction of theirs, which changes nothing then.
 *
 * <p>Two kinds. A <em>seal</em> takes trials out of the live database: its reservation marks the
 * rows. A <em>delta</em> shows trials to readers while they stay hot. All rows of a delta are
 * reserved for the same seal, or all for none, and a seal takes whole deltas: so a seal replaces
 * exactly the deltas of its rows, and no trial is ever shown twice.
 */
final class HotPart {
  /** How many rows a transaction marks or deletes: it bounds how long others wait for it. */
  private static final int AT_ONCE = 500;

  private static final String MARK =
      "UPDATE trials SET part_id = ?1 WHERE trial_id IN (SELECT value FROM json_each(?2)) "
          + "AND part_id IS NULL AND delta_id IS nullif(?3, "
          + HotSelection.UNSHOWN
          + ") AND EXISTS (SELECT 1 FROM parts WHERE part_id = ?1 AND status = 'reserved') "
          + "RETURNING trial_id";

  private static final String REMOVE_SOME =
      "DELETE FROM trials WHERE trial_id IN (SELECT trial_id FROM trials WHERE part_id = ? LIMIT "
          + AT_ONCE
          + ")";

  private final Path store;
  private final LiveDatabase live;
  private final Part part;

  /** The files of a seal's trials; null where they stay in {@code runs/}. */
  private final @Nullable RunPack pack;

  private final HotRows rows;

  /** The seal that has reserved a delta's rows; null where none has. */
  private final @Nullable Long sealing;

  /** The deltas that a delta takes the place of. */
  private final List<Long> replaced;

  private final long newRows;

  /** Ends a transaction whose rows another one has taken, or whose study is deleted. */
  private static final class Lost extends RuntimeException {}

  private HotPart(
      Path store,
      LiveDatabase live,
      Part part,
      @Nullable RunPack pack,
      long[] ids,
      long newRows,
      @Nullable Long sealing,
      List<Long> replaced) {
    this.store = store;
    this.live = live;
    this.part = part;
    this.pack = pack;
    this.rows = new HotRows(store, live, ids);
    this.sealing = sealing;
    this.replaced = replaced;
    this.newRows = newRows;
  }

  Part part() {
    return part;
  }

  /** How many of its rows no other delta has shown. */
  long newRows() {
    return newRows;
  }

  /**
   * Reserves trials of a study that ended up to a change for a seal, some in each transaction;
   * empty where there are none to take. A delta whose first rows are marked belongs to the seal: no
   * other seal or delta can have it from then on.
   */
  static Optional<HotPart> reserveSeal(
      Path store, LiveDatabase live, long workerId, long studyId, long lastChange) {
    Map<Long, long[]> wanted =
        live.query(sql -> new HotSelection(sql, studyId, null).forSeal(lastChange));
    if (wanted.values().stream().allMatch(ids -> ids.length == 0)) {
      return Optional.empty();
    }
    Part part = live.transaction(sql -> Parts.reserve(sql, studyId, Kind.TRIALS, workerId));
    try {
      long[] ids = new long[0];
      for (Map.Entry<Long, long[]> delta : wanted.entrySet()) {
        ids = HotSelection.join(ids, mark(live, part, delta.getKey(), delta.getValue()));
      }
      int rows = ids.length;
      if (rows > 0) {
        Optional<RunPack> pack =
            live.transaction(
                sql -> {
                  sql.update("UPDATE parts SET rows = ? WHERE part_id = ?", rows, part.id());
                  return RunPack.reserve(sql, store, workerId, studyId);
                });
        return Optional.of(
            new HotPart(store, live, part, pack.orElse(null), ids, rows, null, List.of()));
      }
    } catch (RuntimeException e) {
      abandon(store, live, part);
      throw e;
    }
    abandon(store, live, part);
    return Optional.empty();
  }

  /** Marks rows for a seal; gives those that it got: of a delta all or none. */
  private static long[] mark(LiveDatabase live, Part part, long delta, long[] wanted) {
    long[] marked = new long[0];
    for (int from = 0; from < wanted.length; from += AT_ONCE) {
      long[] some = Arrays.copyOfRange(wanted, from, Math.min(wanted.length, from + AT_ONCE));
      try {
        marked = HotSelection.join(marked, live.transaction(sql -> mark(sql, part, delta, some)));
      } catch (Lost e) {
        // Another seal has the delta, or a new delta its rows.
        return new long[0];
      }
    }
    return marked;
  }

  private static long[] mark(Statements sql, Part part, long delta, long[] wanted)
      throws SQLException {
    long[] marked =
        sql.list(MARK, row -> row.getLong(1), part.id(), Arrays.toString(wanted), delta).stream()
            .mapToLong(id -> id)
            .toArray();
    if (delta != HotSelection.UNSHOWN && marked.length < wanted.length) {
      throw new Lost();
    }
    return marked;
  }

  /**
   * Reserves a delta of a study's finished trials that no delta shows yet, and of what its smaller
   * deltas show where these are many; empty where there is nothing to show.
   */
  static Optional<HotPart> reserveDelta(
      Path store, LiveDatabase live, long workerId, Unseen unseen) {
    return live.transaction(
        sql -> {
          HotSelection selection = new HotSelection(sql, unseen.studyId(), unseen.sealing());
          long[] ids = selection.unseen(HotSelection.DELTA_ROWS);
          if (ids.length == 0) {
            return Optional.empty();
          }
          List<Long> replaced = selection.mergedWith(ids.length);
          Part part = Parts.reserve(sql, unseen.studyId(), Kind.DELTA, workerId);
          return Optional.of(
              new HotPart(
                  store,
                  live,
                  part,
                  null,
                  HotSelection.join(ids, selection.shownBy(replaced)),
                  ids.length,
                  unseen.sealing(),
                  replaced));
        });
  }

  /**
   * Writes and commits the part.
   *
   * @return false where another was first: nothing of this one is left
   */
  boolean run() {
    boolean committed;
    try {
      committed = commit(write());
    } catch (HotRows.Gone | Lost e) {
      committed = false;
    } catch (IOException | RuntimeException e) {
      throw failed(e);
    }
    if (!committed) {
      abandon();
    }
    return committed;
  }

  private StoreException failed(Exception e) {
    StoreException failure =
        e instanceof StoreException known
            ? known
            : new StoreException("cannot write %s: %s".formatted(part.file(store), e), e);
    try {
      abandon();
    } catch (RuntimeException more) {
      // The reservation is cleaned up when this worker is gone.
      failure.addSuppressed(more);
    }
    return failure;
  }

  /** Puts the part's file on disk under its lasting name, where no reader looks for it yet. */
  Written write() throws IOException {
    // On disk first: a power failure must not leave a file whose part's id is given again.
    live.sync();
    PartMetadata metadata = live.query(this::metadata);
    if (pack != null) {
      pack.write(rows, metadata);
    }
    return new PartWriter(store).trials(part, rows, metadata, this::promote);
  }

  private PartMetadata metadata(Statements sql) throws SQLException {
    PartMetadata metadata = PartMetadata.find(sql, part.studyId());
    if (metadata == null) {
      throw new Lost();
    }
    return metadata;
  }

  private List<Column> promote(Map<ColumnKey, ColumnType.Survey> surveys, long count) {
    return live.transaction(
        sql -> {
          metadata(sql);
          return ColumnMap.promote(sql, part.studyId(), surveys, count);
        });
  }

  /**
   * Makes the written part visible.
   *
   * @return false where the reservation was cancelled or another part has the rows: nothing changes
   */
  boolean commit(Written written) {
    try {
      live.durableTransaction(
          sql -> {
            long snapshot = Parts.nextSnapshot(sql);
            if (!Parts.commit(sql, part, written, snapshot)
                || (pack != null && !pack.commit(sql, snapshot))) {
              throw new Lost();
            }
            for (long delta : part.kind() == Kind.DELTA ? showRows(sql) : sealRows(sql)) {
              Parts.drop(sql, delta, snapshot);
            }
            return true;
          });
    } catch (Lost e) {
      return false;
    }
    if (part.kind() == Kind.TRIALS) {
      removeSealed(store, live, part.id());
    }
    return true;
  }

  /**
   * Deletes the rows of a committed seal, some in each transaction, and their files in {@code
   * spool/}. From its commit on such rows count for nothing, and whoever finds some left may do
   * this.
   */
  static void removeSealed(Path store, LiveDatabase live, long partId) {
    List<String> spooled =
        live.query(
            sql ->
                sql.list(
                    "SELECT spool FROM trials WHERE part_id = ? AND spool IS NOT NULL "
                        + "AND spool NOT IN (SELECT spool FROM best_trials WHERE spool IS NOT NULL)",
                    row -> row.getString(1),
                    partId));
    while (live.transaction(sql -> sql.update(REMOVE_SOME, partId)) > 0) {
      // Others write in between.
    }
    if (!spooled.isEmpty()) {
      // On disk first: a power failure must not bring back a row without its file.
      live.sync();
      Spool.delete(store, spooled);
    }
  }

  /** Gives the deltas that are shown no more. */
  private List<Long> showRows(Statements sql) throws SQLException {
    int shown =
        sql.update(
            "UPDATE trials SET delta_id = ? WHERE trial_id IN (SELECT value FROM json_each(?)) "
                + "AND part_id IS ? "
                + "AND (delta_id IS NULL OR delta_id IN (SELECT value FROM json_each(?)))",
            part.id(),
            rows.json(),
            sealing,
            replaced.toString());
    boolean sealed = sealing != null && !Parts.isReserved(sql, sealing);
    if (sealed || shown != rows.count() || isShown(sql, replaced)) {
      throw new Lost();
    }
    return replaced;
  }

  /** Gives the deltas that are shown no more: those of the seal's rows, and of no others. */
  private List<Long> sealRows(Statements sql) throws SQLException {
    HotSelection sealed = new HotSelection(sql, part.studyId(), part.id());
    List<Long> deltas = sealed.deltas();
    long reserved = sql.number("SELECT count(*) FROM trials WHERE part_id = ?", part.id());
    long shown =
        sql.number(
            "SELECT coalesce(sum(rows), 0) FROM parts "
                + "WHERE part_id IN (SELECT value FROM json_each(?))",
            deltas.toString());
    if (reserved != rows.count() || shown + sealed.unshown() != reserved) {
      throw new IllegalStateException(
          "%s: reserved %d rows, found %d, of which deltas show %d; nothing was changed"
              .formatted(part.path(), rows.count(), reserved, shown));
    }
    return deltas;
  }

  private static boolean isShown(Statements sql, List<Long> deltas) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM trials WHERE delta_id IN (SELECT value FROM json_each(?))",
            deltas.toString())
        > 0;
  }

  /** Takes the reservation back, then deletes the file, unless it is committed. */
  void abandon() {
    abandon(store, live, part);
    if (pack != null) {
      abandon(store, live, pack.part());
    }
  }

  static void abandon(Path store, LiveDatabase live, Part part) {
    // What is not renamed yet cannot be the file under the lasting name: that is an older part.
    boolean isTaken = Files.exists(part.temporary(store)) && Files.exists(part.file(store));
    // On a full disk the transaction needs the room that the half-written file takes.
    Lake.delete(part.temporary(store));
    boolean committed =
        live.transaction(
            sql -> {
              Parts.cancel(sql, part);
              if (isTaken) {
                Parts.forget(sql, part);
              }
              return Parts.isCommitted(sql, part);
            });
    if (!committed) {
      ImportedTrials.forget(live, part.studyId());
      if (!isTaken) {
        Lake.delete(part.file(store));
      }
    }
  }
}
