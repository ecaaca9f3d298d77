package dev.assay.engine;

import dev.assay.storage.FrozenTrial;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Counts what a run has done and tells its listener, one call at a time. Thread-safe. */
final class Tally {
  private static final int FAILURES_TO_WARN = 20;

  private final RunListener listener;
  private long complete;
  private long failed;
  private long interrupted;
  private @Nullable String firstError;
  private boolean waitingSaid;

  Tally(RunListener listener) {
    this.listener = listener;
  }

  /**
   * Counts a trial that the store has acknowledged.
   *
   * @param log where the trial's log is, for a warning that names it
   * @param duplicates how many proposals were known already
   */
  synchronized void finished(FrozenTrial trial, TrialOutcome outcome, Path log, long duplicates) {
    if (outcome.error() == null) {
      complete++;
    } else {
      failed++;
      if (outcome.isInterrupted()) {
        interrupted++;
      } else if (firstError == null) {
        firstError = "trial %d: %s (log: %s)".formatted(trial.number(), outcome.error(), log);
      }
    }
    listener.finished(trial, duplicates);
    if (complete == 0 && failed - interrupted == FAILURES_TO_WARN) {
      listener.note(
          "the first %d trials all failed; the first was %s".formatted(failed, firstError));
    }
  }

  synchronized void note(String message) {
    listener.note(message);
  }

  /** Says once what the run waits for. */
  synchronized void waiting(long elsewhere) {
    if (!waitingSaid) {
      waitingSaid = true;
      listener.note(
          "waiting for %d trial(s) that another process evaluates, or has left behind"
              .formatted(elsewhere));
    }
  }

  synchronized RunResult result(RunResult.End end, long duplicates, double seconds, long seed) {
    return new RunResult(end, complete, failed, interrupted, duplicates, seconds, seed, firstError);
  }
}
