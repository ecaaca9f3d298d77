package dev.assay.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param end why it asked for no more trials
 * @param complete trials of this run that gave a value
 * @param pruned trials of this run that were given up early
 * @param failed trials of this run that did not give one, interrupted ones among them
 * @param interrupted trials of this run that were stopped under way; their parameters are free
 * @param duplicates proposals that were not evaluated, because their parameters were known already
 * @param seconds how long the run took
 * @param seed what its random numbers were drawn from
 * @param firstError why the first failed trial failed; null where none did
 * @param warnings what the run's proposals and trials say about its study, a line each
 */
public record RunResult(
    End end,
    long complete,
    long pruned,
    long failed,
    long interrupted,
    long duplicates,
    double seconds,
    long seed,
    @Nullable String firstError,
    List<String> warnings) {
  public RunResult {
    warnings = List.copyOf(warnings);
  }

  /** How many trials of this run have ended. */
  public long trials() {
    return complete + pruned + failed;
  }

  /** Why a run asks for no more trials. */
  public enum End {
    /** The study has as many trials as it may have. */
    LIMIT("the study has all the trials it may have"),
    /** Every combination is in the store, or failed in this run. */
    EXHAUSTED("space exhausted: every combination was evaluated, or failed in this run"),
    /** The sampler proposes only what the store has. */
    STUCK("the sampler proposes only parameters that the store has already"),
    /** The run's time is over. */
    TIMEOUT("the time is over"),
    /** It was told to stop. */
    INTERRUPTED("interrupted");

    private final String words;

    End(String words) {
      this.words = words;
    }

    /** The reason in words, for people. */
    public String words() {
      return words;
    }
  }
}
