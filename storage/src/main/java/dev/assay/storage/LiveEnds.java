package dev.assay.storage;

import dev.assay.storage.LiveRows.Kind;
import dev.assay.storage.LiveRows.Step;
import dev.assay.storage.LiveTrial.Param;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How live trials begin and end. Id, number and all that a new trial has are one transaction; so
 * are a trial's end and what it counts for: record, guard, summary and best trial.
 *
 * <p>Safe to share between threads.
 */
final class LiveEnds {
  private static final String INSERT =
      "INSERT INTO trials (trial_id, study_id, number, state, attempt, worker_id, signature, "
          + "trial_file, record, spool, spool_bytes, change_sequence) "
          + "VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?)";

  /** Of finished trials with the same parameters the first by id holds their signature. */
  private static final String HOLD =
      "INSERT INTO signatures (study_id, signature, trial_id, state, \"values\") "
          + "VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET trial_id = excluded.trial_id, "
          + "state = excluded.state, \"values\" = excluded.\"values\" WHERE trial_id IS NULL "
          + "OR trial_id = excluded.trial_id "
          + "OR (state <> 'RUNNING' AND trial_id > excluded.trial_id)";

  /** A signature without a trial is an expired claim. */
  private static final String CLAIM =
      "INSERT INTO signatures (study_id, signature, trial_id, state) VALUES (?, ?, ?, 'RUNNING') "
          + "ON CONFLICT DO UPDATE SET trial_id = excluded.trial_id, state = excluded.state "
          + "WHERE trial_id IS NULL";

  private static final String LET_GO =
      "DELETE FROM signatures WHERE study_id = ? AND signature = ? AND trial_id = ?";

  private static final String NO_FILE = "";

  /** For a trial's number and the name of its file. */
  private static final int NAME_BYTES = 256;

  private final LiveDatabase live;
  private final Studies studies;
  private final TrialIds ids;
  private final Spool spool;
  private final Clocks clocks;
  private final LiveForm form;
  private final FinishedTrials finished;
  private final Consumer<Outcomes.Ended> ended;
  private final long workerId;

  /** What a trial is called in its study. */
  private record Place(long number, String trialFile) {}

  /** A trial that has just finished. */
  private record Ended(LiveTrial trial, FrozenTrial frozen, long recordLength) {}

  /** The steps of a template, with what is large in files. */
  private record Draft(LiveTrial trial, List<Step> steps) {}

  /**
   * @param ended is told of each trial that has finished, when it is committed
   */
  LiveEnds(
      Lake lake,
      Studies studies,
      TrialIds ids,
      LiveForm form,
      FinishedTrials finished,
      Consumer<Outcomes.Ended> ended) {
    this.live = lake.live();
    this.studies = studies;
    this.ids = ids;
    this.spool = lake.spool();
    this.clocks = lake.clocks();
    this.workerId = lake.workerId();
    this.form = form;
    this.finished = finished;
    this.ended = ended;
  }

  /** A trial that runs from now on. */
  LiveTrial create(long studyId) {
    LiveTrial trial =
        new LiveTrial(
            0,
            studyId,
            0,
            TrialState.RUNNING,
            List.of(),
            clocks.now(),
            null,
            List.of(),
            Map.of(),
            Map.of(),
            Collections.emptySortedMap());
    return live.transaction(sql -> begin(sql, new Draft(trial, List.of())));
  }

  /** An unfinished trial as the template says. */
  LiveTrial createUnfinished(LiveTrial template) {
    form.freeze(template, NO_FILE);
    Draft draft = draft(template);
    try {
      return live.transaction(sql -> begin(sql, draft));
    } finally {
      draft.steps().forEach(step -> spool.release(step.json()));
    }
  }

