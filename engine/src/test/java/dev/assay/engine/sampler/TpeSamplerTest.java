package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TpeSamplerTest {
  private static final SearchSpace MANY_KINDS =
      Declared.space(
          """
          {'x': {'type': 'float', 'low': -5, 'high': 10}, 'y': {'type': 'float', 'low': 0, 'high': 15},
           'rate': {'type': 'loguniform', 'low': 1e-5, 'high': 1}, 'n': {'type': 'int', 'low': 1, 'high': 500, 'log': true},
           'c': {'type': 'categorical', 'choices': ['a', 'b', 'c']}, 's': {'type': 'float', 'low': 0, 'high': 1, 'step': 0.3},
           'one': {'type': 'int', 'low': 3, 'high': 3}, 'fixed': 7}
          """);

  private static Block options(String options) {
    return new Block(
        Declared.object(options), (name, is) -> new IllegalArgumentException(name + " " + is));
  }

  private static Sampler tpe(String options) {
    return Samplers.named("tpe", options(options))
        .create(MANY_KINDS, List.of(Direction.MINIMIZE), 0);
  }

  private static ObjectNode suggest(Sampler sampler, History history, long number) {
    return requireNonNull(
        sampler.suggest(history, new Ask(number, 0, TrialRandom.stream(1, number, 0))));
  }

  private static double branin(JsonNode p) {
    double x = p.path("x").doubleValue();
    double a =
        p.path("y").doubleValue() - 5.1 / (4 * Math.PI * Math.PI) * x * x + 5 / Math.PI * x - 6;
    return a * a + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
  }

  /** Finishes all trials with a loss of their parameters; the losses. */
  private static List<Double> run(
      Sampler sampler, History history, int trials, ToDoubleFunction<ObjectNode> loss) {
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      ObjectNode params = suggest(sampler, history, i);
      int row = history.begin(i, history.space().values(params));
      losses.add(loss.applyAsDouble(params));
      history.finish(row, History.End.of(TrialState.COMPLETE, losses.get(i)));
    }
    return losses;
  }

  private static History history(SearchSpace space) {
    return new History(space, List.of(Direction.MINIMIZE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'multivariate': false, 'constant_liar': false}",
        "{'group': true, 'n_ei_candidates': 48}"
      })
  void findsTheMinimumOfBranin(String options) {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'float', 'low': -5, 'high': 10}, 'y': {'type': 'float', 'low': 0,"
                + " 'high': 15}}");
    List<Double> losses = run(tpe(options), history(space), 150, TpeSamplerTest::branin);
    assertThat(losses.stream().mapToDouble(v -> v).min().orElseThrow()).isLessThan(0.45);
  }

  @Test
  void drawsByChanceUntilThereAreEnoughTrials() {
    History history = history(MANY_KINDS);
    Sampler random = Samplers.named("random").create(MANY_KINDS, history.directions(), 0);
    Sampler tpe = tpe("{'n_startup_trials': 3}");
    for (int i = 0; i < 4; i++) {
      ObjectNode params = suggest(tpe, history, i);
      assertThat(params.equals(suggest(random, history, i))).isEqualTo(i < 3);
      history.finish(
          history.begin(i, MANY_KINDS.values(params)), History.End.of(TrialState.COMPLETE, i));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{'multivariate': false}",
        "{'multivariate': true, 'constant_liar': false}",
        "{'group': true}"
      })
  void proposesTheSameWhenItSeesTheHistoryForTheFirstTime(String options) {
    SplittableRandom random = new SplittableRandom(3);
    History history = history(MANY_KINDS);
    Sampler grown = tpe(options);
    List<Integer> running = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      ObjectNode params = suggest(grown, history, i);
      if (i % 20 == 19) {
        assertThat(suggest(tpe(options), history, i)).isEqualTo(params);
      }
      double[] values = MANY_KINDS.values(params);
      if (values[4] == 1) {
        values[0] = Double.NaN;
        values[3] = Double.NaN;
      }
      running.add(history.begin(i, values));
      while (running.size() > 4) {
        finish(history, running.remove(random.nextInt(5)), branin(params), random);
      }
    }
  }

  private static void finish(History history, int row, double loss, SplittableRandom random) {
    TrialState state =
        switch (random.nextInt(6)) {
          case 0 -> TrialState.FAIL;
          case 1 -> TrialState.PRUNED;
          default -> TrialState.COMPLETE;
        };
    List<Double> values = state == TrialState.COMPLETE ? List.of(loss) : List.of();
    double violation = random.nextInt(3) - 1;
    history.finish(
        row, new History.End(state, values, violation, random.nextInt(3), random.nextInt(4)));
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETE, 1",
    "COMPLETE, Infinity",
    "COMPLETE, -Infinity",
    "COMPLETE, NaN",
    "PRUNED, NaN",
    "FAIL, NaN"
  })
  void alwaysProposesValuesOfTheSpace(TrialState state, double loss) {
    SearchSpace space =
        Declared.space(
            """
            {'tiny': {'type': 'loguniform', 'low': 1, 'high': 1.0000000000000002}, 'huge': {'type': 'loguniform', 'low': 1e-300, 'high': 1e300},
             'wide': {'type': 'float', 'low': -1e300, 'high': 1e300}, 'long': {'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807},
             'loglong': {'type': 'int', 'low': 1, 'high': 9223372036854775807, 'log': true}, 'near': {'type': 'int', 'low': 1000, 'high': 1300, 'log': true},
             'steps': {'type': 'float', 'low': 0, 'high': 1, 'step': 0.3}, 'only': {'type': 'float', 'low': 2, 'high': 2},
             'late': {'type': 'categorical', 'choices': [1, 2]}}
            """);
    for (String options :
        List.of(
            "{}",
            "{'multivariate': false, 'consider_magic_clip': false}",
            "{'group': true, 'prior_weight': 0}")) {
      Sampler sampler = tpe(options);
      History history = history(space);
      for (int i = 0; i < 60; i++) {
        double[] values = space.values(suggest(sampler, history, i));
        assertThat(values).doesNotContain(Double.NaN);
        values[8] = i < 40 ? Double.NaN : values[8];
        int row = history.begin(i, values);
        history.finish(row, History.End.of(state, loss));
      }
    }
  }

  @Test
  void runningTrialsKeepOthersAwayUnlessToldNotTo() {
    SearchSpace space = Declared.space("{'x': {'type': 'float', 'low': 0, 'high': 1}}");
    History history = history(space);
    run(tpe("{}"), history, 40, p -> Math.abs(p.path("x").doubleValue() - 0.5));
    double[] place = {0.5};
    for (int i = 40; i < 60; i++) {
      history.begin(i, place);
    }
    assertThat(distance(tpe("{}"), history))
        .isGreaterThan(2 * distance(tpe("{'constant_liar': false}"), history));
  }

  private static double distance(Sampler sampler, History history) {
    double sum = 0;
    for (int i = 100; i < 200; i++) {
      sum += Math.abs(suggest(sampler, history, i).path("x").doubleValue() - 0.5);
    }
    return sum;
  }

  @Test
  void neverMoreThanTwentyFiveTrialsAreGood() {
    SearchSpace space = Declared.space("{'x': {'type': 'float', 'low': 0, 'high': 1}}");
    History history = history(space);
    SplittableRandom random = new SplittableRandom(9);
    for (int i = 0; i < 1000; i++) {
      // A tenth would be these and those three times as many at 0.9.
      double x = i < 25 ? 0.1 : i < 100 ? 0.9 : random.nextDouble();
      int row = history.begin(i, new double[] {x});
      history.finish(row, History.End.of(TrialState.COMPLETE, i < 25 ? 0 : i < 100 ? 1 : 2));
    }
    for (int i = 0; i < 50; i++) {
      double x = suggest(tpe("{}"), history, 1000 + i).path("x").doubleValue();
      assertThat(x).isLessThan(0.5);
    }
  }

  @Test
  void groupsAreParametersThatTookPartInTheSameTrials() {
    SearchSpace space =
        Declared.space(
            "{'a': {'type': 'float', 'low': 0, 'high': 1}, 'b': {'type': 'float', 'low': 0, 'high':"
                + " 1}, 'c': {'type': 'float', 'low': 0, 'high': 1}, 'd': {'type': 'float', 'low':"
                + " 0, 'high': 1}}");
    History history = history(space);
    double none = Double.NaN;
    history.begin(0, new double[] {0.1, 0.2, 0.3, none});
    history.begin(1, new double[] {0.4, none, 0.5, 0.6});
    Places places = new Places(space.parameters());
    places.read(history);
    Partition grouped = new Partition(places, TpeSettings.Joint.GROUPED);
    Partition shared = new Partition(places, TpeSettings.Joint.SHARED);
    for (int row = 0; row < 2; row++) {
      grouped.add(row);
      shared.add(row);
    }
    assertThat(grouped.blocks()).containsExactly(new int[] {0, 2}, new int[] {1}, new int[] {3});
    assertThat(shared.blocks()).containsExactly(new int[] {0, 2}, new int[] {1}, new int[] {3});

    history.begin(2, new double[] {none, 0.7, none, none});
    places.read(history);
    grouped.add(2);
    shared.add(2);
    assertThat(grouped.blocks()).containsExactly(new int[] {0, 2}, new int[] {1}, new int[] {3});
    assertThat(shared.blocks())
        .containsExactly(new int[] {0}, new int[] {1}, new int[] {2}, new int[] {3});
  }

  @Test
  void readsOptunasOptions() {
    assertThat(TpeSettings.read(options("{}"))).isEqualTo(TpeSettings.DEFAULT);
    assertThat(
            TpeSettings.read(
                options(
                    "{'n_startup_trials': 25, 'n_ei_candidates': 48, 'multivariate': true, 'group':"
                        + " true, 'constant_liar': false, 'prior_weight': 2, 'consider_magic_clip':"
                        + " false, 'consider_endpoints': true}")))
        .isEqualTo(new TpeSettings(25, 48, TpeSettings.Joint.GROUPED, false, 2, false, true));
    assertThat(TpeSettings.read(options("{'consider_prior': false}")).priorWeight()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'n_startup_trials': -1}|n_startup_trials is -1, expected 0 or more",
        "{'n_ei_candidates': 0}|n_ei_candidates is 0, expected 1 or more",
        "{'prior_weight': -1}|prior_weight is -1, expected 0 or more",
        "{'group': true, 'multivariate': false}|group is true although multivariate is false,"
            + " expected multivariate: true"
      })
  void saysWhichOptionIsWrong(String options, String message) {
    assertThatThrownBy(() -> TpeSettings.read(options(options.replace("\"", ""))))
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'multivariate': true}"})
  void spreadsOverTheFrontOfTwoObjectives(String options) {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'float', 'low': 0, 'high': 1}, 'y': {'type': 'float', 'low': 0, 'high':"
                + " 1}}");
    History history = new History(space, List.of(Direction.MINIMIZE, Direction.MAXIMIZE));
    Sampler sampler = tpe(options);
    double[][] losses = new double[120][2];
    for (int i = 0; i < losses.length; i++) {
      double[] values = space.values(suggest(sampler, history, i));
      losses[i][0] = values[0] + values[1];
      losses[i][1] = (1 - values[0]) * (1 - values[0]) + values[1];
      int row = history.begin(i, values);
      history.finish(row, History.End.of(TrialState.COMPLETE, losses[i][0], -losses[i][1]));
    }
    // Where y is 0: the volume between the curve (1 - x)^2 and 1 is 2/3, with 0.1 more around it.
    assertThat(Pareto.hypervolume(losses, new double[] {1.1, 1.1})).isGreaterThan(0.8);
  }
}
