package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Draws the first trials of a study by chance, and leaves the rest to another sampler, which learns
 * from them: what the legacy optimizer calls {@code bootstrap_random_trials}. A trial's number
 * decides, so that it does not matter how many workers there are or how often a run is resumed.
 *
 * @param trials how many trials, from 0
 * @param seed {@code bootstrap_seed}, from which they are drawn; null for the study's
 * @param main proposes all further trials
 */
public record BootstrapSettings(long trials, @Nullable Long seed, SamplerSettings main)
    implements SamplerSettings {
  public BootstrapSettings {
    if (trials < 0) {
      throw new IllegalArgumentException("trials is %d, expected 0 or more".formatted(trials));
    }
    requireNonNull(main, "main is null");
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long studySeed) {
    return new Bootstrapped(
        trials, seed == null ? studySeed : seed, main.create(space, directions, studySeed));
  }

  private record Bootstrapped(long trials, long seed, Sampler main) implements Sampler {
    @Override
    public @Nullable ObjectNode suggest(History history, Ask ask) {
      if (ask.number() >= trials) {
        return main.suggest(history, ask);
      }
      RandomGenerator random = TrialRandom.stream(seed, ask.number(), ask.retry());
      return history.space().draw(random);
    }

    @Override
    public boolean readsHistory() {
      return main.readsHistory();
    }
  }
}