  /**
   * A finished trial as the template says; null where its record is not for a row: such a one is
   * written before the transaction that names it, with the trial's number in it.
   */
  @Nullable LiveTrial createFinished(LiveTrial template) {
    if (Records.upTo(Spool.INLINE_BYTES - NAME_BYTES, form.freeze(template, NO_FILE)) == null) {
      return null;
    }
    Ended begun = live.transaction(sql -> beginFinished(sql, template));
    tell(begun);
    return begun.trial();
  }

  private Draft draft(LiveTrial trial) {
    List<Step> steps = new ArrayList<>();
    try {
      trial.params().forEach(param -> steps.add(Step.param(param)));
      trial.userAttrs().forEach((key, json) -> steps.add(attribute(Kind.USER, key, json)));
      trial.systemAttrs().forEach((key, json) -> steps.add(attribute(Kind.SYSTEM, key, json)));
      trial
          .intermediateValues()
          .forEach((step, value) -> steps.add(Step.intermediate(step, value)));
    } catch (RuntimeException e) {
      steps.forEach(step -> spool.release(step.json()));
      throw e;
    }
    return new Draft(trial, steps);
  }

  private Step attribute(Kind kind, String key, String json) {
    return Step.attribute(kind, key, spool.put(json, LiveForm.attribute(key, json)));
  }

  private LiveTrial begin(Statements sql, Draft draft) throws SQLException {
    long id = ids.take(sql, 1);
    Place place = place(sql, draft.trial().studyId());
    LiveTrial trial = draft.trial().as(id, place.number());
    LiveRows.insert(sql, trial, place.trialFile());
    for (Step step : draft.steps()) {
      LiveRows.put(sql, id, step);
    }
    declare(sql, trial);
    return trial;
  }

  /** Sets down the parameters that the study has not had before. */
  private void declare(Statements sql, LiveTrial trial) throws SQLException {
    for (Param param : trial.params()) {
      LiveRows.declare(sql, trial.studyId(), param.name(), param.distribution());
    }
  }

  /** The first distribution that the study has had of a parameter, which may be this one. */
  String declared(Statements sql, long studyId, Param param) throws SQLException {
    LiveRows.declare(sql, studyId, param.name(), param.distribution());
    String first =
        sql.first(
            "SELECT distribution FROM live_distributions WHERE study_id = ? AND name = ?",
            row -> row.getString(1),
            studyId,
            param.name());
    return first == null ? param.distribution() : first;
  }

  private Place place(Statements sql, long studyId) throws SQLException {
    Place place =
        sql.first(
            "UPDATE studies SET next_number = next_number + 1, next_file = next_file + 1 "
                + "WHERE study_id = ? RETURNING next_number - 1, next_file - 1",
            row -> new Place(row.getLong(1), RunDirectories.trialFile(row.getLong(2))),
            studyId);
    if (place == null) {
      throw studies.missing(studyId);
    }
    return place;
  }

  private Ended beginFinished(Statements sql, LiveTrial template) throws SQLException {
    long id = ids.take(sql, 1);
    Place place = place(sql, template.studyId());
    LiveTrial trial = template.as(id, place.number());
    FrozenTrial frozen = form.freeze(trial, place.trialFile());
    HotRecord record = HotRecord.of(Records.write(frozen));
    settle(sql, trial.studyId(), frozen, record);
    declare(sql, trial);
    return new Ended(trial, frozen, record.bytes());
  }

  /**
   * Finishes a live trial.
   *
   * @param version the trial that is to be finished
   * @param trial as it is to be then
   * @return false where the trial is not as {@code version} says any more: nothing is changed
   */
  boolean finish(OpenTrial.Version version, LiveTrial trial) {
    FrozenTrial frozen = form.freeze(trial, version.trialFile());
    HotRecord record = spool.put(frozen);
    boolean done;
    try {
      done = live.transaction(sql -> replace(sql, version, frozen, record));
    } finally {
      spool.release(record);
    }
    if (done) {
      tell(new Ended(trial, frozen, record.bytes()));
    }
    return done;
  }

