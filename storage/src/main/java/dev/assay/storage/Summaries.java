package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.TopTrial.Place;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.CodePointOrder;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The summaries of the live database: a row a study, the study's best trials, and its score
 * versions. They change in the transaction that finishes a trial, at a cost that does not grow with
 * the study, so that reading one takes a few rows whatever the study's size.
 */
final class Summaries {
  private static final String SELECT =
      "SELECT complete, pruned, fail, outside, finished, skipped, failed, valid, unversioned, timed, "
          + "duration_seconds, last_complete_us, best_trial_id, best_value, top_trials, "
          + "last_loss, last_file, last_number FROM summaries WHERE study_id = ?";

  private static final String REPLACE =
      "INSERT OR REPLACE INTO summaries (study_id, complete, pruned, fail, outside, finished, skipped, "
          + "failed, valid, unversioned, timed, duration_seconds, last_complete_us, best_trial_id, "
          + "best_value, top_trials, last_loss, last_file, last_number) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final String LAST =
      "FROM top_trials WHERE study_id = ? ORDER BY loss DESC, trial_file DESC, number DESC LIMIT 1";

  private Summaries() {}

  /**
   * A study's row.
   *
   * @param top how many of its best trials are in {@code top_trials}
   * @param last the place of the last of them, where no more are taken; else null
   */
  private record Row(StudyTotals totals, @Nullable BestValue best, int top, @Nullable Place last) {
    static final Row NONE = new Row(StudyTotals.NONE, null, 0, null);

    static Row load(Statements sql, long studyId) throws SQLException {
      Row row = sql.first(SELECT, Row::read, studyId);
      return row == null ? NONE : row;
    }

    private static Row read(ResultSet row) throws SQLException {
      StudyTotals totals =
          new StudyTotals(
              row.getLong(1),
              row.getLong(2),
              row.getLong(3),
              row.getLong(4),
              row.getLong(5),
              row.getLong(6),
              row.getLong(7),
              row.getLong(8),
              row.getLong(9),
              row.getLong(10),
              ExactSum.parse(row.getString(11)),
              Statements.nullableLong(row, 12));
      Long best = Statements.nullableLong(row, 13);
      String lastFile = row.getString(17);
      return new Row(
          totals,
          best == null ? null : new BestValue(best, row.getDouble(14)),
          row.getInt(15),
          lastFile == null ? null : new Place(row.getDouble(16), lastFile, row.getLong(18)));
    }

    void save(Statements sql, long studyId) throws SQLException {
      sql.update(
          REPLACE,
          studyId,
          totals.complete(),
          totals.pruned(),
          totals.fail(),
          totals.outside(),
          totals.finished(),
          totals.skipped(),
          totals.failed(),
          totals.valid(),
          totals.unversioned(),
          totals.timed(),
          totals.duration().text(),
          totals.lastCompleteUs(),
          best == null ? null : best.trialId(),
          best == null ? null : best.value(),
          top,
          last == null ? null : last.loss(),
          last == null ? null : last.file(),
          last == null ? null : last.number());
    }
  }

  /** All that is kept of a study: equal to what its trials come to, or the store is damaged. */
  record Kept(
      StudyTotals totals,
      @Nullable BestValue best,
      int count,
      @Nullable Place last,
      Map<TrialState, Long> unfinished,
      SortedMap<String, Long> versions,
      List<TopTrial> top) {
    static Kept load(Statements sql, StudyRecord study) throws SQLException {
      long studyId = study.id();
      Row row = Row.load(sql, studyId);
      return new Kept(
          row.totals(),
          row.best(),
          row.top(),
          row.last(),
          study.unfinished(),
          Summaries.versions(sql, studyId),
          Summaries.top(sql, studyId, -1));
    }

    static Kept of(SummaryCounter counter) {
      List<TopTrial> top = counter.top();
      boolean full = top.size() == StudySummary.MAX_TOP;
      return new Kept(
          counter.totals(),
          counter.bestValue(),
          top.size(),
          full ? top.get(top.size() - 1).place() : null,
          counter.unfinished(),
          counter.versions(),
          top);
    }

    /** A line for each thing in which the recount comes to something else. */
    List<String> differences(Kept recount) {
      List<String> lines = new ArrayList<>();
      if (!totals.equals(recount.totals)) {
        lines.add("its counts are %s, its trials come to %s".formatted(totals, recount.totals));
      }
      if (!unfinished.equals(recount.unfinished)) {
        lines.add(
            "its unfinished trials are %s, expected %s".formatted(unfinished, recount.unfinished));
      }
      if (!sameBest(recount.best)) {
        lines.add("its best trial is %s, expected %s".formatted(best, recount.best));
      }
      if (!versions.equals(recount.versions)) {
        lines.add(
            "its score versions are %s, its trials come to %s"
                .formatted(versions, recount.versions));
      }
      if (count != recount.count
          || !Objects.equals(last, recount.last)
          || !top.equals(recount.top)) {
        lines.add(
            "the list of its %d best trials is another than its trials come to".formatted(count));
      }
      return lines;
    }

    /** SQLite keeps no negative zero. */
    private boolean sameBest(@Nullable BestValue other) {
      if (best == null || other == null) {
        return Objects.equals(best, other);
      }
      return best.trialId() == other.trialId() && best.value() == other.value();
    }
  }

