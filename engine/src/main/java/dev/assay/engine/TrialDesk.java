package dev.assay.engine;

import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LeaseLostException;
import dev.assay.storage.StoreException;
import dev.assay.storage.TrialState;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Hands out claims as trials, and takes their outcomes in. Safe to share between threads.
 *
 * @param objectives how many objectives the study has
 */
record TrialDesk(
    Ledger ledger, SearchSpace space, Proposals proposals, Pruning pruning, int objectives) {

  /** A trial in somebody's hand. */
  record Opened(Trial trial, Claim.Lease lease, long begin) {}

  /** The name of a trial's log file, which lies beside its JSON file. */
  private static String logName(Claim.Lease lease) {
    return lease.trialFile().replaceAll("\\.json$", ".log");
  }

  Opened open(Proposals.Next.Evaluate claimed) {
    Claim.Lease lease = claimed.lease();
    Path directory = ledger.directory();
    long seed = proposals.objectiveSeed(lease.number());
    Path log = directory == null ? null : directory.resolve(logName(lease));
    Trial trial =
        new Trial(
            lease.number(),
            space.resolved(claimed.params()),
            seed,
            log,
            pruning.watch(lease.number()));
    return new Opened(trial, lease, System.nanoTime());
  }

  /**
   * Keeps how a trial ended.
   *
   * @param worker who has evaluated it
   * @return the trial as it was kept
   * @throws LeaseLostException where somebody has taken the trial over
   * @throws StoreException where the outcome could not be kept: the trial is still in the caller's
   *     hand
   */
  FrozenTrial close(Opened opened, TrialOutcome outcome, String worker) {
    double seconds = (System.nanoTime() - opened.begin()) / 1e9;
    Claim.Lease lease = opened.lease();
    Path log = opened.trial().logFile();
    String logName = log != null && Files.exists(log) ? logName(lease) : null;
    FrozenTrial result = outcome.toTrial(opened.trial(), seconds, worker, lease.attempt(), logName);
    if (outcome.state() == TrialState.FAIL && !outcome.isInterrupted()) {
      proposals.failing(lease);
    }
    FrozenTrial kept;
    try {
      kept = ledger.finish(lease, result);
    } catch (LeaseLostException e) {
      proposals.lost(lease);
      throw e;
    }
    opened.trial().end(kept);
    proposals.settled(kept);
    return kept;
  }
}
