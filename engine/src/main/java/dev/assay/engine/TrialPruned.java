package dev.assay.engine;

/**
 * Thrown by an objective that gives its trial up early, because {@link Trial#shouldPrune} said so.
 * The trial ends as PRUNED, with the value that it reported last.
 */
public final class TrialPruned extends Exception {
  public TrialPruned() {
    super("pruned", null, false, false);
  }
}
