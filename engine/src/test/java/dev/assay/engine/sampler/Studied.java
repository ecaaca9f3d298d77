package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.history.History.End;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/** A sampler and the history of a study that it searches, for tests. */
final class Studied {
  /** Parameters of every kind, some with one value, some at the ends of what doubles hold. */
  static final SearchSpace ALL_KINDS =
      Declared.space(
          """
          {'f': {'type': 'float', 'low': -5, 'high': 10}, 'c': {'type': 'grid', 'values': ['a', null, [1], 2]},
           'l': {'type': 'loguniform', 'low': 1e-300, 'high': 1e300}, 'i': {'type': 'int', 'low': 1, 'high': 8},
           'tiny': {'type': 'loguniform', 'low': 1e-300, 'high': 2e-300}, 'w': {'type': 'float', 'low': -1e308, 'high': 1e308},
           's': {'type': 'float', 'low': 0.1, 'high': 1.0, 'step': 0.03}, 'g': {'type': 'int', 'low': 1, 'high': 1000, 'log': true},
           'one': {'type': 'int', 'low': 4, 'high': 4}, 'same': {'type': 'float', 'low': 2.5, 'high': 2.5},
           'only': {'type': 'grid', 'values': ['x']}, 'fixed': 'x',
           'part': {'when': {'c': ['a', 2]}, 'm': {'type': 'float', 'low': 0, 'high': 1}, 'k': {'type': 'grid', 'values': [1, 2]}}}\
          """);

  final History history;
  private final SamplerSettings settings;
  private final long seed;
  private final Sampler sampler;

  Studied(SearchSpace space, SamplerSettings settings, int objectives, long seed) {
    List<Direction> directions = Collections.nCopies(objectives, Direction.MINIMIZE);
    this.history = new History(space, directions);
    this.settings = settings;
    this.seed = seed;
    this.sampler = settings.create(space, directions, seed);
  }

  static SamplerSettings settings(String name, String options) {
    return Samplers.named(
        name,
        new Block(
            Declared.object(options), (option, is) -> new SamplerException(option + " " + is)));
  }

  /** What comes next, as a number for each parameter. */
  double[] next() {
    return history.space().values(asked(sampler));
  }

  private ObjectNode asked(Sampler asked) {
    long number = history.size();
    Ask ask = new Ask(number, 0, TrialRandom.stream(seed, number, 0));
    return requireNonNull(asked.suggest(history, ask), "nothing left");
  }

  /** Runs one trial after the other; gives the lowest first loss. */
  double run(int trials, Function<double[], double[]> objective) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < trials; i++) {
      double[] values = next();
      double[] losses = objective.apply(values);
      best = Math.min(best, losses[0]);
      history.finish(history.begin(history.size(), values), End.of(TrialState.COMPLETE, losses));
    }
    return best;
  }

  /**
   * Runs trials that end in all ways and in another order than they began, with and without finite
   * losses and constraints; sees that every proposal is a set of the space's values, and the same
   * from a sampler that sees the history for the first time.
   */
  void runWild(int trials) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] odd = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0, -0.0, 1e308};
    int[] running = new int[4];
    for (int i = 0; i < trials; i++) {
      ObjectNode proposed = asked(sampler);
      double[] values = history.space().values(proposed);
      for (int p = 0; p < values.length; p++) {
        assertThat(Double.isNaN(values[p])).isNotEqualTo(history.space().isActive(p, values));
      }
      if (i % 7 == 0) {
        Sampler fresh = settings.create(history.space(), history.directions(), seed);
        assertThat(asked(fresh)).isEqualTo(proposed);
      }
      int row = history.begin(history.size(), values);
      int place = random.nextInt(running.length);
      if (i >= running.length) {
        history.finish(running[place], end(random, odd));
      } else {
        place = i;
      }
      running[place] = row;
    }
  }

  private End end(SplittableRandom random, double[] odd) {
    Double[] values = new Double[history.objectives()];
    Arrays.setAll(
        values,
        k -> random.nextInt(4) == 0 ? odd[random.nextInt(odd.length)] : random.nextDouble());
    double violation = random.nextInt(3) == 0 ? Double.NaN : random.nextInt(-1, 3);
    return switch (random.nextInt(6)) {
      case 0 -> End.of(TrialState.FAIL);
      case 1 -> new End(TrialState.PRUNED, List.of(), violation, 3, random.nextDouble());
      default -> new End(TrialState.COMPLETE, List.of(values), violation, 0, Double.NaN);
    };
  }
}
