package dev.assay.storage;

import dev.assay.storage.json.Json;

/**
 * What a finished trial counts as in a summary: what the legacy system's own says of the trial's
 * file, where one that was pruned has an error. The one difference: a score that is not finite,
 * which the legacy system ranks, is not valid.
 */
enum TrialVerdict {
  /** Of a legacy run, but in none of its trial files: the legacy system does not see it. */
  OUTSIDE,
  /** Not evaluated, with a reason, whether there is an error as well or not. */
  SKIPPED,
  FAILED,
  /** Evaluated, with a constraint or a hard failure in its way, or without a finite score. */
  INVALID,
  VALID;

  static TrialVerdict of(StudyRecord study, FrozenTrial trial) {
    if (trial.trialFile() == null && study.isLegacyRun()) {
      return OUTSIDE;
    }
    if (Json.isTruthy(trial.userAttrs().get("skipped"))) {
      return SKIPPED;
    }
    String error = trial.error();
    if (trial.state() != TrialState.COMPLETE || (error != null && !error.isEmpty())) {
      return FAILED;
    }
    Boolean constraintsOk = trial.constraintsOk();
    // In a legacy run a trial without constraints never counted as valid; ours had none to break.
    boolean held = constraintsOk == null ? !study.isLegacyRun() : constraintsOk;
    Double score = trial.value();
    return held
            && study.directions().size() == 1
            && score != null
            && Double.isFinite(score)
            && !Json.isTruthy(trial.userAttrs().get("hard_failures"))
        ? VALID
        : INVALID;
  }
}
