package dev.assay.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A study's unfinished trials in memory. Each question first reads what has changed in the live
 * database since the last one, by whatever process, in one snapshot: an answer is never older than
 * its question, and all of one moment. Safe to share between threads.
 */
final class LiveBook {
  private static final String CHANGED_TRIALS =
      "SELECT "
          + OpenTrial.COLUMNS
          // The plus keeps SQLite from walking all of the study's trials.
          + " FROM live_trials t WHERE t.change_sequence > ? AND +t.study_id = ? "
          + "ORDER BY t.change_sequence";

  private static final String CHANGED_STEPS =
      "SELECT "
          + LiveRows.Step.COLUMNS
          + " FROM live_steps s CROSS JOIN live_trials t ON t.trial_id = s.trial_id "
          + "WHERE s.change_sequence > ? AND t.study_id = ? ORDER BY s.change_sequence";

  private static final String CLAIM =
      "SELECT " + HotTrial.COLUMNS + " FROM trials WHERE trial_id = ?";

  private final Path store;
  private final LiveDatabase live;
  private final Studies studies;
  private final LiveForm form;
  private final long studyId;
  private final Map<Long, OpenTrial> open = new HashMap<>();

  /** Trials that workers of this store run, by id. */
  private final Map<Long, Claimed> claimed = new HashMap<>();

  /** All changes up to this one are in here; none where it is negative. */
  private long sequence = -1;

  private long trials;
  private @Nullable LiveStudy answer;

  /** A trial that a worker runs; what is in its record never changes while it does. */
  private final class Claimed {
    private final HotTrial row;
    private @Nullable LiveTrial trial;

    Claimed(HotTrial row) {
      this.row = row;
    }

    LiveTrial trial() throws IOException {
      LiveTrial known = trial;
      if (known == null) {
        known = form.thaw(studyId, row.trial(store));
        trial = known;
      }
      return known;
    }
  }

  LiveBook(Path store, LiveDatabase live, Studies studies, LiveForm form, long studyId) {
    this.store = store;
    this.live = live;
    this.studies = studies;
    this.form = form;
    this.studyId = studyId;
  }

  /**
   * The study's unfinished trials as they are now.
   *
   * @throws NoSuchStudyException where there is no such study
   */
  synchronized LiveStudy study() {
    return caughtUp(
        () -> {
          LiveStudy known = answer;
          if (known != null && known.sequence() == sequence) {
            return known;
          }
          TreeMap<Long, LiveTrial> unfinished = new TreeMap<>();
          for (OpenTrial trial : open.values()) {
            unfinished.put(trial.number(), trial.version(store).trial());
          }
          for (Claimed each : claimed.values()) {
            unfinished.put(each.row.number(), each.trial());
          }
          known = new LiveStudy(studyId, sequence, trials, unfinished);
          answer = known;
          return known;
        });
  }

  /** A live trial as it is now; null where it is none of this study. */
  synchronized OpenTrial.@Nullable Version find(long trialId) {
    Optional<OpenTrial.Version> found =
        caughtUp(
            () -> {
              OpenTrial trial = open.get(trialId);
              return trial == null ? Optional.empty() : Optional.of(trial.version(store));
            });
    return found.orElse(null);
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private <T> T caughtUp(Question<T> question) {
    NoSuchFileException missing = null;
    while (true) {
      long before = sequence;
      try {
        live.query(this::catchUp);
        return question.ask();
      } catch (NoSuchFileException e) {
        // The trial has ended meanwhile, or the attribute was set anew: the next look shows it.
        if (missing != null && before == sequence) {
          throw new StoreException(
              "%s is missing, and a trial that runs in study %d names it; put back a copy of it"
                  .formatted(e.getFile(), studyId),
              e);
        }
        missing = e;
      } catch (IOException e) {
        throw new StoreException(
            "a trial that runs in study %d cannot be read: %s".formatted(studyId, e.getMessage()),
            e);
      } catch (RuntimeException e) {
        // What was read halfway is read anew.
        sequence = -1;
        throw e;
      }
    }
  }

  private boolean catchUp(Statements sql) throws SQLException {
    long now = Outcomes.lastChange(sql);
    if (now == sequence) {
      return false;
    }
    Long next =
        sql.first(
            "SELECT next_number FROM studies WHERE study_id = ?", row -> row.getLong(1), studyId);
    if (next == null) {
      throw studies.missing(studyId);
    }
    trials = next;
    if (sequence < 0 || now - sequence > LiveRows.KEPT_ENDS || now < sequence) {
      open.clear();
      open.putAll(OpenTrial.all(sql, form, studyId));
    } else {
      sql.list(
          "SELECT trial_id FROM live_ends WHERE change_sequence > ? AND study_id = ?",
          row -> open.remove(row.getLong(1)) != null,
          sequence,
          studyId);
      sql.list(CHANGED_TRIALS, this::takeTrial, sequence, studyId);
      sql.list(CHANGED_STEPS, row -> OpenTrial.takeStep(open, row), sequence, studyId);
    }
    takeClaims(sql);
    sequence = now;
    return true;
  }

  private boolean takeTrial(ResultSet row) throws SQLException {
    OpenTrial known = open.get(row.getLong(1));
    if (known == null) {
      OpenTrial trial = new OpenTrial(form, row);
      open.put(trial.id(), trial);
    } else {
      known.take(row);
    }
    return true;
  }

  private record Attempt(long trialId, int attempt) {}

  private void takeClaims(Statements sql) throws SQLException {
    List<Attempt> running =
        sql.list(
            "SELECT trial_id, attempt FROM trials WHERE study_id = ? AND state = 'RUNNING'",
            row -> new Attempt(row.getLong(1), row.getInt(2)),
            studyId);
    Set<Long> ids = new HashSet<>();
    for (Attempt each : running) {
      ids.add(each.trialId());
      Claimed known = claimed.get(each.trialId());
      if (known == null || known.row.attempt() != each.attempt()) {
        HotTrial row = sql.first(CLAIM, HotTrial::read, each.trialId());
        if (row != null) {
          claimed.put(each.trialId(), new Claimed(row));
        }
      }
    }
    claimed.keySet().retainAll(ids);
  }
}
