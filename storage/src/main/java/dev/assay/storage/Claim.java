package dev.assay.storage;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker gets that asks to evaluate a set of parameters. */
public sealed interface Claim {

  /** The parameters are the caller's to evaluate, until its lease runs out. */
  record Acquired(Lease lease) implements Claim {}

  /**
   * Somebody has these parameters already: evaluate others.
   *
   * @param trialId the first trial's id
   * @param state RUNNING while the first trial is being evaluated, else how it ended
   * @param values the first trial's values, empty while it has none
   */
  record Duplicate(long trialId, TrialState state, List<Double> values) implements Claim {
    public Duplicate {
      values = List.copyOf(values);
    }
  }

  /**
   * The study has as many trials as the request allows; nothing was claimed.
   *
   * @param running how many of them are still being evaluated
   */
  record LimitReached(long finished, long running) implements Claim {}

  /**
   * The right to evaluate one trial. {@code finish} is accepted only for the newest attempt.
   *
   * @param trialId the trial's id, unique in the store
   * @param number the trial's number in its study, from 0
   * @param attempt 1 for a new trial, one more for each takeover
   * @param trialFile the name of its JSON file, such as {@code trial_001.json}
   */
  record Lease(
      long studyId,
      long trialId,
      long number,
      int attempt,
      @Nullable String signature,
      String trialFile) {}
}
