package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can still be read of a copy of a live database, which may be damaged or older than the lake.
 * Used by one thread.
 */
final class OldDatabase implements AutoCloseable {
  private final Statements sql;
  private boolean whole = true;

  /**
   * A study's row.
   *
   * @param nextNumber at least the number of its trials
   */
  record Study(PartMetadata metadata, long nextNumber, long nextFile, long duplicates) {
    Study withDuplicates(long other) {
      return new Study(metadata, nextNumber, nextFile, other);
    }
  }

  /** A row of {@code parts}, whatever its status. */
  record PartRow(PartCheck.Entry entry, String status) {}

  /** Takes a trial, and the study that it is of. */
  @FunctionalInterface
  interface Trials {
    void accept(long studyId, HotTrial trial);
  }

  private OldDatabase(Statements sql) {
    this.sql = sql;
  }

  /** Null where it is no database. */
  static @Nullable OldDatabase open(Path copy) {
    try {
      OldDatabase old =
          new OldDatabase(new Statements(LiveDatabase.connect(copy, Durability.NORMAL)));
      List<String> faults = old.list("PRAGMA quick_check", row -> row.getString(1));
      old.whole &= faults.equals(List.of("ok"));
      if (old.snapshot() < 0) {
        old.close();
        return null;
      }
      return old;
    } catch (SQLException e) {
      Lake.LOG.debug("{} is no database: {}", copy, e.toString());
      return null;
    }
  }

  /** Whether everything that was asked for so far could be read. */
  boolean isWhole() {
    return whole;
  }

  /** The number of its last snapshot; -1 where that cannot be read. */
  long snapshot() {
    return meta("snapshot");
  }

  /** The greatest change sequence, trial id and so on; -1 where it cannot be read. */
  long meta(String key) {
    List<Long> values =
        list("SELECT value FROM meta WHERE key = '" + key + "'", row -> row.getLong(1));
    return values.isEmpty() ? -1 : values.get(0);
  }

  /** The last id that the table has given. */
  long sequence(String table) {
    List<Long> values =
        list("SELECT seq FROM sqlite_sequence WHERE name = '" + table + "'", row -> row.getLong(1));
    return values.isEmpty() ? 0 : values.get(0);
  }

  List<Study> studies() {
    return list(
        "SELECT study_id, name, directions, user_attrs, system_attrs, trial_files, created_us, "
            + "next_number, next_file, duplicates FROM studies ORDER BY study_id",
        row -> new Study(PartMetadata.read(row), row.getLong(8), row.getLong(9), row.getLong(10)));
  }

  List<PartRow> parts() {
    return list(
        "SELECT part_id, study_id, kind, path, rows, bytes, sha256, status FROM parts "
            + "ORDER BY part_id",
        row ->
            new PartRow(
                new PartCheck.Entry(
                    Parts.read(row), row.getLong(5), row.getLong(6), row.getString(7)),
                row.getString(8)));
  }

  /** Which column a key of a study has. */
  record Column(long studyId, String section, String key, String name) {}

  List<Column> columns() {
    return list(
        "SELECT study_id, section, key, name FROM columns",
        row -> new Column(row.getLong(1), row.getString(2), row.getString(3), row.getString(4)));
  }

  /**
   * Gives the trials that can be read. Where a page is damaged they are read from both ends, and
   * some may come twice.
   */
  void trials(Trials trials) {
    String columns = "SELECT " + HotTrial.COLUMNS + ", study_id FROM trials ORDER BY trial_id ";
    if (!each(columns + "ASC", trials)) {
      each(columns + "DESC", trials);
    }
  }

  private boolean each(String query, Trials trials) {
    try (Statement statement = sql.connection().createStatement();
        ResultSet row = statement.executeQuery(query)) {
      while (row.next()) {
        HotTrial trial = read(row);
        if (trial != null) {
          trials.accept(row.getLong(HotTrial.WIDTH + 1), trial);
        }
      }
      return true;
    } catch (SQLException e) {
      return damaged(e);
    }
  }

  private @Nullable HotTrial read(ResultSet row) {
    try {
      return HotTrial.read(row);
    } catch (SQLException | RuntimeException e) {
      damaged(e);
      return null;
    }
  }

  /** The trials of a study that clients have in hand; none where they cannot be read. */
  Collection<OpenTrial> openTrials(LiveForm form, long studyId) {
    if (!hasOpenTrials()) {
      return List.of();
    }
    try {
      return OpenTrial.all(sql, form, studyId).values();
    } catch (SQLException | RuntimeException e) {
      damaged(e);
      return List.of();
    }
  }

  /** The first distributions of the parameters that clients have set in a study, by name. */
  Map<String, String> distributions(long studyId) {
    Map<String, String> distributions = new LinkedHashMap<>();
    if (hasOpenTrials()) {
      list(
          "SELECT name, distribution FROM live_distributions WHERE study_id = ?",
          row -> String.valueOf(distributions.put(row.getString(1), row.getString(2))),
          studyId);
    }
    return distributions;
  }

  /** Stores of the first versions have no tables for them. */
  private boolean hasOpenTrials() {
    return list("SELECT 1 FROM sqlite_schema WHERE name = 'live_trials'", row -> true).size() == 1;
  }

  /** The signatures that a study's guard knows without a trial. */
  List<String> signaturesWithoutTrial(long studyId) {
    return list(
        "SELECT signature FROM signatures WHERE study_id = ? AND trial_id IS NULL",
        row -> row.getString(1),
        studyId);
  }

  /** Which of these signatures a study's guard knows. */
  Set<String> known(long studyId, Collection<String> signatures) {
    ArrayNode asked = Json.object().putArray("asked");
    signatures.forEach(asked::add);
    return new HashSet<>(
        list(
            "SELECT value FROM json_each(?) WHERE value IN "
                + "(SELECT signature FROM signatures WHERE study_id = ?)",
            row -> row.getString(1),
            CanonicalJson.compact(asked),
            studyId));
  }

  /** The rows until the first that cannot be read. */
  private <T> List<T> list(String query, Statements.Row<T> row, @Nullable Object... arguments) {
    List<T> rows = new ArrayList<>();
    try {
      sql.list(query, found -> rows.add(row.read(found)), arguments);
    } catch (SQLException | RuntimeException e) {
      damaged(e);
    }
    return rows;
  }

  private boolean damaged(Exception e) {
    whole = false;
    Lake.LOG.debug("live.db is damaged: {}", e.toString());
    return false;
  }

  @Override
  public void close() throws SQLException {
    sql.close();
  }
}
