package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.history.History;
import dev.assay.engine.history.History.End;
import dev.assay.engine.sampler.Nsga2Settings.Crossover;
import dev.assay.engine.sampler.Nsga2Settings.Mutation;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.List;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Nsga2SamplerTest {
  private static SearchSpace units(int dimensions) {
    StringBuilder declared = new StringBuilder("{");
    for (int i = 0; i < dimensions; i++) {
      declared.append(
          "%s'x%d': {'type': 'float', 'low': 0, 'high': 1}".formatted(i > 0 ? "," : "", i));
    }
    return Declared.space(declared.append('}').toString());
  }

  @ParameterizedTest
  @CsvSource({"UNIFORM, 1", "BLXALPHA, 2", "SBX, 1", "VSBX, 2", "SPX, 3", "UNDX, 3"})
  void proposesTheSameForTheSameHistoryWhateverItsOutcomes(Crossover crossover, int objectives) {
    Nsga2Settings settings = Nsga2Settings.DEFAULT.withPopulationSize(10).withCrossover(crossover);
    new Studied(Studied.ALL_KINDS, settings, objectives, 1).runWild(150);
  }

  @Test
  void generationsAreTrialsInTheOrderInWhichTheyCompleted() {
    History history = new History(units(1), List.of(Direction.MINIMIZE, Direction.MAXIMIZE));
    Generations generations = new Generations(2);
    for (int row = 0; row < 8; row++) {
      history.begin(row, new double[] {0.1 * row});
    }
    history.finish(3, End.of(TrialState.COMPLETE, 1, 1));
    history.finish(0, End.of(TrialState.FAIL));
    history.finish(2, End.of(TrialState.PRUNED));
    assertThat(generations.parents(history)).isNull();
    history.finish(1, End.of(TrialState.COMPLETE, 2, 0));
    assertThat(requireNonNull(generations.parents(history)).rows()).containsExactly(3, 1);
    // Row 5 is as good as row 3 in its own way; row 4 and row 1 are dominated.
    history.finish(4, End.of(TrialState.COMPLETE, 2, -1));
    history.finish(5, End.of(TrialState.COMPLETE, 5, 2));
    assertThat(requireNonNull(generations.parents(history)).rows()).containsExactlyInAnyOrder(3, 5);
    // Whatever keeps to the constraints comes before what may not, and that before what does not.
    history.finish(6, new End(TrialState.COMPLETE, List.of(9.0, -9.0), 0, 0, Double.NaN));
    history.finish(7, new End(TrialState.COMPLETE, List.of(0.0, 9.0), 1, 0, Double.NaN));
    Population constrained = requireNonNull(generations.parents(history));
    assertThat(constrained.rows()).containsExactly(6, 7);
    assertThat(constrained.better(0, 1)).isTrue();
    assertThat(constrained.better(1, 0)).isFalse();
    Generations fresh = new Generations(2);
    assertThat(requireNonNull(fresh.parents(history)).rows()).isEqualTo(constrained.rows());
  }

  @Test
  void theLastFrontThatFitsInPartGivesThoseWithTheMostRoom() {
    History history = new History(units(1), List.of(Direction.MINIMIZE, Direction.MINIMIZE));
    double[][] losses = {{0, 10}, {1, 9}, {1.5, 8.5}, {5, 5}, {10, 0}, {11, 11}};
    for (int row = 0; row < losses.length; row++) {
      history.finish(
          history.begin(row, new double[] {0.5}), End.of(TrialState.COMPLETE, losses[row]));
    }
    Population elite = Population.elite(history, new int[] {0, 1, 2, 3, 4, 5}, 4);
    assertThat(elite.rows()).containsExactly(0, 4, 3, 2);
  }

  /** Mean and variance of the first number of many children of these parents. */
  private static double[] moments(
      Function<RandomGenerator, double[]> crossing, int place, int count) {
    RandomGenerator random = TrialRandom.stream(1, place, 0);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double number = crossing.apply(random)[place];
      sum += number;
      squares += number * number;
    }
    double mean = sum / count;
    return new double[] {mean, squares / count - mean * mean};
  }

  @Test
  void crossoversHaveTheMomentsOfTheirPapers() {
    double[][] two = {{0.4, 0.5}, {0.6, 0.5}};
    int n = 100_000;
    double[] uniform = moments(r -> Crossing.uniform(two, 0.25, r), 0, n);
    assertThat(uniform[0]).isCloseTo(0.45, within(0.001));
    // Even over a width of twice the parents' distance.
    double[] blend = moments(r -> Crossing.blend(two, r), 0, n);
    assertThat(blend[0]).isCloseTo(0.5, within(0.002));
    assertThat(blend[1]).isCloseTo(0.4 * 0.4 / 12, within(2e-4));
    assertThat(moments(r -> Crossing.blend(two, r), 1, 10)[1]).isCloseTo(0, within(1e-15));
    // Half are parents, half at (1 ± β) / 2 of the distance: E β² = (η + 1) / (η + 3) / 2 for
    // contraction and (η + 1) / (η − 1) / 2 for expansion.
    for (double eta : new double[] {5, 20}) {
      double spread = (eta + 1) / (eta + 3) / 2 + (eta + 1) / (eta - 1) / 2;
      double[] sbx = moments(r -> Crossing.sbx(two, eta, r), 0, n);
      assertThat(sbx[0]).isCloseTo(0.5, within(0.002));
      assertThat(sbx[1]).isCloseTo(0.01 * (1 + spread) / 2, within(2e-4));
      assertThat(moments(r -> Crossing.vsbx(two, eta, r), 0, n)[0]).isCloseTo(0.5, within(0.002));
    }
    double[][] three = {{0.4, 0.5, 0.5}, {0.6, 0.5, 0.5}, {0.5, 0.8, 0.5}};
    assertThat(moments(r -> Crossing.spx(three, r), 1, n)[0]).isCloseTo(0.6, within(0.002));
    // A triangle's covariance, five times as long: (sum of squares to the middle) / 12.
    assertThat(moments(r -> Crossing.spx(three, r), 1, n)[1])
        .isCloseTo(5 * (0.01 + 0.01 + 0.04) / 12, within(5e-4));
    double[] along = moments(r -> Crossing.undx(three, r), 0, n);
    assertThat(along[0]).isCloseTo(0.5, within(0.002));
    assertThat(along[1]).isCloseTo(0.1 * 0.1, within(3e-4));
    double[] across = moments(r -> Crossing.undx(three, r), 2, n);
    assertThat(across[0]).isCloseTo(0.5, within(0.002));
    assertThat(across[1]).isCloseTo(0.35 * 0.35 / 3 * 0.3 * 0.3, within(1e-4));
  }

  @Test
  void aChildIsNeverAParentAgainAndChangesAsManyParametersAsAsked() {
    SearchSpace space =
        Declared.space(
            "{'c': {'type': 'grid', 'values': [1, 2, 3]}, 'i': {'type': 'int', 'low': 0, 'high':"
                + " 9}, 'x': {'type': 'float', 'low': 0, 'high': 1}}");
    History history = new History(space, List.of(Direction.MINIMIZE));
    for (int row = 0; row < 2; row++) {
      history.finish(history.begin(row, new double[] {1, 5, 0.5}), End.of(TrialState.COMPLETE, 0));
    }
    Population twins = Population.elite(history, new int[] {0, 1}, 2);
    for (Mutation mutation : Mutation.values()) {
      Breeding breeding =
          new Breeding(Nsga2Settings.DEFAULT.withMutation(mutation), space.parameters(), true);
      int[] changed = new int[3];
      for (int i = 0; i < 3000; i++) {
        double[] child = breeding.child(twins, TrialRandom.stream(i, 0, 0));
        changed[0] += child[0] != 1 ? 1 : 0;
        changed[1] += child[1] != 5 ? 1 : 0;
        changed[2] += child[2] != 0.5 ? 1 : 0;
      }
      // A third each, and a third of the (2/3)³ that would be copies; an even draw may hit 5 again.
      double share = 1.0 / 3 + 8.0 / 81;
      assertThat(changed[0]).isCloseTo((int) (3000 * share), within(90));
      assertThat(changed[1])
          .isCloseTo((int) (3000 * share * (mutation == Mutation.UNIFORM ? 0.9 : 1)), within(90));
      assertThat(changed[2]).isCloseTo((int) (3000 * share), within(90));
    }
  }

  @Test
  void approachesTheFrontOfZdt1() {
    Studied studied = new Studied(units(10), Nsga2Settings.DEFAULT, 2, 3);
    studied.run(
        1000,
        x -> {
          double g = 1;
          for (int i = 1; i < x.length; i++) {
            g += x[i];
          }
          return new double[] {x[0], g * (1 - Math.sqrt(x[0] / g))};
        });
    History history = studied.history;
    double[][] losses = new double[history.size()][];
    for (int row = 0; row < losses.length; row++) {
      losses[row] = new double[] {history.loss(row, 0), history.loss(row, 1)};
    }
    // The front's own is 6.27; 1000 trials by chance come to 4.4.
    assertThat(Pareto.hypervolume(losses, new double[] {1.1, 6})).isGreaterThan(6.1);
  }

  @Test
  void readsOptunasOptions() {
    assertThat(
            Studied.settings(
                "NSGAIISampler",
                "{'population_size': 20, 'crossover': 'SBXCrossover', 'crossover_prob': 0.8,"
                    + " 'swapping_prob': 0.4, 'mutation': 'uniform', 'mutation_prob': 0.1}"))
        .isEqualTo(new Nsga2Settings(20, Crossover.SBX, 0.8, 0.4, Mutation.UNIFORM, 0.1));
    assertThat(Studied.settings("nsga2", "{}")).isEqualTo(Nsga2Settings.DEFAULT);
    assertThatThrownBy(() -> Studied.settings("nsga2", "{'crossover': 'magic'}"))
        .hasMessage(
            "crossover is text 'magic', expected one of uniform, blxalpha, sbx, vsbx, spx, undx");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{'population_size': 1}", "{'mutation_prob': 1.5}", "{'crossover_prob': -1}"})
  void refusesOptionsOutOfRange(String options) {
    assertThatThrownBy(() -> Studied.settings("nsga2", options))
        .isInstanceOf(SamplerException.class)
        .hasMessageContaining("expected");
    assertThatThrownBy(() -> Nsga2Settings.DEFAULT.withPopulationSize(1))
        .hasMessage("population_size is 1, expected 2 to 1,000,000");
  }
}
