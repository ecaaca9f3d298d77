package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the live database keeps of an imported run's trials, which go straight into a part: the
 * guard's rows, the counts and the best trial, as if each had been finished here.
 */
final class ImportedTrials {
  private static final String SIGNATURE =
      "INSERT INTO signatures (study_id, signature, trial_id, state, \"values\") "
          + "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

  private final Statements sql;
  private final long studyId;
  private final List<Direction> directions;
  private final Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
  private long finished;
  private @Nullable Long bestId;
  private double bestValue;
  private @Nullable String bestRecord;

  private ImportedTrials(Statements sql, long studyId, List<Direction> directions) {
    this.sql = sql;
    this.studyId = studyId;
    this.directions = directions;
  }

  /**
   * Inserts them, inside the caller's transaction, which has inserted the study.
   *
   * @param known signatures without an outcome; those that a trial holds keep it
   */
  static void insert(
      Statements sql,
      long studyId,
      List<Direction> directions,
      TrialRows rows,
      Collection<String> known)
      throws SQLException {
    ImportedTrials trials = new ImportedTrials(sql, studyId, directions);
    try {
      rows.forEach(trials::add);
    } catch (IOException e) {
      throw e.getCause() instanceof SQLException cause ? cause : new SQLException(e);
    }
    for (String signature : known) {
      sql.update(SIGNATURE, studyId, signature, null, null, null);
    }
    trials.summarize();
  }

  private void add(FrozenTrial trial, String record) throws IOException {
    states.merge(trial.state(), 1L, Long::sum);
    if (!trial.isInterrupted()) {
      finished++;
    }
    offer(trial, record);
    String signature = trial.signature();
    if (signature != null && trial.state().holdsSignature()) {
      ArrayNode values = Json.object().putArray("values");
      trial.values().forEach(values::add);
      try {
        sql.update(
            SIGNATURE,
            studyId,
            signature,
            trial.id(),
            trial.state().name(),
            CanonicalJson.compact(values));
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }
  }

  /** The best is COMPLETE, of one objective, finite, and the first of equals. */
  private void offer(FrozenTrial trial, String record) {
    Double value = trial.rankedValue();
    if (directions.size() != 1 || value == null) {
      return;
    }
    if (bestId == null || directions.get(0).isBetter(value, bestValue)) {
      bestId = trial.id();
      bestValue = value;
      bestRecord = record;
    }
  }

  private void summarize() throws SQLException {
    sql.update(
        "UPDATE studies SET finished = ?, complete = ?, pruned = ?, fail = ?, best_trial_id = ?, "
            + "best_value = ? WHERE study_id = ?",
        finished,
        states.getOrDefault(TrialState.COMPLETE, 0L),
        states.getOrDefault(TrialState.PRUNED, 0L),
        states.getOrDefault(TrialState.FAIL, 0L),
        bestId,
        bestId == null ? null : bestValue,
        studyId);
    if (bestRecord != null) {
      sql.update("INSERT INTO best_trials (study_id, record) VALUES (?, ?)", studyId, bestRecord);
    }
  }
}
