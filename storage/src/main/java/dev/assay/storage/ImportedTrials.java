package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What the live database keeps of an imported run's trials, which go straight into a part: the
 * guard's rows, the summary and the best trial, as if each had been finished here.
 *
 * <p>The guard's rows come first, some at a time, so that nobody waits long for the database. As
 * long as their study is not there, nobody asks for them; those of an import that comes to nothing,
 * and of a study that is deleted, are {@linkplain #forget forgotten}. Not safe to share between
 * threads.
 */
final class ImportedTrials {
  /** How many rows of the guard a transaction inserts or deletes. */
  private static final int AT_ONCE = 2000;

  private static final String INSERT =
      "INSERT INTO signatures (study_id, signature, trial_id, state, \"values\") "
          + "SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) "
          + "WHERE true ON CONFLICT DO UPDATE SET trial_id = excluded.trial_id, "
          + "state = excluded.state, \"values\" = excluded.\"values\" "
          + "WHERE trial_id IS NULL AND excluded.trial_id IS NOT NULL";

  private static final String FORGET =
      "DELETE FROM signatures WHERE study_id = ?1 AND signature IN "
          + "(SELECT signature FROM signatures WHERE study_id = ?1 LIMIT "
          + AT_ONCE
          + ") AND NOT EXISTS (SELECT 1 FROM studies WHERE study_id = ?1)";

  private final LiveDatabase live;
  private final Spool spool;
  private final StudyRecord study;
  private final SummaryCounter counter;
  private ArrayNode batch = Json.object().arrayNode();
  private long nextFile;
  private @Nullable FrozenTrial best;
  private @Nullable HotRecord bestRecord;

  ImportedTrials(LiveDatabase live, Spool spool, StudyRecord study) {
    this.live = live;
    this.spool = spool;
    this.study = study;
    this.counter = new SummaryCounter(study, StudySummary.MAX_TOP);
  }

  /**
   * Makes everything ready that is not visible before the commit, in transactions of its own.
   *
   * @param known signatures without an outcome; those that a trial holds keep it
   */
  void prepare(TrialRows rows, Collection<String> known) throws IOException {
    rows.forEach((trial, record) -> add(trial));
    prepare(known);
  }

  /** {@link #prepare} where every trial was added. */
  void prepare(Collection<String> known) {
    for (String signature : known) {
      insertKnown(signature);
    }
    insertBatch();
    if (best != null) {
      bestRecord = spool.put(best);
    }
  }

  /** The names of new trials' files begin behind this one, whatever is in it. */
  void passName(String path) {
    nextFile = Math.max(nextFile, RunDirectories.numberAfter(path));
  }

  /** Takes a trial; its guard's row may be inserted at once. */
  void add(FrozenTrial trial) {
    counter.add(trial);
    nextFile = Math.max(nextFile, RunDirectories.numberAfter(trial.trialFile()));
    BestValue value = counter.bestValue();
    if (value != null && value.trialId() == trial.id()) {
      best = trial;
    }
    String signature = trial.signature();
    if (signature == null || !trial.state().holdsSignature()) {
      return;
    }
    if (!trial.state().isFinished()) {
      // Nobody evaluates it here: whoever asks next does.
      insertKnown(signature);
    } else {
      ArrayNode values = batch.arrayNode();
      trial.values().forEach(values::add);
      insert(
          batch
              .arrayNode()
              .add(signature)
              .add(trial.id())
              .add(trial.state().name())
              .add(CanonicalJson.compact(values)));
    }
  }

  /** A signature without an outcome; a trial that holds it keeps it. */
  private void insertKnown(String signature) {
    insert(batch.arrayNode().add(signature).addNull().addNull().addNull());
  }

  private void insert(ArrayNode row) {
    batch.add(row);
    if (batch.size() == AT_ONCE) {
      insertBatch();
    }
  }

  private void insertBatch() {
    String rows = CanonicalJson.compact(batch);
    batch = batch.arrayNode();
    live.transaction(sql -> sql.update(INSERT, study.id(), rows));
  }

  /** Inserts the rest, inside the caller's transaction, which has inserted the study. */
  void commit(Statements sql) throws SQLException {
    Summaries.replace(sql, study, counter);
    sql.update(
        "UPDATE studies SET next_file = max(next_number, ?), system_attrs = ? WHERE study_id = ?",
        nextFile,
        CanonicalJson.compact(study.withUnfinished(counter.unfinished()).systemAttrs()),
        study.id());
    if (bestRecord != null) {
      sql.update(
          "INSERT INTO best_trials (study_id, record, spool, spool_bytes) VALUES (?, ?, ?, ?)",
          study.id(),
          bestRecord.inline(),
          bestRecord.spool(),
          bestRecord.spoolBytes());
    }
  }

  /** The import has ended, one way or the other. */
  void release() {
    if (bestRecord != null) {
      spool.release(bestRecord);
    }
  }

  /**
   * Deletes the guard's rows of a study that is not there: an import that came to nothing, or a
   * study that was deleted.
   */
  static void forget(LiveDatabase live, long studyId) {
    while (live.transaction(sql -> sql.update(FORGET, studyId)) > 0) {
      // Some at a time.
    }
  }
}
