package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the live database keeps of trials that a study gets all at once and that go straight into a
 * part: the guard's rows, the summary and the best trial, as if each had been finished here. Not
 * safe to share between threads.
 */
final class GrownTrials {
  /** A signature that a trial holds already keeps it. */
  private static final String HOLD =
      "INSERT INTO signatures (study_id, signature, trial_id, state, \"values\") "
          + "SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?) "
          + "WHERE true ON CONFLICT DO UPDATE SET trial_id = excluded.trial_id, "
          + "state = excluded.state, \"values\" = excluded.\"values\" WHERE trial_id IS NULL";

  private static final String FREE =
      "DELETE FROM signatures WHERE study_id = ? AND trial_id IS NULL "
          + "AND signature IN (SELECT value FROM json_each(?))";

  private static final String KNOW =
      "INSERT INTO signatures (study_id, signature) SELECT ?, value FROM json_each(?) "
          + "WHERE true ON CONFLICT DO NOTHING";

  private final StudyRecord study;
  private final Spool spool;
  private final List<FrozenTrial> trials;
  private final String held;
  private final String freed;
  private final String known;
  private @Nullable HotRecord best;

  /**
   * @param trials finished, with their ids and numbers
   * @param known signatures without an outcome
   */
  GrownTrials(StudyRecord study, Spool spool, List<FrozenTrial> trials, Collection<String> known) {
    this.study = study;
    this.spool = spool;
    this.trials = trials;
    ArrayNode holders = Json.object().arrayNode();
    List<String> free = new ArrayList<>();
    for (FrozenTrial trial : trials) {
      String signature = trial.signature();
      if (signature != null && trial.state().holdsSignature()) {
        ArrayNode values = holders.arrayNode();
        trial.values().forEach(values::add);
        holders
            .addArray()
            .add(signature)
            .add(trial.id())
            .add(trial.state().name())
            .add(CanonicalJson.compact(values));
      } else if (signature != null) {
        free.add(signature);
      }
    }
    this.held = CanonicalJson.compact(holders);
    this.freed = SignatureArray.of(free);
    this.known = SignatureArray.of(known);
  }

  /** Puts what is large on disk, which is not for a transaction. */
  void prepare() {
    FrozenTrial leader = null;
    BestValue lead = null;
    for (FrozenTrial trial : trials) {
      BestValue value = BestValue.of(study, trial);
      if (value != null && value.isBetter(lead, study.directions().get(0))) {
        lead = value;
        leader = trial;
      }
    }
    if (leader != null) {
      best = spool.put(leader);
    }
  }

  /** Inside the caller's transaction; only SQL, so that it may run again. */
  void commit(Statements sql) throws SQLException {
    sql.update(FREE, study.id(), freed);
    sql.update(HOLD, study.id(), held);
    sql.update(KNOW, study.id(), known);
    boolean leads = false;
    for (FrozenTrial trial : trials) {
      leads |= Summaries.add(sql, study, trial);
    }
    HotRecord record = best;
    if (leads && record != null) {
      // One of these is the study's best: then it is the best of these.
      Summaries.putBest(sql, study.id(), record);
    }
  }

  /** The growth has ended, one way or the other. */
  void release() {
    if (best != null) {
      spool.release(best);
    }
  }
}
