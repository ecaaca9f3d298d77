package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The studies of one open store. Safe to share between threads. */
final class Studies {
  private static final String COLUMNS =
      "SELECT study_id, name, directions, user_attrs, system_attrs, trial_files FROM studies ";

  private final Path store;
  private final LiveDatabase live;
  private final Tombstones tombstones;

  /** By id. Attributes may be older than the database's; the rest never changes. */
  private final Map<Long, StudyRecord> known = new ConcurrentHashMap<>();

  Studies(Path store, LiveDatabase live) {
    this.store = store;
    this.live = live;
    this.tombstones = new Tombstones(store);
  }

  List<StudyRecord> all() {
    return live.query(sql -> sql.list(COLUMNS + "ORDER BY study_id", Studies::read));
  }

  @Nullable StudyRecord find(String name) {
    requireText(name);
    return live.find(COLUMNS + "WHERE name = ?", Studies::read, name);
  }

  /**
   * The study with this id.
   *
   * @throws StoreException where there is none
   */
  StudyRecord require(long studyId) {
    StudyRecord study = find(studyId);
    if (study == null) {
      throw missing(studyId);
    }
    return study;
  }

  /** As {@link #require}, but null where there is none. */
  @Nullable StudyRecord find(long studyId) {
    return live.find(COLUMNS + "WHERE study_id = ?", Studies::read, studyId);
  }

  /**
   * Name and directions of a study, without a look whether it was deleted since this process first
   * saw it.
   *
   * @throws StoreException where there is none
   */
  StudyRecord known(long studyId) {
    StudyRecord study = known.get(studyId);
    if (study == null) {
      study = require(studyId);
      known.put(studyId, study);
    }
    return study;
  }

  /** What is wrong where a study is not there. */
  StoreException missing(long studyId) {
    known.remove(studyId);
    return tombstones.noStudy(studyId);
  }

  @Nullable FrozenTrial best(long studyId) {
    return HotTrial.best(store, live, studyId);
  }

  /** The study of that name, created where there is none; one process creates it. */
  StudyRecord open(StudySettings wanted, Instant now) {
    StudyRecord created = wanted.study(0);
    requireText(wanted.name());
    StudyRecord study = find(wanted.name());
    if (study == null) {
      study = live.transaction(sql -> create(sql, created, now));
    }
    if (!study.directions().equals(wanted.directions())) {
      throw new StoreException(
          "study '%s' has the directions %s, asked for were %s; use another name"
              .formatted(study.name(), study.directions(), wanted.directions()));
    }
    TrialFiles trialFiles = wanted.trialFiles();
    if (trialFiles != null && study.trialFiles() != trialFiles) {
      throw new StoreException(
          "study '%s' was created with trial_files: %s, asked for was %s; leave it out, or use another name"
              .formatted(study.name(), study.trialFiles().text(), trialFiles.text()));
    }
    return study;
  }

  /** A new study. */
  StudyRecord create(StudySettings wanted, Instant now) {
    StudyRecord created = wanted.study(0);
    requireText(wanted.name());
    return live.transaction(
        sql -> {
          if (!insert(sql, created, now)) {
            throw new NameTakenException(created.name());
          }
          return named(sql, created.name());
        });
  }

  private static StudyRecord create(Statements sql, StudyRecord wanted, Instant now)
      throws SQLException {
    insert(sql, wanted, now);
    return named(sql, wanted.name());
  }

  /** False where there is one of that name. */
  private static boolean insert(Statements sql, StudyRecord wanted, Instant now)
      throws SQLException {
    ArrayNode directions = Json.object().putArray("directions");
    wanted.directions().forEach(direction -> directions.add(direction.name()));
    return sql.update(
            "INSERT INTO studies "
                + "(name, directions, user_attrs, system_attrs, trial_files, created_us) "
                + "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            wanted.name(),
            CanonicalJson.compact(directions),
            CanonicalJson.compact(wanted.userAttrs()),
            CanonicalJson.compact(wanted.systemAttrs()),
            wanted.trialFiles().text(),
            TrialJson.toMicros(now))
        > 0;
  }

  private static StudyRecord named(Statements sql, String name) throws SQLException {
    StudyRecord study = sql.first(COLUMNS + "WHERE name = ?", Studies::read, name);
    if (study == null) {
      throw new IllegalStateException("study '%s' was not created".formatted(name));
    }
    return study;
  }

  /** SQLite keeps text in UTF-8, which has no form for half a pair: two names would become one. */
  private static void requireText(String name) {
    int place = unstorable(name);
    if (place >= 0) {
      throw new StoreException(
          "the study's name holds %s at position %d; leave it out"
              .formatted(
                  name.charAt(place) == 0 ? "a NUL character" : "half a surrogate pair", place));
    }
  }

  /** Where a text holds what SQLite does not keep: half a surrogate pair or NUL; -1 for nowhere. */
  static int unstorable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c) || c == 0) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A study's counts.
   *
   * @throws StoreException where there is none
   */
  StudyCounts counts(long studyId) {
    StudyCounts counts = findCounts(studyId);
    if (counts == null) {
      throw missing(studyId);
    }
    return counts;
  }

  /** As {@link #counts}, but null where there is no such study. */
  @Nullable StudyCounts findCounts(long studyId) {
    return live.find(
        """
        SELECT coalesce(complete, 0), coalesce(pruned, 0), coalesce(fail, 0),
          (SELECT count(*) FROM trials t
            WHERE t.study_id = s.study_id AND t.state = 'RUNNING')
          + (SELECT count(*) FROM live_trials l
            WHERE l.study_id = s.study_id AND l.state = 'RUNNING'),
          (SELECT count(*) FROM signatures g WHERE g.study_id = s.study_id)
        FROM studies s LEFT JOIN summaries USING (study_id) WHERE study_id = ?\
        """,
        row ->
            new StudyCounts(
                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)),
        studyId);
  }

  private static StudyRecord read(ResultSet row) throws SQLException {
    try {
      List<Direction> directions = new ArrayList<>();
      Json.parse(row.getString(3))
          .forEach(direction -> directions.add(Direction.valueOf(direction.textValue())));
      return new StudyRecord(
          row.getLong(1),
          row.getString(2),
          directions,
          (ObjectNode) Json.parse(row.getString(4)),
          (ObjectNode) Json.parse(row.getString(5)),
          TrialFiles.ofText(row.getString(6)));
    } catch (JsonProcessingException e) {
      throw new SQLException(
          "studies: the row %d is not JSON: %s".formatted(row.getLong(1), e.getMessage()), e);
    }
  }
}
