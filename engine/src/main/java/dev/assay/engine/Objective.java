package dev.assay.engine;

/**
 * What is optimized: evaluates one trial's parameters. Implementations are safe to call from
 * several threads at once.
 */
@FunctionalInterface
public interface Objective {
  /**
   * Evaluates the parameters of {@code trial}.
   *
   * @return what came out; a value that is NaN makes the trial fail
   * @throws TrialPruned when the trial is given up because {@link Trial#shouldPrune} said so
   * @throws ObjectiveException when there is no result; its message becomes the trial's error
   * @throws InterruptedException when the run is stopped while this one is under way
   * @throws Exception any other makes the trial fail as well, with its type and message as the
   *     error
   */
  Evaluation evaluate(Trial trial) throws Exception;
}
