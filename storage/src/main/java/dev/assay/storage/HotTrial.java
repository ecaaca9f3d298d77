package dev.assay.storage;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code trials} in the live database. Whoever wants the whole trial gets it here, whether
 * the row has the record or a file in {@code spool/}, and whether the trial runs or has ended.
 */
record HotTrial(
    long id, long number, TrialState state, int attempt, String trialFile, HotRecord record)
    implements UnfinishedRow {
  /** The columns that {@link #read(ResultSet)} takes, of {@code trials} alone. */
  static final String COLUMNS =
      "trial_id, number, state, attempt, trial_file, " + HotRecord.COLUMNS;

  /** How many columns {@link #COLUMNS} are. */
  static final int WIDTH = 8;

  private static final String BY_ID = "SELECT " + COLUMNS + " FROM trials WHERE trial_id = ?";

  private static final String BEST =
      "SELECT best_trial_id, 0, 'COMPLETE', 1, '', "
          + HotRecord.COLUMNS
          + " FROM best_trials JOIN summaries USING (study_id) WHERE study_id = ?";

  static HotTrial read(ResultSet row) throws SQLException {
    return new HotTrial(
        row.getLong(1),
        row.getLong(2),
        TrialState.valueOf(row.getString(3)),
        row.getInt(4),
        row.getString(5),
        HotRecord.read(row, 6));
  }

  /** The trial of that id; null where it is no longer in the live database. */
  static @Nullable FrozenTrial find(Path store, LiveDatabase live, long trialId) {
    return trial(store, () -> live.find(BY_ID, HotTrial::read, trialId));
  }

  /** A study's best trial, which may be sealed; null where there is none. */
  static @Nullable FrozenTrial best(Path store, LiveDatabase live, long studyId) {
    return trial(store, () -> live.find(BEST, HotTrial::read, studyId));
  }

  /**
   * The trial of the row that is asked for; null where there is none. The row is asked for again
   * where its file is gone: another process has sealed the trial meanwhile, or found a better one.
   *
   * @throws StoreException where the record cannot be read
   */
  static @Nullable FrozenTrial trial(Path store, Supplier<@Nullable HotTrial> row) {
    HotTrial missing = null;
    while (true) {
      HotTrial found = row.get();
      if (found == null) {
        return null;
      }
      try {
        return found.trial(store);
      } catch (NoSuchFileException e) {
        if (found.equals(missing)) {
          throw new StoreException(
              "%s is missing, and trial %d in live.db names it; put back a copy of it; 'assay verify' names all that is damaged"
                  .formatted(e.getFile(), found.id()),
              e);
        }
        missing = found;
      } catch (IOException e) {
        throw new StoreException(
            "trial %d in live.db cannot be read: %s".formatted(found.id(), e.getMessage()), e);
      }
    }
  }

  /** The whole trial, finished or not. */
  @Override
  public FrozenTrial trial(Path store) throws IOException {
    FrozenTrial trial = record.trial(store);
    return state.isFinished()
        ? trial
        // A claim's record is made before its row: only the columns know what the row brought.
        : trial.toBuilder().id(id).number(number).attempts(attempt).trialFile(trialFile).build();
  }
}
