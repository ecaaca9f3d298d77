package dev.assay.engine.pruner;

/**
 * When a trial is checked: at the first step that it reports in each interval, once the warm-up is
 * over.
 *
 * @param warmupSteps the first step at which it may be checked
 * @param intervalSteps the length of an interval
 */
record Checks(long warmupSteps, long intervalSteps) {
  /** Whether the last step that {@code trial} has reported is one to check it at. */
  boolean isDue(Curve trial) {
    int size = trial.size();
    if (size == 0) {
      return false;
    }
    long step = trial.step(size - 1);
    if (step < warmupSteps) {
      return false;
    }
    long before = size == 1 ? -1 : trial.step(size - 2);
    return before < warmupSteps + (step - warmupSteps) / intervalSteps * intervalSteps;
  }
}
