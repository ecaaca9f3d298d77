package dev.assay.engine.cli;

import dev.assay.storage.Durability;
import dev.assay.storage.TrialFiles;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the user asks of a run; null where the study file decides.
 *
 * @param cacheKeys how many trial keys are remembered
 * @param cacheSignatures how many parameter signatures are remembered
 * @param json whether every trial is a JSON line on standard output
 * @param talk what stderr says while the run goes on
 */
record RunRequest(
    Path file,
    Path store,
    @Nullable Long trials,
    @Nullable Integer workers,
    @Nullable Long seed,
    @Nullable String sampler,
    @Nullable String objective,
    @Nullable Duration timeout,
    @Nullable Durability durability,
    @Nullable TrialFiles trialFiles,
    int cacheKeys,
    int cacheSignatures,
    boolean json,
    Talk talk,
    boolean verbose) {

  /** What stderr says while a run goes on. */
  enum Talk {
    QUIET,
    LINE_A_TRIAL,
    PROGRESS_LINE
  }
}
