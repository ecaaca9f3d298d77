package dev.assay.storage;

import dev.assay.storage.PartCheck.MovedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a whole store while others may write to it: each study as it is at one moment. Used once.
 */
final class StoreCheck {
  private final Trials trials;
  private final List<StoreFault> faults = new ArrayList<>();
  private final NumberSet ids = new NumberSet();
  private long greatestId = -1;
  private long parts;

  StoreCheck(Trials trials) {
    this.trials = trials;
  }

  StoreVerification run(List<StudyRecord> studies) {
    checkDatabase();
    checkManifest();
    studies.forEach(this::checkStudy);
    checkReservedIds();
    return new StoreVerification(studies.size(), ids.size(), parts, faults);
  }

  private void add(StoreFault.Kind kind, String subject, String message) {
    faults.add(new StoreFault(kind, subject, message));
  }

  private void checkDatabase() {
    trials.live().query(sql -> sql.list("PRAGMA quick_check", row -> row.getString(1))).stream()
        .filter(line -> !line.equals("ok"))
        .forEach(line -> add(StoreFault.Kind.DATABASE, "live.db", line));
  }

  private void checkManifest() {
    try {
      String fault = Manifest.fault(trials.store(), trials.live());
      if (fault != null) {
        add(StoreFault.Kind.MANIFEST, "manifest.json", fault);
      }
    } catch (IOException e) {
      add(StoreFault.Kind.MANIFEST, "manifest.json", "cannot be read: " + e);
    }
  }

  /** Null where parts were merged meanwhile: the study is to be looked at as it is now. */
  private @Nullable StudyCheck attempt(StudyRecord study) {
    StudyCheck check = new StudyCheck(trials, study);
    try {
      check.run();
      return check;
    } catch (MovedException e) {
      return null;
    }
  }

  private boolean isThere(StudyRecord study) {
    return trials.live().find("SELECT 1 FROM studies WHERE study_id = ?", row -> true, study.id())
        != null;
  }

  private void checkStudy(StudyRecord study) {
    StudyCheck check = attempt(study);
    while (check == null && isThere(study)) {
      check = attempt(study);
    }
    if (check == null || !isThere(study)) {
      // Deleted meanwhile, with what it had.
      return;
    }
    faults.addAll(check.faults());
    parts += check.parts();
    greatestId = Math.max(greatestId, check.greatestId());
    if (!ids.addAll(check.ids())) {
      add(
          StoreFault.Kind.TRIAL,
          "study %d (%s)".formatted(study.id(), study.name()),
          "has trial ids that another study has as well");
    }
  }

  /** Read last: a block of ids is set aside before one of them is used. */
  private void checkReservedIds() {
    StoreFile file = StoreFile.read(trials.store());
    if (file == null) {
      add(StoreFault.Kind.DATABASE, StoreFile.NAME, "is missing; put back a copy of the file");
    } else if (greatestId >= file.reservedTrialIds()) {
      add(
          StoreFault.Kind.DATABASE,
          StoreFile.NAME,
          "reserved_trial_ids is %d, expected more than the trial id %d"
              .formatted(file.reservedTrialIds(), greatestId));
    }
  }
}
