package dev.assay.storage.optuna;

/**
 * Some trials of a study.
 *
 * @param first the lowest id
 * @param last the highest id
 */
record TrialRange(long study, long first, long last) {
  static TrialRange all(long study) {
    return new TrialRange(study, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  static TrialRange one(long study, long trial) {
    return new TrialRange(study, trial, trial);
  }
}
