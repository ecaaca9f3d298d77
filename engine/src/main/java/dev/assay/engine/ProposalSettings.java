package dev.assay.engine;

/**
 * How a study goes about its proposals.
 *
 * @param seed what all random numbers are drawn from, together with the trial's number
 * @param duplicateStreak how many proposals in a row may be known already before an unseen
 *     combination is looked for, at least 1
 * @param retries how often parameters are tried again whose evaluation failed, from 0
 */
record ProposalSettings(long seed, int duplicateStreak, OnDuplicate onDuplicate, int retries) {
  ProposalSettings {
    if (duplicateStreak < 1) {
      throw new IllegalArgumentException(
          "duplicateStreak is %d, expected 1 or more".formatted(duplicateStreak));
    }
    if (retries < 0) {
      throw new IllegalArgumentException("retries is %d, expected 0 or more".formatted(retries));
    }
  }
}
