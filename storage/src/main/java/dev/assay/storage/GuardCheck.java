package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.function.LongConsumer;

/**
 * Compares the guard of one study with its sealed trials, some at a time. That a signature was
 * taken out of the guard meanwhile is no fault. Used by one thread.
 */
final class GuardCheck {
  private static final int AT_ONCE = 1000;

  /** Of these trials, with signatures and states, those that the guard has otherwise. */
  private static final String WRONG =
      "SELECT asked.value ->> 0 FROM json_each(?1) asked LEFT JOIN signatures s "
          + "ON s.study_id = ?2 AND s.signature = asked.value ->> 1 "
          + "WHERE (s.trial_id IS NOT asked.value ->> 0 OR s.state IS NOT asked.value ->> 2) "
          + "AND EXISTS "
          + "(SELECT 1 FROM signatures n WHERE n.study_id = ?2 AND n.trial_id = asked.value ->> 0) "
          + "LIMIT 100";

  private final LiveDatabase live;
  private final long studyId;
  private final LongConsumer fault;
  private ArrayNode batch = Json.object().arrayNode();

  /**
   * @param fault is told of each trial that the guard names for a signature which it does not hold,
   *     or with another state
   */
  GuardCheck(LiveDatabase live, long studyId, LongConsumer fault) {
    this.live = live;
    this.studyId = studyId;
    this.fault = fault;
  }

  /** Checks a trial that the guard has named, now or soon. */
  void check(FrozenTrial trial) {
    if (trial.signature() == null
        || !trial.state().isFinished()
        || !trial.state().holdsSignature()) {
      fault.accept(trial.id());
      return;
    }
    batch.add(batch.arrayNode().add(trial.id()).add(trial.signature()).add(trial.state().name()));
    if (batch.size() == AT_ONCE) {
      end();
    }
  }

  /** Checks those that wait for it. */
  void end() {
    if (!batch.isEmpty()) {
      String asked = CanonicalJson.compact(batch);
      batch = batch.arrayNode();
      live.query(sql -> sql.list(WRONG, row -> row.getLong(1), asked, studyId))
          .forEach(fault::accept);
    }
  }
}
