package dev.assay.engine.cli;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A trial as a user names it. */
final class TrialArgument {
  static final String DESCRIPTION =
      "Its number, from 0; the name of its file, such as trial_028; or best.";

  private TrialArgument() {}

  /**
   * @throws UsageException where the study has no such trial
   */
  static FrozenTrial find(ReadableStore from, StudyRecord study, String trial) {
    FrozenTrial found = seek(from, study, trial);
    if (found == null) {
      throw new UsageException(
          "'%s' has no trial '%s'; expected a number below %d, the name of a trial file, or best where a trial is COMPLETE"
              .formatted(study.name(), trial, from.counts(study.id()).finished()));
    }
    return found;
  }

  private static @Nullable FrozenTrial seek(ReadableStore from, StudyRecord study, String trial) {
    if (trial.equals("best")) {
      return from.bestTrial(study.id());
    }
    if (trial.matches("\\d{1,18}")) {
      return from.trial(study.id(), Long.parseLong(trial));
    }
    String file = trial.endsWith(".json") ? trial : trial + ".json";
    try (Stream<FrozenTrial> trials = from.trials(study.id())) {
      return trials.filter(each -> file.equals(each.trialFile())).findFirst().orElse(null);
    }
  }
}
