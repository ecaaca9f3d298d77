package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the files of trials, those that failed once more, and those that are missing. What a seal
 * takes has its files: they are made of the rows that it takes away. Not safe to share between
 * threads.
 */
final class TrialFileWriter {
  private static final Logger LOG = LoggerFactory.getLogger(TrialFileWriter.class);

  private static final String HOT =
      "SELECT trial_id, trial_file, change_sequence, worker_id IS ? FROM trials "
          + "WHERE study_id = ? AND change_sequence <= ? AND "
          + Trials.FINISHED
          + " AND "
          + Parts.NOT_SEALED
          + " ORDER BY change_sequence";

  private final Path directory;
  private final LiveDatabase live;
  private final Studies studies;
  private final RunFiles files;
  private final long workerId;

  /** The trials whose files could not be written, and the study of each. */
  private final Map<Long, Long> failed = new HashMap<>();

  /** A finished trial that is not sealed. */
  private record Hot(long trialId, String trialFile, long change, boolean isOwn) {
    static Hot read(ResultSet row) throws SQLException {
      return new Hot(row.getLong(1), row.getString(2), row.getLong(3), row.getBoolean(4));
    }
  }

  /** So many trials, that ended up to a change, have their files. */
  record Complete(long lastChange, long trials) {}

  TrialFileWriter(
      Path directory, LiveDatabase live, Studies studies, RunFiles files, long workerId) {
    this.directory = directory;
    this.live = live;
    this.studies = studies;
    this.files = files;
    this.workerId = workerId;
  }

  /** Whether files of a study could not be written. */
  boolean hasFailed(long studyId) {
    return failed.containsValue(studyId);
  }

  void write(StudyRecord study, FrozenTrial trial) {
    try {
      files.writeTrial(study, trial);
    } catch (IOException | RuntimeException e) {
      if (failed.isEmpty()) {
        LOG.warn("cannot write {}: {}", files.fileOf(study, trial), e.toString());
      }
      failed.put(trial.id(), study.id());
    }
  }

  /** Tries again what could not be written; the records are in the live database. */
  void writeFailed() {
    for (Map.Entry<Long, Long> entry : List.copyOf(failed.entrySet())) {
      StudyRecord study = studies.find(entry.getValue());
      if (study == null) {
        // Deleted, and its files with it.
        failed.remove(entry.getKey());
        continue;
      }
      FrozenTrial trial = hot(entry.getKey());
      if (trial == null) {
        // Sealed by another process: nothing is left to make the file of.
        failed.remove(entry.getKey());
        LOG.warn(
            "the file of trial id {} of study '{}' could not be written by this process, and the trial is sealed by now; it is in the store, as SQL shows",
            entry.getKey(),
            study.name());
        continue;
      }
      try {
        files.writeTrial(study, trial);
        failed.remove(entry.getKey());
      } catch (IOException e) {
        throw new StoreException(
            "cannot write %s: %s. %d trial files are missing; no trial is lost. Make room or mend the directory, then run the study again"
                .formatted(files.fileOf(study, trial), e, failed.size()),
            e);
      } catch (StoreException e) {
        if (studies.find(study.id()) != null) {
          throw e;
        }
        // Deleted meanwhile.
        failed.remove(entry.getKey());
      }
    }
  }

  private @Nullable FrozenTrial hot(long trialId) {
    return HotTrial.find(directory, live, trialId);
  }

  /**
   * Writes the files that are missing of a study's trials that ended up to a change.
   *
   * @param isQueued whether this process's own are left to the queue: what is given back then comes
   *     before the first of them
   */
  Complete writeMissing(long studyId, long lastChange, boolean isQueued) {
    StudyRecord study = studies.find(studyId);
    if (study == null) {
      // Deleted meanwhile.
      return new Complete(0, 0);
    }
    List<Hot> hot = live.query(sql -> sql.list(HOT, Hot::read, workerId, studyId, lastChange));
    if (study.trialFiles() == TrialFiles.NONE) {
      return new Complete(lastChange, hot.size());
    }
    long trials = 0;
    for (Hot each : hot) {
      if (!each.isOwn()) {
        FrozenTrial trial = hot(each.trialId());
        if (trial != null && !files.isWritten(study, trial)) {
          write(study, trial);
        }
      } else if (study.trialFiles() == TrialFiles.KEEP
          && !Files.exists(files.fileOf(study, each.trialFile()))) {
        if (isQueued) {
          return new Complete(each.change() - 1, trials);
        }
        FrozenTrial trial = hot(each.trialId());
        if (trial != null) {
          write(study, trial);
        }
      }
      trials++;
    }
    return new Complete(lastChange, trials);
  }
}
