package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.engine.sampler.CmaSettings.Restart;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What CMA-ES has learned from a history: a generation is the next so many trials that completed or
 * were pruned, in the order in which they ended, whatever they were drawn from. A pruned trial is
 * worse than all that completed, and the worse the earlier it was pruned. Follows from the history
 * and the study's seed alone; what is kept saves learning from earlier generations again. Not safe
 * to share between threads.
 */
final class CmaSearch {
  /** Of a range of doubles: closer than this it has converged. */
  private static final double CONVERGED = 1e-11;

  /** Of the room of one of several values. */
  private static final double CONVERGED_STEP = 0.1;

  /** The deviation below which a normal draw hardly leaves a value's room of 1. */
  private static final double STUCK = 0.2;

  private static final int RESTART = -1;

  private final CmaSettings settings;
  private final List<Parameter> parameters;
  private final int[] numbers;
  private final int[] choices;
  private final long seed;
  private final double[] start;

  private @Nullable History history;
  private CmaDistribution distribution;
  private ChoiceOdds odds;
  private CmaRates rates;
  private int[] generation;
  private int members;
  private int trials;
  private int seen;
  private int restarts;

  CmaSearch(CmaSettings settings, SearchSpace space, long seed) {
    this.settings = settings;
    this.parameters = space.parameters();
    this.seed = seed;
    this.numbers = searched(parameter -> !parameter.isCategorical());
    this.choices = searched(Parameter::isCategorical);
    double[] x0 = space.values(settings.x0());
    this.start = new double[numbers.length];
    Arrays.setAll(start, i -> place(i, x0[numbers[i]], 0.5));
    this.rates = rates();
    this.generation = new int[rates.size()];
    this.distribution = distribution(start);
    this.odds = evenOdds();
  }

  private int[] searched(Predicate<Parameter> kind) {
    return IntStream.range(0, parameters.size())
        .filter(p -> parameters.get(p).count() > 1 && kind.test(parameters.get(p)))
        .toArray();
  }

  /** Where a number lies; what stands for it where it is unknown. */
  private double place(int i, double value, double otherwise) {
    return Double.isNaN(value) ? otherwise : parameters.get(numbers[i]).toUnit(value);
  }

  private CmaRates rates() {
    int dimensions = Math.max(1, numbers.length + choices.length);
    Integer given = settings.popsize();
    int size = given == null ? 4 + (int) (3 * Math.log(dimensions)) : given;
    long larger = Math.min((long) size << Math.min(restarts, 20), 1_000_000);
    return new CmaRates(Math.max(1, numbers.length), (int) larger, settings.shape());
  }

  private CmaDistribution distribution(double[] mean) {
    return new CmaDistribution(rates, settings.shape(), mean, settings.sigma0());
  }

  private ChoiceOdds evenOdds() {
    return new ChoiceOdds(
        Arrays.stream(choices).map(p -> (int) parameters.get(p).count()).toArray());
  }

  /** Learns from what has ended since. */
  void follow(History current) {
    if (history != current) {
      if (history != null) {
        begin();
      }
      history = current;
    }
    for (; seen < current.finished(); seen++) {
      int row = current.finished(seen);
      TrialState state = current.state(row);
      if (state != TrialState.COMPLETE && state != TrialState.PRUNED) {
        continue;
      }
      trials++;
      if (trials > settings.startupTrials()) {
        generation[members++] = row;
        if (members == generation.length) {
          members = 0;
          learn(current);
        }
      }
    }
  }

  private void begin() {
    trials = 0;
    seen = 0;
    restarts = 0;
    restart(start);
  }

  private void restart(double[] mean) {
    rates = rates();
    generation = new int[rates.size()];
    members = 0;
    distribution = distribution(mean);
    odds = evenOdds();
  }

  private void learn(History current) {
    int[] rows = bestFirst(current, generation);
    double[][] points = new double[rows.length][numbers.length];
    double[][] chosen = new double[rows.length][choices.length];
    for (int k = 0; k < rows.length; k++) {
      int row = rows[k];
      Arrays.setAll(
          points[k], i -> place(i, current.parameter(row, numbers[i]), distribution.mean(i)));
      Arrays.setAll(chosen[k], i -> current.parameter(row, choices[i]));
    }
    distribution.learn(points);
    odds.learn(chosen, rates);
    if (settings.restart() == Restart.IPOP && hasConverged()) {
      restarts++;
      RandomGenerator random = TrialRandom.stream(seed, restarts, RESTART);
      double[] anywhere = new double[numbers.length];
      Arrays.setAll(anywhere, i -> Draws.unit(random));
      restart(anywhere);
    }
  }

  /** The rows of a generation from best to worst. */
  static int[] bestFirst(History current, int[] generation) {
    double[][] losses = new double[generation.length][];
    Arrays.setAll(losses, k -> new double[] {current.loss(generation[k], 0)});
    double[] violations = Arrays.stream(generation).mapToDouble(current::violation).toArray();
    int[] ranks = Pareto.ranks(losses, violations);
    return IntStream.range(0, generation.length)
        .boxed()
        .sorted(
            Comparator.comparingInt((Integer k) -> ranks[k])
                .thenComparing(k -> current.state(generation[k]) == TrialState.PRUNED)
                .thenComparing(k -> -current.lastStep(generation[k]))
                .thenComparingDouble(k -> current.lastReport(generation[k])))
        .mapToInt(k -> generation[k])
        .toArray();
  }

  private boolean hasConverged() {
    for (int i = 0; i < numbers.length; i++) {
      Parameter parameter = parameters.get(numbers[i]);
      double close = parameter.step() > 0 ? CONVERGED_STEP / parameter.count() : CONVERGED;
      if (distribution.deviation(i) > close) {
        return false;
      }
    }
    return numbers.length > 0;
  }

  /** Whether a number's distribution has become too narrow for its values. */
  boolean isStuck(int i, Parameter parameter) {
    return parameter.step() > 0 && distribution.deviation(i) * parameter.count() < STUCK;
  }

  /** How many trials it has heard of. */
  int trials() {
    return trials;
  }

  int generationSize() {
    return generation.length;
  }

  /** Places of the numbers that vary, in the order of the distribution's dimensions. */
  int[] numbers() {
    return numbers;
  }

  /** Places of the choices that vary, in the order of the odds. */
  int[] choices() {
    return choices;
  }

  CmaDistribution distribution() {
    return distribution;
  }

  ChoiceOdds odds() {
    return odds;
  }
}
