package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ArchivedFile;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the store has of a watched folder, as this process knows it: to be forgotten when a commit
 * of it fails. Used by one thread.
 */
final class WatchedState {
  /** What is gone again in a moment, as a rule. */
  private static final Pattern PASSING =
      Pattern.compile("(.*/)?(\\..*|.*\\.tmp|.*-(wal|shm|journal))");

  private final TrialIndex index = new TrialIndex();
  private final WatchedGuard guard = new WatchedGuard();
  private final Set<SourceFile> putOff = new HashSet<>();
  private final TakenFiles taken;
  private StudyRecord study;
  private long trials;
  private long ownTrials;

  /** Of a study that has nothing yet. */
  WatchedState(StudyRecord study) {
    this.study = study;
    this.taken = new TakenFiles();
  }

  private WatchedState(StudyRecord study, TakenFiles taken) {
    this.study = study;
    this.taken = taken;
  }

  /** Of a study that is there, and a folder as it is now. */
  static WatchedState load(Store store, StudyRecord study, RunListing files) {
    List<ArchivedFile> archive = store.archivedFiles(study.id());
    Set<String> paths = new HashSet<>();
    archive.forEach(file -> paths.add(file.path()));
    WatchedState state = new WatchedState(study, TakenFiles.of(study, archive, files));
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials.forEach(trial -> state.add(trial, paths));
    }
    return state;
  }

  private void add(FrozenTrial trial, Set<String> archived) {
    trials++;
    if (trial.trialFile() != null && !archived.contains(trial.trialFile())) {
      ownTrials++;
    }
    index.add(trial);
  }

  StudyRecord study() {
    return study;
  }

  long trials() {
    return trials;
  }

  /** How many trials did not come from the folder. */
  long ownTrials() {
    return ownTrials;
  }

  TrialIndex index() {
    return index;
  }

  TakenFiles taken() {
    return taken;
  }

  WatchedGuard guard() {
    return guard;
  }

  void grown(StudyRecord now, long newTrials) {
    study = now;
    trials += newTrials;
  }

  /** The study's system attributes once what was taken is committed. */
  ObjectNode attributes(RunListing files, long newTrials) {
    ObjectNode attributes = study.systemAttrs().deepCopy();
    taken.putTo(attributes, study.name(), files, trials + newTrials);
    return attributes;
  }

  /** The file could not be taken as it is: only when it has changed is it tried again. */
  void putOff(SourceFile file) {
    putOff.add(file);
  }

  /** Whether the archive does not have the file as it is, and nobody writes to it. */
  boolean isPending(SourceFile file, Stillness stillness) {
    return (!taken.isCurrent(file) || isFoundLate(file))
        && stillness.isStill(file)
        && (stillness.isSettled(file) || !putOff.contains(file));
  }

  /** Whether the trial that it belongs to came after it. */
  private boolean isFoundLate(SourceFile file) {
    return taken.hasNoTrial(file)
        && !ArchiveOrder.mayChange(file.path())
        && index.trialFileOf(file.path()) != null;
  }

  /** Whether a file waits for the trial that it belongs to, or for its end. */
  boolean isHeld(SourceFile file, Stillness stillness) {
    String path = file.path();
    if (stillness.isSettled(file) || ArchiveOrder.isTrial(path)) {
      return false;
    }
    return PASSING.matcher(path).matches()
        || (!ArchiveOrder.mayChange(path) && index.trialFileOf(path) == null);
  }

  /** Whether there is something to be taken. */
  boolean isDue(RunListing files, Stillness stillness) {
    return guard.hasChanged(files)
        || files.files().stream()
            .anyMatch(file -> isPending(file, stillness) && !isHeld(file, stillness));
  }
}
