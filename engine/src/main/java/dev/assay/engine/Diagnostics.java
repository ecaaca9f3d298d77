package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run's proposals and trials say about its study: the warnings of the legacy optimizer, and
 * what to do about each. Thread-safe.
 */
final class Diagnostics {
  /** Fewer say nothing. */
  private static final int ENOUGH = 10;

  private static final double TOO_MANY_DUPLICATES = 0.5;
  private static final double TOO_MANY_WITHOUT_TRADES = 0.5;
  private static final double TOO_MANY_PRUNED = 0.8;
  private static final int MANY_WORKERS = 4;
  private static final int STARTUP_TRIALS = 25;

  private final SearchSpace space;
  private long duplicates;
  private long trials;
  private long pruned;
  private long withoutTrades;

  Diagnostics(SearchSpace space) {
    this.space = space;
  }

  synchronized void duplicate() {
    duplicates++;
  }

  synchronized void ended(FrozenTrial trial) {
    trials++;
    pruned += trial.state() == TrialState.PRUNED ? 1 : 0;
    JsonNode trades = trial.metrics().get("num_trades");
    withoutTrades += trades != null && trades.isNumber() && trades.doubleValue() == 0 ? 1 : 0;
  }

  /** How many proposals were known already. */
  synchronized long duplicates() {
    return duplicates;
  }

  /** What the user should know, a line each. */
  synchronized List<String> warnings(int workers, @Nullable Long limit) {
    List<String> warnings = new ArrayList<>();
    if (exceeds(duplicates, duplicates + trials, TOO_MANY_DUPLICATES)) {
      warnings.add(tooManyDuplicates(workers));
    }
    if (space.size() != null && limit != null && space.size().longValue() < limit) {
      warnings.add(
          "the search space has %d combinations, fewer than the %d trials asked for: widen its ranges or make its steps smaller"
              .formatted(space.size(), limit));
    }
    if (exceeds(pruned, trials, TOO_MANY_PRUNED)) {
      warnings.add(
          "%s trials were pruned: give the pruner more n_startup_trials or n_warmup_steps, or use a milder one"
              .formatted(share(pruned, trials)));
    }
    if (exceeds(withoutTrades, trials, TOO_MANY_WITHOUT_TRADES)) {
      warnings.add(
          "%s trials made no trade: widen the ranges towards looser entry conditions, and try a few trials before a long run"
              .formatted(share(withoutTrades, trials)));
    }
    return warnings;
  }

  private String tooManyDuplicates(int workers) {
    String fewer =
        workers > MANY_WORKERS ? ", fewer workers (%d)".formatted(Math.max(2, workers / 2)) : "";
    return "%s proposals were known already: the search space may be too narrow or its steps too wide for the sampler; try wider ranges, smaller steps, more n_startup_trials (%d)%s, or multivariate: true with tpe"
        .formatted(
            share(duplicates, duplicates + trials), Math.max(STARTUP_TRIALS, 5 * workers), fewer);
  }

  private static boolean exceeds(long part, long whole, double share) {
    return whole >= ENOUGH && part > share * whole;
  }

  private static String share(long part, long whole) {
    return "%d of %d (%d %%)".formatted(part, whole, Math.round(100.0 * part / whole));
  }
}
