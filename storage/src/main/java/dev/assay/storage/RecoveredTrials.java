package dev.assay.storage;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts finished trials into a live database that is made anew, some at a time. Not safe to share
 * between threads.
 */
final class RecoveredTrials {
  private static final int AT_ONCE = 500;
  private static final long BYTES = 4 << 20;

  /** So many trial ids are taken together. */
  private static final int IDS = 100;

  private final LiveDatabase live;
  private final Spool spool;
  private final TrialIds ids;
  private final List<Row> rows = new ArrayList<>();
  private long bytes;
  private long nextId;
  private long idsLeft;

  private record Row(long studyId, FrozenTrial trial, HotRecord record) {}

  RecoveredTrials(LiveDatabase live, Spool spool, TrialIds ids) {
    this.live = live;
    this.spool = spool;
    this.ids = ids;
  }

  /** An id that no trial ever had. */
  long newId() {
    if (idsLeft == 0) {
      nextId = live.transaction(sql -> ids.take(sql, IDS));
      idsLeft = IDS;
    }
    idsLeft--;
    return nextId++;
  }

  /** Adds a trial; the caller has seen to it that its id and its number are free. */
  void add(long studyId, FrozenTrial trial) {
    add(studyId, trial, spool.put(trial));
  }

  /** Adds a trial whose record is known, and in {@code spool/} where it is large. */
  void add(long studyId, FrozenTrial trial, HotRecord record) {
    rows.add(new Row(studyId, trial, record));
    bytes += record.inline() == null ? 0 : record.bytes();
    if (rows.size() >= AT_ONCE || bytes >= BYTES) {
      flush();
    }
  }

  void flush() {
    live.transaction(this::insert);
    rows.forEach(row -> spool.release(row.record()));
    rows.clear();
    bytes = 0;
  }

  private boolean insert(Statements sql) throws SQLException {
    for (Row row : rows) {
      FrozenTrial trial = row.trial();
      sql.update(
          "INSERT INTO trials (trial_id, study_id, number, state, attempt, signature, trial_file, "
              + "record, spool, spool_bytes, change_sequence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
              + "(SELECT value + 1 FROM meta WHERE key = 'change_sequence'))",
          trial.id(),
          row.studyId(),
          trial.number(),
          trial.state().name(),
          trial.attempts(),
          trial.signature(),
          trial.trialFile(),
          row.record().inline(),
          row.record().spool(),
          row.record().spoolBytes());
      sql.update(Outcomes.NEXT_CHANGE);
    }
    return true;
  }
}
