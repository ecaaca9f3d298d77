package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Makes the trial files of a store anew that are torn or missing. The files that a migrated run had
 * are in its archive, not in {@code runs/}.
 */
final class TrialFileRepair {
  private final ReadableStore store;
  private final RunFiles files;
  private final RepairQuarantine quarantine;

  /**
   * @param workerId of the store, which writes no files meanwhile
   */
  TrialFileRepair(ReadableStore store, long workerId, RepairQuarantine quarantine) {
    this.store = store;
    this.files = new RunFiles(store.directory(), store.live, workerId);
    this.quarantine = quarantine;
  }

  /** Returns how many files were written. */
  long run() throws IOException {
    for (StudyRecord study : store.studies()) {
      if (Files.isDirectory(store.runDirectory(study))) {
        repair(study);
      }
    }
    return files.written();
  }

  private void repair(StudyRecord study) throws IOException {
    List<StoreFault> torn = new ArrayList<>();
    new RunFileCheck(store.directory(), study).run(torn);
    Set<String> names = new HashSet<>();
    for (StoreFault fault : torn) {
      quarantine.take(fault.subject(), "it " + fault.message());
      names.add(String.valueOf(store.directory().resolve(fault.subject()).getFileName()));
    }
    if (study.trialFiles() == TrialFiles.KEEP) {
      remake(study, names);
    }
    files.writeStudy(study);
  }

  private void remake(StudyRecord study, Set<String> names) throws IOException {
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      for (FrozenTrial trial : (Iterable<FrozenTrial>) trials::iterator) {
        String name = trial.trialFile();
        boolean isOurs = trial.legacyTrialId() == null || names.contains(name);
        if (name != null
            && RunDirectories.numberAfter(name) > 0
            && trial.state().isFinished()
            && isOurs
            && !files.isWritten(study, trial)) {
          files.writeTrial(study, trial);
        }
      }
    }
  }
}
