package dev.assay.storage;

import org.jspecify.annotations.Nullable;

/**
 * What finished trials add up to; the order in which they are added makes no difference.
 *
 * @param outside those that no trial file of a legacy run holds: its own summary does not count
 *     them
 * @param finished all but the interrupted ones: what a trial limit counts
 * @param unversioned valid trials that name no score version
 * @param timed trials that took time and were not skipped: those that the mean duration is of
 * @param lastCompleteUs when the last one finished, in microseconds since 1970 in UTC; null where
 *     none says
 */
record StudyTotals(
    long complete,
    long pruned,
    long fail,
    long outside,
    long finished,
    long skipped,
    long failed,
    long valid,
    long unversioned,
    long timed,
    ExactSum duration,
    @Nullable Long lastCompleteUs) {
  static final StudyTotals NONE =
      new StudyTotals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ExactSum.ZERO, null);

  /** One trial, which is finished. */
  static StudyTotals of(FrozenTrial trial, TrialVerdict verdict) {
    Double seconds = verdict == TrialVerdict.OUTSIDE ? null : trial.durationSeconds();
    boolean valid = verdict == TrialVerdict.VALID;
    return new StudyTotals(
        one(trial.state() == TrialState.COMPLETE),
        one(trial.state() == TrialState.PRUNED),
        one(trial.state() == TrialState.FAIL),
        one(verdict == TrialVerdict.OUTSIDE),
        one(!trial.isInterrupted()),
        one(verdict == TrialVerdict.SKIPPED),
        one(verdict == TrialVerdict.FAILED),
        one(valid),
        one(valid && ScoreVersion.of(trial) == null),
        one(verdict != TrialVerdict.SKIPPED && seconds != null && seconds != 0),
        seconds == null ? ExactSum.ZERO : ExactSum.of(seconds),
        TrialJson.toMicros(trial.complete()));
  }

  private static long one(boolean counts) {
    return counts ? 1 : 0;
  }

  StudyTotals plus(StudyTotals other) {
    return new StudyTotals(
        complete + other.complete,
        pruned + other.pruned,
        fail + other.fail,
        outside + other.outside,
        finished + other.finished,
        skipped + other.skipped,
        failed + other.failed,
        valid + other.valid,
        unversioned + other.unversioned,
        timed + other.timed,
        duration.plus(other.duration),
        later(lastCompleteUs, other.lastCompleteUs));
  }

  private static @Nullable Long later(@Nullable Long a, @Nullable Long b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return Math.max(a, b);
  }

  /** How many a summary counts. */
  long total() {
    return complete + pruned + fail - outside;
  }
}