  /**
   * Adds a trial that ends in the caller's transaction.
   *
   * @return whether it is the study's best by objective value now
   */
  static boolean add(Statements sql, StudyRecord study, FrozenTrial trial) throws SQLException {
    Row row = Row.load(sql, study.id());
    Row sum = plus(sql, study, trial, row);
    sum.save(sql, study.id());
    return !Objects.equals(sum.best(), row.best());
  }

  /** Keeps the record of the study's best trial, inside the caller's transaction. */
  static void putBest(Statements sql, long studyId, HotRecord record) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO best_trials (study_id, record, spool, spool_bytes) "
            + "VALUES (?, ?, ?, ?)",
        studyId,
        record.inline(),
        record.spool(),
        record.spoolBytes());
  }

  /** Adds trials of a study that fail in the caller's transaction. */
  static void addFailed(Statements sql, StudyRecord study, List<FrozenTrial> trials)
      throws SQLException {
    Row row = Row.load(sql, study.id());
    for (FrozenTrial trial : trials) {
      row = plus(sql, study, trial, row);
    }
    row.save(sql, study.id());
  }

  /** The study's row with a trial more; where the trial is valid, it is counted and ranked. */
  private static Row plus(Statements sql, StudyRecord study, FrozenTrial trial, Row row)
      throws SQLException {
    TrialVerdict verdict = TrialVerdict.of(study, trial);
    Row ranked = row;
    if (verdict == TrialVerdict.VALID) {
      countVersion(sql, study.id(), ScoreVersion.of(trial), 1);
      ranked = rank(sql, study, trial, row);
    }
    BestValue value = BestValue.of(study, trial);
    boolean isBest = value != null && value.isBetter(row.best(), study.directions().get(0));
    StudyTotals totals = row.totals().plus(StudyTotals.of(trial, verdict));
    return new Row(totals, isBest ? value : row.best(), ranked.top(), ranked.last());
  }

  /** Takes the trial among the best where it is one of them; else nothing is written. */
  private static Row rank(Statements sql, StudyRecord study, FrozenTrial trial, Row row)
      throws SQLException {
    Place place = Place.of(study.directions().get(0), trial);
    if (row.last() != null && place.compareTo(row.last()) >= 0) {
      return row;
    }
    insertTop(sql, study.id(), TopTrial.of(place, trial));
    int top = row.top() + 1;
    if (top > StudySummary.MAX_TOP) {
      sql.update(
          "DELETE FROM top_trials WHERE trial_id = (SELECT trial_id " + LAST + ")", study.id());
      top--;
    }
    Place last = top < StudySummary.MAX_TOP ? null : last(sql, study.id());
    return new Row(row.totals(), row.best(), top, last);
  }

  private static void insertTop(Statements sql, long studyId, TopTrial trial) throws SQLException {
    sql.update(
        "INSERT INTO top_trials (trial_id, study_id, loss, trial_file, number, document) "
            + "VALUES (?, ?, ?, ?, ?, ?)",
        trial.trialId(),
        studyId,
        trial.place().loss(),
        trial.place().file(),
        trial.place().number(),
        trial.document());
  }

  private static @Nullable Place last(Statements sql, long studyId) throws SQLException {
    return sql.first(
        "SELECT loss, trial_file, number " + LAST,
        row -> new Place(row.getDouble(1), row.getString(2), row.getLong(3)),
        studyId);
  }

  private static void countVersion(
      Statements sql, long studyId, @Nullable String version, long trials) throws SQLException {
    if (version != null) {
      sql.update(
          "INSERT INTO score_versions (study_id, version, trials) VALUES (?, ?, ?) "
              + "ON CONFLICT DO UPDATE SET trials = trials + excluded.trials",
          studyId,
          // In ASCII: SQLite would not keep half a surrogate pair.
          CanonicalJson.compact(TextNode.valueOf(version)),
          trials);
    }
  }

  /**
   * Sets a study's summary to what all of its finished trials come to, inside the caller's
   * transaction: for an import, and for a live database that is made anew.
   *
   * @param counter has kept {@link StudySummary#MAX_TOP} of the best trials
   */
  static void replace(Statements sql, StudyRecord study, SummaryCounter counter)
      throws SQLException {
    sql.update("DELETE FROM top_trials WHERE study_id = ?", study.id());
    sql.update("DELETE FROM score_versions WHERE study_id = ?", study.id());
    List<TopTrial> top = counter.top();
    for (TopTrial trial : top) {
      insertTop(sql, study.id(), trial);
    }
    for (Map.Entry<String, Long> version : counter.versions().entrySet()) {
      countVersion(sql, study.id(), version.getKey(), version.getValue());
    }
    boolean full = top.size() == StudySummary.MAX_TOP;
    new Row(
            counter.totals(),
            counter.bestValue(),
            top.size(),
            full ? top.get(top.size() - 1).place() : null)
        .save(sql, study.id());
  }

  /**
   * A study's summary.
   *
   * @param top how many of the best trials to list, at most {@link StudySummary#MAX_TOP}
   * @param trials where those are whose documents are large
   */
  static StudySummary read(LiveDatabase live, Trials trials, StudyRecord study, int top) {
    long studyId = study.id();
    Stored stored =
        live.query(
            sql ->
                new Stored(
                    Row.load(sql, studyId).totals(),
                    versions(sql, studyId),
                    top(sql, studyId, Math.max(1, top))));
    List<StudySummary.Trial> best = new ArrayList<>();
    for (TopTrial trial : stored.top()) {
      best.add(shown(trials, studyId, trial));
    }
    return StudySummary.of(stored.totals(), study.unfinished(), stored.versions(), best, top);
  }

  private static StudySummary.Trial shown(Trials trials, long studyId, TopTrial top) {
    String document = top.document();
    if (document != null) {
      return TopTrial.read(document);
    }
    FrozenTrial trial = trials.find(studyId, top.place().number());
    if (trial == null) {
      throw new StoreException(
          "trial number %d is among the best of study %d and in none of its parts; 'assay verify' says what is wrong"
              .formatted(top.place().number(), studyId));
    }
    return StudySummary.Trial.of(trial);
  }

  private record Stored(StudyTotals totals, SortedMap<String, Long> versions, List<TopTrial> top) {}

  private static List<TopTrial> top(Statements sql, long studyId, int count) throws SQLException {
    return sql.list(
        "SELECT trial_id, loss, trial_file, number, document FROM top_trials WHERE study_id = ? "
            + "ORDER BY loss, trial_file, number LIMIT ?",
        row ->
            new TopTrial(
                row.getLong(1),
                new Place(row.getDouble(2), row.getString(3), row.getLong(4)),
                row.getString(5)),
        studyId,
        count);
  }

  private static SortedMap<String, Long> versions(Statements sql, long studyId)
      throws SQLException {
    SortedMap<String, Long> versions = new TreeMap<>(CodePointOrder.INSTANCE);
    sql.list(
        "SELECT version, trials FROM score_versions WHERE study_id = ?",
        row -> {
          try {
            return versions.put(Json.parse(row.getString(1)).textValue(), row.getLong(2));
          } catch (JsonProcessingException e) {
            throw new SQLException("score_versions.version is not JSON: " + e.getMessage(), e);
          }
        },
        studyId);
    return versions;
  }
}
