package dev.assay.storage;

import dev.assay.storage.PartCheck.DamagedException;
import dev.assay.storage.PartCheck.Entry;
import dev.assay.storage.PartCheck.MovedException;
import dev.assay.storage.Parts.Kind;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Checks one study as it was at one moment: what the live database has is read in one transaction,
 * and the parts that it names do not change. Where one was dropped before it could be read, the
 * check is to be made anew. Used once.
 */
final class StudyCheck {
  private static final long NO_STUDY = -1;

  /** How many ranges of numbers a message has. */
  private static final int MOST_RANGES = 10;

  private final Trials trials;
  private final StudyRecord study;
  private final PartCheck partCheck;
  private final SummaryCounter counter;
  private final GuardCheck guards;
  private final List<StoreFault> faults = new ArrayList<>();
  private final NumberSet ids = new NumberSet();
  private final NumberSet numbers = new NumberSet();

  /** Trials that the guard names and the live database does not have. */
  private final NumberSet guarded = new NumberSet();

  /** Trials whose records are in {@code spool/}, which are read after the transaction. */
  private final List<HotTrial> spooled = new ArrayList<>();

  /** Trials that clients have in hand. */
  private final List<OpenTrial> open = new ArrayList<>();

  private long greatestId = -1;
  private long parts;

  /** Whether every trial could be read: what they come to is compared only then. */
  private boolean whole = true;

  private record Moment(long nextNumber, List<Entry> parts, Summaries.Kept kept) {}

  StudyCheck(Trials trials, StudyRecord study) {
    this.trials = trials;
    this.study = study;
    this.partCheck = new PartCheck(trials.store(), trials.live(), trials.reader());
    this.counter = new SummaryCounter(study, StudySummary.MAX_TOP);
    this.guards = new GuardCheck(trials.live(), study.id(), this::addGuardFault);
  }

  List<StoreFault> faults() {
    return faults;
  }

  NumberSet ids() {
    return ids;
  }

  long greatestId() {
    return greatestId;
  }

  /** How many parts were read. */
  long parts() {
    return parts;
  }

  /**
   * @throws MovedException where it is to be made anew
   */
  void run() throws MovedException {
    Moment moment = trials.live().query(this::readLive);
    if (moment.nextNumber() == NO_STUDY) {
      throw new MovedException();
    }
    for (Entry entry : moment.parts()) {
      checkPart(entry);
    }
    guards.end();
    spooled.forEach(this::checkSpooled);
    open.forEach(this::checkOpen);
    checkBest(moment.kept());
    if (whole) {
      checkNumbers(moment.nextNumber());
      checkSums(moment.kept());
    } else {
      nameUnchecked(moment.nextNumber());
    }
    new RunFileCheck(trials.store(), study).run(faults);
  }

  private String name() {
    return "study " + study.id() + " (" + study.name() + ")";
  }

  private void add(StoreFault.Kind kind, String message) {
    faults.add(new StoreFault(kind, name(), message));
  }

  private void addGuardFault(long trialId) {
    add(
        StoreFault.Kind.GUARD,
        "the guard names trial %d for a signature or a state that it does not have"
            .formatted(trialId));
  }

  private Moment readLive(Statements sql) throws SQLException {
    sql.list(
        "SELECT "
            + HotTrial.COLUMNS
            + ", signature FROM trials WHERE study_id = ? AND "
            + Parts.NOT_SEALED
            + " ORDER BY trial_id",
        this::takeHot,
        study.id());
    open.addAll(OpenTrial.all(sql, trials.form(), study.id()).values());
    open.forEach(each -> place(each.id(), each.number()));
    sql.list(
            "SELECT g.trial_id FROM signatures g JOIN trials t USING (trial_id) WHERE "
                + "g.study_id = ? AND (t.study_id <> g.study_id OR t.signature IS NOT g.signature "
                + "OR t.state IS NOT g.state OR t.state = 'FAIL') LIMIT 100",
            row -> row.getLong(1),
            study.id())
        .forEach(this::addGuardFault);
    sql.list(
        "SELECT trial_id FROM signatures WHERE study_id = ? AND trial_id IS NOT NULL "
            + "AND trial_id NOT IN (SELECT trial_id FROM trials) "
            + "AND trial_id NOT IN (SELECT trial_id FROM live_trials)",
        row -> guarded.add(row.getLong(1)),
        study.id());
    return new Moment(
        sql.number(
            "SELECT coalesce((SELECT next_number FROM studies WHERE study_id = ?), "
                + NO_STUDY
                + ")",
            study.id()),
        Entry.committed(sql, study.id()),
        Summaries.Kept.load(sql, study));
  }

  private boolean takeHot(ResultSet row) throws SQLException {
    long id = row.getLong(1);
    try {
      HotTrial hot = HotTrial.read(row);
      if (hot.record().spool() != null) {
        spooled.add(hot);
        return true;
      }
      count(hot, hot.trial(trials.store()));
    } catch (IOException | RuntimeException e) {
      whole = false;
      add(
          StoreFault.Kind.TRIAL,
          "trial %d in live.db cannot be read: %s".formatted(id, e.getMessage()));
    }
    return true;
  }

