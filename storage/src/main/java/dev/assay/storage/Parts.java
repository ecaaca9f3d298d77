package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * The table {@code parts}: which files the lake has, which are on their way and which are on their
 * way out. Every method runs inside the caller's transaction.
 *
 * <p>A part is reserved before its file exists, committed when the file is on disk under its
 * lasting name, and dropped when no later manifest names it. Its id is in the file's name and never
 * reused.
 */
final class Parts {
  /** What a part holds, and where such parts are. */
  enum Kind {
    TRIALS("trials", "lake/trials"),
    /** Trials that are still in the live database, shown to readers until a seal replaces them. */
    DELTA("delta", "lake/deltas"),
    FILES("files", "lake/files");

    private final String text;
    private final String folder;

    Kind(String text, String folder) {
      this.text = text;
      this.folder = folder;
    }

    String text() {
      return text;
    }

    String folder() {
      return folder;
    }

    /** The kind whose parts are there. */
    static Kind ofFolder(String folder) {
      for (Kind kind : values()) {
        if (kind.folder.equals(folder)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "folder is '%s', expected lake/trials, lake/deltas or lake/files".formatted(folder));
    }

    static Kind ofText(String text) {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      throw new IllegalArgumentException(
          "kind of part is '%s', expected trials, delta or files".formatted(text));
    }
  }

  /**
   * A part's place.
   *
   * @param path relative to the store, with forward slashes
   */
  record Part(long id, long studyId, Kind kind, String path) {
    Path file(Path store) {
      return store.resolve(path);
    }

    /** The name until the file is whole. */
    Path temporary(Path store) {
      return store.resolve(path.replaceFirst("part-(\\d+)\\.parquet$", ".part-$1.tmp"));
    }
  }

  /**
   * For rows of {@code trials}: a row whose part is committed is sealed. It is there still because
   * such rows are deleted a few at a time.
   */
  static final String NOT_SEALED =
      "(part_id IS NULL OR part_id IN (SELECT part_id FROM parts WHERE snapshot IS NULL))";

  private Parts() {}

  static Part reserve(Statements sql, long studyId, Kind kind, long workerId) throws SQLException {
    long id =
        sql.number(
            "INSERT INTO parts (study_id, kind, status, path, worker_id) "
                + "VALUES (?, ?, 'reserved', '', ?) RETURNING part_id",
            studyId,
            kind.text,
            workerId);
    String path = "%s/study=%d/part-%d.parquet".formatted(kind.folder, studyId, id);
    sql.update("UPDATE parts SET path = ? WHERE part_id = ?", path, id);
    return new Part(id, studyId, kind, path);
  }

  /** The id that was given last; 0 where none was. */
  static long lastId(Statements sql) throws SQLException {
    return sql.number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'parts'");
  }

  static boolean isReserved(Statements sql, long partId) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM parts WHERE part_id = ? AND status = 'reserved'", partId)
        == 1;
  }

  static boolean isCommitted(Statements sql, Part part) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM parts WHERE part_id = ? AND status = 'committed'", part.id())
        == 1;
  }

  /**
   * Makes a part visible from {@code snapshot} on.
   *
   * @return false where the reservation was cancelled meanwhile: nothing is changed
   */
  static boolean commit(Statements sql, Part part, Written written, long snapshot)
      throws SQLException {
    return sql.update(
            "UPDATE parts SET status = 'committed', rows = ?, bytes = ?, sha256 = ?, snapshot = ? "
                + "WHERE part_id = ? AND status = 'reserved'",
            written.rows(),
            written.bytes(),
            written.sha256(),
            snapshot,
            part.id())
        == 1;
  }

  /** Takes a part out of the manifest, from {@code snapshot} on. */
  static void drop(Statements sql, long partId, long snapshot) throws SQLException {
    sql.update(
        "UPDATE parts SET status = 'dropped', dropped_snapshot = ? WHERE part_id = ?",
        snapshot,
        partId);
  }

  /**
   * Takes all parts of a study that is deleted out of the manifest, those that are being written as
   * well.
   */
  static void dropAll(Statements sql, long studyId, long snapshot) throws SQLException {
    sql.update(
        "UPDATE parts SET status = 'dropped', dropped_snapshot = ? "
            + "WHERE study_id = ? AND status <> 'dropped'",
        snapshot,
        studyId);
  }

  /**
   * Takes committed parts out of the manifest, from {@code snapshot} on.
   *
   * @return how many of them were committed: the others are left as they are
   */
  static int dropCommitted(Statements sql, List<Long> partIds, long snapshot) throws SQLException {
    return sql.update(
        "UPDATE parts SET status = 'dropped', dropped_snapshot = ? "
            + "WHERE part_id IN (SELECT value FROM json_each(?)) AND status = 'committed'",
        snapshot,
        partIds.toString());
  }

  /**
   * Takes a reservation back and frees its rows. Changes nothing where it is committed or was
   * cancelled before.
   */
  static void cancel(Statements sql, Part part) throws SQLException {
    int cancelled =
        sql.update(
            "UPDATE parts SET status = 'dropped', dropped_snapshot = ? "
                + "WHERE part_id = ? AND status = 'reserved'",
            snapshot(sql),
            part.id());
    if (cancelled > 0) {
      sql.update("UPDATE trials SET part_id = NULL WHERE part_id = ?", part.id());
    }
  }

  /** Takes a cancelled reservation off the list, so that nobody deletes the file of its name. */
  static void forget(Statements sql, Part part) throws SQLException {
    sql.update("DELETE FROM parts WHERE part_id = ? AND status = 'dropped'", part.id());
  }

  static long snapshot(Statements sql) throws SQLException {
    return sql.number("SELECT value FROM meta WHERE key = 'snapshot'");
  }

  static long nextSnapshot(Statements sql) throws SQLException {
    return sql.number("UPDATE meta SET value = value + 1 WHERE key = 'snapshot' RETURNING value");
  }

  /** The parts for which {@code condition} on the table's columns holds, by id. */
  static List<Part> list(Statements sql, String condition, Object... arguments)
      throws SQLException {
    return sql.list(
        "SELECT part_id, study_id, kind, path FROM parts WHERE " + condition + " ORDER BY part_id",
        Parts::read,
        arguments);
  }

  static Part read(ResultSet row) throws SQLException {
    return new Part(
        row.getLong(1), row.getLong(2), Kind.ofText(row.getString(3)), row.getString(4));
  }
}