  /**
   * Gives up a trial whose client is not heard of any more: it fails, and another waits in its
   * place.
   *
   * @param retry without its id and number; null where there is to be none
   * @return false where the trial is not as {@code version} says any more: nothing is changed
   */
  boolean giveUp(OpenTrial.Version version, LiveTrial failed, @Nullable LiveTrial retry) {
    FrozenTrial frozen = form.freeze(failed, version.trialFile()).toBuilder().interrupted().build();
    HotRecord record = spool.put(frozen);
    Draft draft = retry == null ? null : draft(retry);
    boolean done;
    try {
      done =
          live.transaction(
              sql -> {
                boolean replaced = replace(sql, version, frozen, record);
                if (replaced && draft != null) {
                  begin(sql, draft);
                }
                return replaced;
              });
    } finally {
      spool.release(record);
      if (draft != null) {
        draft.steps().forEach(step -> spool.release(step.json()));
      }
    }
    if (done) {
      tell(new Ended(failed, frozen, record.bytes()));
    }
    return done;
  }

  /**
   * Asks the guard for the parameters of a live trial.
   *
   * @return the trial that has them, which may be this one; null where the trial is not as {@code
   *     version} says any more
   */
  @Nullable Long claim(OpenTrial.Version version) {
    LiveTrial trial = version.trial();
    String signature = form.freeze(trial, version.trialFile()).signature();
    if (signature == null) {
      return trial.id();
    }
    long holder = live.transaction(sql -> claim(sql, version, signature));
    return holder < 0 ? null : (Long) holder;
  }

  private static long claim(Statements sql, OpenTrial.Version version, String signature)
      throws SQLException {
    LiveTrial trial = version.trial();
    if (!LiveRows.isThere(sql, version)) {
      return -1;
    }
    if (version.signature() != null && !version.signature().equals(signature)) {
      sql.update(LET_GO, trial.studyId(), version.signature(), trial.id());
    }
    sql.update(CLAIM, trial.studyId(), signature, trial.id());
    long holder =
        sql.number(
            "SELECT trial_id FROM signatures WHERE study_id = ? AND signature = ?",
            trial.studyId(),
            signature);
    if (holder == trial.id()) {
      LiveRows.sign(sql, trial.id(), signature);
    }
    return holder;
  }

  private boolean replace(
      Statements sql, OpenTrial.Version version, FrozenTrial frozen, HotRecord record)
      throws SQLException {
    if (!LiveRows.remove(sql, version)) {
      return false;
    }
    LiveTrial trial = version.trial();
    if (version.signature() != null && !version.signature().equals(frozen.signature())) {
      sql.update(LET_GO, trial.studyId(), version.signature(), trial.id());
    }
    settle(sql, trial.studyId(), frozen, record);
    return true;
  }

  private void settle(Statements sql, long studyId, FrozenTrial trial, HotRecord record)
      throws SQLException {
    sql.update(
        INSERT,
        trial.id(),
        studyId,
        trial.number(),
        trial.state().name(),
        workerId,
        trial.signature(),
        trial.trialFile(),
        record.inline(),
        record.spool(),
        record.spoolBytes(),
        LiveRows.nextChange(sql));
    settleSignature(sql, studyId, trial);
    if (Summaries.add(sql, studies.known(studyId), trial)) {
      Summaries.putBest(sql, studyId, record);
    }
  }

  private static void settleSignature(Statements sql, long studyId, FrozenTrial trial)
      throws SQLException {
    if (trial.signature() == null) {
      return;
    }
    if (trial.state().holdsSignature()) {
      sql.update(
          HOLD,
          studyId,
          trial.signature(),
          trial.id(),
          trial.state().name(),
          LiveRows.json(trial.values()));
    } else {
      sql.update(LET_GO, studyId, trial.signature(), trial.id());
    }
  }

  private void tell(Ended end) {
    finished.remember(end.trial());
    ended.accept(new Outcomes.Ended(end.trial().studyId(), end.frozen(), end.recordLength()));
  }
}
