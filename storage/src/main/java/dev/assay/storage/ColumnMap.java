package dev.assay.storage;

import static java.util.Comparator.comparing;

import dev.assay.storage.ColumnKey.Section;
import java.sql.SQLException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Which column each promoted key of a study has, in every part of it: a key keeps its column.
 * Column names are distinct also without regard to case, because DuckDB merges columns that differ
 * in nothing else without a word.
 */
final class ColumnMap {
  /** A promoted column of one part. */
  record Column(ColumnKey key, String name, ColumnType type) {}

  /** The most columns that a study's keys may have. */
  static final int MAX_COLUMNS = 500;

  /** A key in fewer rows of a part than one in this many gets no new column. */
  static final int ROWS_PER_KEY = 100;

  /** The longest column name, in UTF-16 units, before the number that tells equal ones apart. */
  static final int MAX_NAME = 160;

  private final Map<ColumnKey, String> names = new LinkedHashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<ColumnKey> unsaved = new ArrayList<>();

  static ColumnMap load(Statements sql, long studyId) throws SQLException {
    ColumnMap map = new ColumnMap();
    sql.list(
            "SELECT section, key, name FROM columns WHERE study_id = ?",
            row ->
                Map.entry(
                    ColumnKey.parse(Section.ofPrefix(row.getString(1)), row.getString(2)),
                    row.getString(3)),
            studyId)
        .forEach(entry -> map.put(entry.getKey(), entry.getValue()));
    return map;
  }

  /**
   * {@link #columnsOf} for a study's next part, inside the caller's transaction; names are kept.
   */
  static List<Column> promote(
      Statements sql, long studyId, Map<ColumnKey, ColumnType.Survey> surveys, long rows)
      throws SQLException {
    ColumnMap map = load(sql, studyId);
    List<Column> columns = map.columnsOf(surveys, rows);
    map.save(sql, studyId);
    return columns;
  }

  private void put(ColumnKey key, String name) {
    names.put(key, name);
    taken.add(folded(name));
  }

  /**
   * The columns of a part whose rows hold these values, by section and name. Keys that have no
   * column yet get one while there is room, those in more rows first.
   */
  List<Column> columnsOf(Map<ColumnKey, ColumnType.Survey> surveys, long rows) {
    surveys.entrySet().stream()
        .filter(e -> !names.containsKey(e.getKey()))
        .filter(e -> e.getValue().rows() * ROWS_PER_KEY >= rows)
        .sorted(
            comparing((Map.Entry<ColumnKey, ColumnType.Survey> e) -> e.getKey().section())
                .thenComparing(e -> e.getValue().rows(), Comparator.reverseOrder())
                .thenComparing(e -> e.getKey().text()))
        .limit(Math.max(0, MAX_COLUMNS - names.size()))
        .map(Map.Entry::getKey)
        .forEach(this::name);
    return names.entrySet().stream()
        .filter(e -> surveys.containsKey(e.getKey()))
        .map(e -> column(e.getKey(), e.getValue(), surveys))
        .sorted(comparing((Column column) -> column.key().section()).thenComparing(Column::name))
        .toList();
  }

  private static Column column(
      ColumnKey key, String name, Map<ColumnKey, ColumnType.Survey> surveys) {
    ColumnType.Survey survey = surveys.get(key);
    if (survey == null) {
      throw new IllegalStateException("no survey of " + key);
    }
    return new Column(key, name, survey.type());
  }

  private void name(ColumnKey key) {
    String plain = readable(key);
    String name = plain;
    for (int i = 2; taken.contains(folded(name)); i++) {
      name = plain + "_" + i;
    }
    put(key, name);
    unsaved.add(key);
  }

  /** What people type: the key itself, but for what cannot stand in a name or is too long. */
  private static String readable(ColumnKey key) {
    String plain = key.section().prefix() + "_" + String.join(".", key.path());
    StringBuilder name = new StringBuilder();
    plain
        .codePoints()
        .takeWhile(c -> name.length() + Character.charCount(c) <= MAX_NAME)
        .map(c -> isWritable(c) ? c : '_')
        .forEach(name::appendCodePoint);
    return Normalizer.normalize(name, Normalizer.Form.NFC);
  }

  private static boolean isWritable(int codePoint) {
    boolean loneSurrogate =
        codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    return !loneSurrogate && !Character.isISOControl(codePoint);
  }

  private static String folded(String name) {
    return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
  }

  /** Keeps the new names; in the transaction that loaded the map, or that creates the study. */
  void save(Statements sql, long studyId) throws SQLException {
    for (ColumnKey key : unsaved) {
      sql.update(
          "INSERT INTO columns (study_id, section, key, name) VALUES (?, ?, ?, ?)",
          studyId,
          key.section().prefix(),
          key.text(),
          names.get(key));
    }
  }
}
