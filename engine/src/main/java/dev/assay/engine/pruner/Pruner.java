package dev.assay.engine.pruner;

/**
 * Gives up trials that do not look good. One of them serves one study with one objective. Safe to
 * share between threads.
 */
@FunctionalInterface
public interface Pruner {
  /**
   * Whether a trial of this process that is under way should end. Asked after each of its reports;
   * what it answers for one report stands.
   *
   * @param curves those of the trial's study
   * @param trial its own, with the report
   */
  boolean prunes(Curves curves, Curve trial);

  /** Whether it asks what complete trials have reported at a step. */
  default boolean comparesSteps() {
    return false;
  }
}
