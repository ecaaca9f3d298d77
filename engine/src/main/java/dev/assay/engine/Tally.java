package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.FrozenTrial;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Counts what a run has done and tells its listener, one call at a time. Thread-safe. */
final class Tally {
  private static final int FAILURES_TO_WARN = 20;

  private final RunListener listener;
  private final Diagnostics diagnostics;
  private final @Nullable Path directory;
  private long complete;
  private long pruned;
  private long failed;
  private long interrupted;
  private @Nullable String firstError;
  private boolean waitingSaid;

  /**
   * @param directory where the trials' logs are; null where they have none
   */
  Tally(RunListener listener, Diagnostics diagnostics, @Nullable Path directory) {
    this.listener = listener;
    this.diagnostics = diagnostics;
    this.directory = directory;
  }

  /** Counts a trial that the store has acknowledged. */
  synchronized void finished(FrozenTrial trial, TrialOutcome outcome) {
    switch (trial.state()) {
      case COMPLETE -> complete++;
      case PRUNED -> pruned++;
      default -> {
        failed++;
        if (outcome.isInterrupted()) {
          interrupted++;
        } else if (firstError == null) {
          String error = String.valueOf(trial.error()).lines().findFirst().orElse("");
          firstError = "trial %d: %s%s".formatted(trial.number(), error, log(trial));
        }
      }
    }
    listener.finished(trial, diagnostics.duplicates());
    if (complete + pruned == 0 && failed - interrupted == FAILURES_TO_WARN) {
      listener.note(
          "the first %d trials all failed; the first was %s".formatted(failed, firstError));
    }
  }

  private String log(FrozenTrial trial) {
    JsonNode name = trial.userAttrs().get("log_path");
    return name == null || directory == null
        ? ""
        : " (log: %s)".formatted(directory.resolve(name.asText()));
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

  synchronized RunResult result(
      RunResult.End end, double seconds, long seed, List<String> warnings) {
    return new RunResult(
        end,
        complete,
        pruned,
        failed,
        interrupted,
        diagnostics.duplicates(),
        seconds,
        seed,
        firstError,
        warnings);
  }
}