  /** A trial of the live database. */
  private void count(HotTrial hot, FrozenTrial trial) {
    if (hot.state().isFinished()
        && (trial.id() != hot.id()
            || trial.number() != hot.number()
            || trial.state() != hot.state())) {
      add(
          StoreFault.Kind.TRIAL,
          "trial %d in live.db has other columns than its record says".formatted(hot.id()));
    }
    place(hot.id(), hot.number());
    if (hot.state().isFinished()) {
      counter.add(trial);
    }
  }

  /** Notes where a trial stands; false where it was there before. */
  private boolean place(long id, long number) {
    greatestId = Math.max(greatestId, id);
    boolean first = id >= 0 && number >= 0 && ids.add(id) && numbers.add(number);
    if (!first) {
      add(
          StoreFault.Kind.TRIAL,
          "trial %d, number %d, is there twice or is negative".formatted(id, number));
    }
    return first;
  }

  private void checkPart(Entry entry) throws MovedException {
    boolean delta = entry.part().kind() == Kind.DELTA;
    try {
      partCheck.check(entry, delta ? trial -> {} : this::countSealed);
      parts++;
    } catch (DamagedException e) {
      parts++;
      whole &= entry.part().kind() != Kind.TRIALS;
      faults.add(
          new StoreFault(
              StoreFault.Kind.PART, entry.part().path(), Objects.toString(e.getMessage())));
    } catch (MovedException e) {
      if (!delta) {
        throw e;
      }
      // Its trials are in the live database, or were sealed since.
    }
  }

  private void countSealed(FrozenTrial trial) throws DamagedException {
    if (!trial.state().isFinished() && study.unfinished().isEmpty()) {
      throw new DamagedException(
          "trial number %d is %s in a sealed part".formatted(trial.number(), trial.state()));
    }
    if (!place(trial.id(), trial.number())) {
      throw new DamagedException(
          "trial number %d is in live.db or another part as well".formatted(trial.number()));
    }
    counter.add(trial);
    if (guarded.remove(trial.id())) {
      guards.check(trial);
    }
  }

  private void checkSpooled(HotTrial hot) {
    try {
      // It may have been sealed since; a finished trial never changes.
      FrozenTrial trial = trials.find(study.id(), hot.number());
      if (trial == null) {
        throw new StoreException("it is neither in live.db nor in a part");
      }
      count(hot, trial);
    } catch (StoreException e) {
      whole = false;
      add(
          StoreFault.Kind.TRIAL,
          "trial number %d cannot be read: %s".formatted(hot.number(), e.getMessage()));
    }
  }

  private void checkOpen(OpenTrial trial) {
    try {
      trial.trial(trials.store());
    } catch (NoSuchFileException e) {
      if (isAsItWas(trial)) {
        add(
            StoreFault.Kind.TRIAL,
            "trial %d in live.db names %s, which is missing".formatted(trial.id(), e.getFile()));
      }
    } catch (IOException | StoreException e) {
      add(
          StoreFault.Kind.TRIAL,
          "trial %d in live.db cannot be read: %s".formatted(trial.id(), e.getMessage()));
    }
  }

  /** Whether no client has changed it since. */
  private boolean isAsItWas(OpenTrial trial) {
    return trials
        .live()
        .query(
            sql -> {
              OpenTrial now = OpenTrial.find(sql, trials.form(), study.id(), trial.number());
              return now != null && now.isAs(trial);
            });
  }

  private void checkBest(Summaries.Kept kept) {
    try {
      // A better one may have come since, but none goes.
      if (kept.best() != null
          && HotTrial.best(trials.store(), trials.live(), study.id()) == null
          && trials.live().query(sql -> Summaries.Kept.load(sql, study)).best() != null) {
        add(StoreFault.Kind.TRIAL, "its best trial is not in live.db");
      }
    } catch (StoreException e) {
      add(StoreFault.Kind.TRIAL, "its best trial cannot be read: " + e.getMessage());
    }
  }

  private void checkNumbers(long next) {
    if (numbers.size() != next || numbers.firstMissing() != next) {
      add(
          StoreFault.Kind.TRIAL,
          "has %d trials, expected the numbers 0 to %d; the first that is missing is %d"
              .formatted(numbers.size(), next - 1, numbers.firstMissing()));
    }
    if (guarded.size() > 0) {
      add(
          StoreFault.Kind.GUARD,
          "the guard names %d trials that the study does not have, the first is %d"
              .formatted(guarded.size(), guarded.first()));
    }
  }

  /** What is damaged hides trials, and what they come to cannot be compared. */
  private void nameUnchecked(long next) {
    String unchecked = numbers.missing(next, MOST_RANGES);
    add(
        StoreFault.Kind.TRIAL,
        unchecked.isEmpty()
            ? "its counts and its guard could not be checked"
            : "trial numbers %s could not be checked, and neither could its counts and its guard"
                .formatted(unchecked));
  }

  private void checkSums(Summaries.Kept kept) {
    kept.differences(Summaries.Kept.of(counter))
        .forEach(difference -> add(StoreFault.Kind.SUMMARY, difference));
  }
}
