package dev.assay.storage;

/** What a trial is doing. The names are Optuna's, and so is their meaning. */
public enum TrialState {
  RUNNING,
  COMPLETE,
  PRUNED,
  FAIL,
  WAITING;

  /** Whether a trial in this state never changes again. */
  public boolean isFinished() {
    return this == COMPLETE || this == PRUNED || this == FAIL;
  }

  /** Whether a trial in this state keeps its signature: nobody else evaluates these parameters. */
  public boolean holdsSignature() {
    return this != FAIL;
  }
}
