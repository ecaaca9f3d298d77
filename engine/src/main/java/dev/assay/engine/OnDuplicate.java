package dev.assay.engine;

/**
 * What happens to a proposal whose parameters the study has already. They are never evaluated
 * again.
 */
public enum OnDuplicate {
  /** The sampler is asked for another proposal at once. */
  SKIP,
  /**
   * Where the first trial is under way, by whichever process, the worker waits until it has ended,
   * and evaluates the parameters itself where that has failed or its owner is gone. Otherwise as
   * {@link #SKIP}.
   */
  WAIT,
  /** The sampler hears the first trial's values once more, and is asked for another proposal. */
  REUSE,
  /** It counts as one of the trials that the run may have. */
  COUNT
}
