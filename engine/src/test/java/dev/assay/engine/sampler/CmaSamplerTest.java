package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.history.History;
import dev.assay.engine.history.History.End;
import dev.assay.engine.sampler.CmaSettings.Restart;
import dev.assay.engine.sampler.CmaSettings.Shape;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CmaSamplerTest {
  private static SearchSpace floats(int dimensions, double low, double high) {
    StringBuilder declared = new StringBuilder("{");
    for (int i = 0; i < dimensions; i++) {
      declared.append(
          "%s'x%d': {'type': 'float', 'low': %s, 'high': %s}"
              .formatted(i > 0 ? "," : "", i, low, high));
    }
    return Declared.space(declared.append('}').toString());
  }

  /** A sum of squares around {@code center}, each worth {@code condition} times the one before. */
  private static Function<double[], double[]> ellipsoid(double center, double condition) {
    return x -> {
      double sum = 0;
      for (int i = 0; i < x.length; i++) {
        sum += Math.pow(condition, i) * (x[i] - center) * (x[i] - center);
      }
      return new double[] {sum};
    };
  }

  @ParameterizedTest
  @EnumSource(Shape.class)
  void proposesTheSameForTheSameHistoryWhateverItsOutcomes(Shape shape) {
    CmaSettings settings = CmaSettings.DEFAULT.withPopsize(5).withShape(shape);
    new Studied(Studied.ALL_KINDS, settings, 1, 1).runWild(200);
    new Studied(Declared.space("{'c': {'type': 'grid', 'values': [1, 2]}}"), settings, 1, 1)
        .runWild(30);
  }

  @Test
  void ratesAreThoseOfTheTutorial() {
    CmaRates rates = new CmaRates(10, 10, Shape.FULL);
    assertThat(rates.weights[0]).isCloseTo(0.4563, within(1e-4));
    assertThat(rates.effective).isCloseTo(3.167, within(1e-3));
    assertThat(rates.cSigma).isCloseTo(5.167 / 18.167, within(1e-4));
    assertThat(rates.cPath).isCloseTo(4.3167 / 14.6334, within(1e-4));
    assertThat(rates.cOne).isCloseTo(2 / (11.3 * 11.3 + 3.167), within(1e-5));
    assertThat(rates.cMu).isCloseTo(2 * (1.167 + 1 / 3.167) / (144 + 3.167), within(1e-4));
    assertThat(Arrays.stream(rates.weights).limit(rates.parents).sum()).isCloseTo(1, within(1e-12));
    // A normal vector of one dimension is √(2/π) long.
    assertThat(new CmaRates(1, 4, Shape.FULL).length).isCloseTo(0.798, within(2e-3));
  }

  @Test
  void theMeanMovesByTheWeightsAndOddOnesOutArePulledCloser() {
    CmaRates rates = new CmaRates(1, 4, Shape.FULL);
    CmaDistribution near = new CmaDistribution(rates, Shape.FULL, new double[] {0.5}, 0.1);
    near.learn(new double[][] {{0.6}, {0.5}, {0.4}, {0.4}});
    assertThat(near.mean(0)).isCloseTo(0.5 + 0.1 * rates.weights[0], within(1e-12));
    CmaDistribution far = new CmaDistribution(rates, Shape.FULL, new double[] {0.5}, 0.1);
    far.learn(new double[][] {{900}, {0.5}, {0.4}, {0.4}});
    // 1 + 2 n / (n + 2) deviations at most.
    assertThat(far.mean(0)).isCloseTo(0.5 + 0.1 * rates.weights[0] * (1 + 2.0 / 3), within(1e-12));
  }

  @Test
  void beginsAroundTheMiddleOrWhereItIsTold() {
    SearchSpace space =
        Declared.space(
            "{'a': {'x': {'type': 'float', 'low': -5, 'high': 10}}, 'l': {'type': 'loguniform',"
                + " 'low': 1e-4, 'high': 1}}");
    CmaSettings settings =
        CmaSettings.DEFAULT.withX0(Declared.object("{'a': {'x': 4}}")).withSigma0(0.1);
    Studied studied = new Studied(space, settings, 1, 5);
    int n = 1024;
    studied.run(1, x -> new double[] {0});
    double[] sums = new double[4];
    for (int i = 0; i < n; i++) {
      double[] values = studied.next();
      double log = Math.log10(values[1]);
      sums[0] += values[0] / n;
      sums[1] += (values[0] - 4) * (values[0] - 4) / n;
      sums[2] += log / n;
      sums[3] += (log + 2) * (log + 2) / n;
      studied.history.begin(studied.history.size(), values);
    }
    assertThat(sums[0]).isCloseTo(4, within(0.03));
    assertThat(Math.sqrt(sums[1])).isCloseTo(1.5, within(0.03));
    assertThat(sums[2]).isCloseTo(-2, within(0.01));
    assertThat(Math.sqrt(sums[3])).isCloseTo(0.4, within(0.01));
  }

  @Test
  void solvesAnIllConditionedEllipsoidAtTheKnownRate() {
    // With independent draws CMA-ES takes 1240 to 1780 evaluations to 1e-8, half the time 1500.
    Studied studied = new Studied(floats(5, -5, 5), CmaSettings.DEFAULT, 1, 1);
    assertThat(studied.run(1250, ellipsoid(1.3, Math.pow(10, 1.5)))).isLessThan(1e-8);
  }

  @Test
  void isTheSameSearchWhereverTheSpaceLies() {
    Studied here = new Studied(floats(3, -4, 4), CmaSettings.DEFAULT, 1, 2);
    Studied there = new Studied(floats(3, 12, 20), CmaSettings.DEFAULT, 1, 2);
    here.run(150, ellipsoid(1.5, 10));
    there.run(150, ellipsoid(17.5, 10));
    for (int row = 0; row < 150; row++) {
      assertThat(there.history.loss(row, 0))
          .isCloseTo(here.history.loss(row, 0), within(1e-6 * (1 + here.history.loss(row, 0))));
    }
  }

  @Test
  void prunedTrialsComeAfterThoseThatCompletedAndTheEarlierTheWorse() {
    History history = new History(floats(1, 0, 1), List.of(Direction.MINIMIZE));
    for (int row = 0; row < 5; row++) {
      history.begin(row, new double[] {0.5});
    }
    history.finish(0, new End(TrialState.PRUNED, List.of(), Double.NaN, 3, 0.1));
    history.finish(1, End.of(TrialState.COMPLETE, Double.POSITIVE_INFINITY));
    history.finish(2, new End(TrialState.PRUNED, List.of(), Double.NaN, 7, 9));
    history.finish(3, End.of(TrialState.COMPLETE, 4));
    history.finish(4, new End(TrialState.PRUNED, List.of(), Double.NaN, 7, 8));
    assertThat(CmaSearch.bestFirst(history, new int[] {0, 1, 2, 3, 4}))
        .containsExactly(3, 1, 4, 2, 0);
    double[] violations = {2, 0};
    for (int i = 0; i < 2; i++) {
      int row = history.begin(5 + i, new double[] {0.5});
      history.finish(
          row, new End(TrialState.COMPLETE, List.of(1.0 + i), violations[i], 0, Double.NaN));
    }
    assertThat(CmaSearch.bestFirst(history, new int[] {5, 6})).containsExactly(6, 5);
  }

  @Test
  void whatIsTurnedDownIsDrawnFromFartherAway() {
    SearchSpace space = floats(2, 0, 1);
    Studied studied = new Studied(space, CmaSettings.DEFAULT, 1, 4);
    studied.run(300, ellipsoid(0.3, 2));
    Sampler sampler = CmaSettings.DEFAULT.create(space, List.of(Direction.MINIMIZE), 4);
    double[] spread = new double[2];
    for (int k = 0; k < 2; k++) {
      int retry = k == 0 ? 1 : 20;
      for (int i = 0; i < 50; i++) {
        Ask ask = new Ask(300 + i, retry, TrialRandom.stream(4, 300 + i, retry));
        double[] values = space.values(requireNonNull(sampler.suggest(studied.history, ask)));
        spread[k] += Math.abs(values[0] - 0.3) + Math.abs(values[1] - 0.3);
      }
    }
    assertThat(spread[1]).isGreaterThan(50 * spread[0]);
  }

  @ParameterizedTest
  @EnumSource(Restart.class)
  void aSearchThatHasConvergedBeginsAgainAsAsked(Restart restart) {
    SearchSpace space = floats(2, 0, 1);
    CmaSettings settings =
        new CmaSettings(
            CmaSettings.DEFAULT.x0(), 0.2, 1, null, restart, true, CmaSettings.DEFAULT.shape());
    Studied studied = new Studied(space, settings, 1, 4);
    assertThat(studied.run(900, ellipsoid(0.3, 2))).isLessThan(1e-20);
    CmaSearch search = new CmaSearch(settings, space, 4);
    search.follow(studied.history);
    assertThat(search.generationSize()).isEqualTo(restart == Restart.NONE ? 6 : 12);
  }

  @Test
  void findsAmongWholeNumbersAndChoices() {
    SearchSpace space =
        Declared.space(
            """
            {'i': {'type': 'int', 'low': -50, 'high': 50}, 'j': {'type': 'int', 'low': 0, 'high': 1000, 'step': 5},
             'l': {'type': 'int', 'low': 1, 'high': 1024, 'log': true}, 'c': {'type': 'grid', 'values': [1, 2, 3]}}\
            """);
    for (int seed = 0; seed < 5; seed++) {
      double best =
          new Studied(space, CmaSettings.DEFAULT, 1, seed)
              .run(
                  300,
                  x ->
                      new double[] {
                        Math.abs(x[0] - 31)
                            + Math.abs(x[1] - 120) / 10
                            + Math.abs(x[2] - 8)
                            + (x[3] == 2 ? 0 : 20)
                      });
      assertThat(best).isLessThan(2);
    }
  }

  @Test
  void oddsFollowTheBetterHalfButKeepEveryChoice() {
    CmaRates rates = new CmaRates(3, 6, Shape.FULL);
    ChoiceOdds odds = new ChoiceOdds(new int[] {4, 2, 1});
    double[][] chosen = {{2, 1, 0}, {2, 1, 0}, {2, Double.NaN, 0}, {0, 0, 0}, {1, 0, 0}, {3, 0, 0}};
    for (int i = 0; i < 200; i++) {
      odds.learn(chosen, rates);
    }
    double least = 1 - Math.pow(0.73, 1.0 / 3);
    assertThat(odds.of(0)[2]).isCloseTo(1 - least, within(1e-6));
    assertThat(odds.of(0)[1]).isCloseTo(least / 3, within(1e-6));
    assertThat(Arrays.stream(odds.of(0)).sum()).isCloseTo(1, within(1e-12));
    assertThat(odds.of(1)[1]).isCloseTo(1 - least, within(1e-6));
    assertThat(odds.of(2)).containsExactly(1);
    int[] drawn = new int[4];
    for (int i = 0; i < 20_000; i++) {
      drawn[odds.draw(0, TrialRandom.stream(1, i, 0))]++;
    }
    assertThat(drawn[2] / 20_000.0).isCloseTo(1 - least, within(0.01));
    assertThat(drawn[3] / 20_000.0).isCloseTo(least / 3, within(0.006));
  }

  @Test
  void readsOptunasOptions() {
    assertThat(
            Studied.settings(
                "CmaEsSampler",
                "{'x0': {'x': 1}, 'sigma0': 0.3, 'n_startup_trials': 5, 'popsize': 9,"
                    + " 'restart_strategy': 'none', 'with_margin': false, 'use_separable_cma':"
                    + " true}"))
        .isEqualTo(
            new CmaSettings(
                Declared.object("{'x': 1}"), 0.3, 5, 9, Restart.NONE, false, Shape.SEPARABLE));
    assertThat(Studied.settings("cma-es", "{}")).isEqualTo(CmaSettings.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{'sigma0': 0}", "{'popsize': 1}", "{'restart_strategy': 'bipop'}", "{'x0': 3}"})
  void refusesOptionsOutOfRange(String options) {
    assertThatThrownBy(() -> Studied.settings("cmaes", options))
        .isInstanceOf(SamplerException.class)
        .hasMessageContaining("expected");
  }

  @Test
  void refusesSeveralObjectives() {
    List<Direction> two = List.of(Direction.MINIMIZE, Direction.MINIMIZE);
    assertThatThrownBy(() -> CmaSettings.DEFAULT.create(floats(2, 0, 1), two, 0))
        .isInstanceOf(SamplerException.class)
        .hasMessage(
            "the cmaes sampler searches with one objective, but the study has 2: use --sampler"
                + " nsga2");
  }
}
