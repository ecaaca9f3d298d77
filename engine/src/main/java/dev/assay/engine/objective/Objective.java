package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What is optimized: evaluates one set of parameters. Implementations are safe to call from several
 * threads at once.
 */
public interface Objective {
  /**
   * Evaluates {@code params}.
   *
   * @param params the parameters, nested as the study declares them
   * @param context the trial's number, its log file, and whether the run is being stopped
   * @return what came out; a value that is NaN makes the trial fail
   * @throws ObjectiveException when there is no result; its message becomes the trial's error
   * @throws InterruptedException when the run is stopped while this one is under way
   */
  Evaluation evaluate(ObjectNode params, TrialContext context)
      throws ObjectiveException, InterruptedException;
}
