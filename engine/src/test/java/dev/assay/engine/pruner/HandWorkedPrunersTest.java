package dev.assay.engine.pruner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.Declared;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandWorkedPrunersTest {
  private static Pruner pruner(String name, String options) {
    return Pruners.named(
            name,
            new Block(
                Declared.object(options), (option, is) -> new PrunerException(option + " " + is)))
        .create("study");
  }

  /** The steps at which a trial that reports these values at steps 0, 1, … is given up. */
  private static List<Integer> givenUpAt(
      Pruner pruner, Direction direction, long number, double... values) {
    return givenUpAt(pruner, new Curves(direction, pruner), new Curve(number), values);
  }

  private static List<Integer> givenUpAt(
      Pruner pruner, Curves curves, Curve curve, double... values) {
    List<Integer> steps = new ArrayList<>();
    for (int step = 0; step < values.length; step++) {
      curve.report(step, values[step]);
      if (pruner.prunes(curves, curve)) {
        steps.add(step);
      }
    }
    return steps;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        // Rungs 1, 2, 4: of up to three trials at a rung the best goes on, of four the best two.
        "minimize, 5 5 5 5 5, ",
        "minimize, 4 4 4 4 4, ",
        "minimize, 0 6 3 3 6, 1 4",
        "minimize, 0 NaN 3 3 3, 1",
        "maximize, 6 6 4 4 7, 2",
        "maximize, 5 5 5 5 5, "
      })
  void successiveHalvingLetsTheBestOfEachRungOn(String direction, String reported, String givenUp) {
    Pruner pruner = pruner("sha", "{'min_resource': 1, 'reduction_factor': 2}");
    Curves curves =
        new Curves(direction.equals("minimize") ? Direction.MINIMIZE : Direction.MAXIMIZE, pruner);
    assertThat(givenUpAt(pruner, curves, new Curve(0), 5, 5, 5, 5, 5)).isEmpty();
    double[] values = Arrays.stream(reported.split(" ", -1)).mapToDouble(Double::valueOf).toArray();
    List<String> at =
        givenUpAt(pruner, curves, new Curve(1), values).stream().map(String::valueOf).toList();
    assertThat(String.join(" ", at)).isEqualTo(givenUp == null ? "" : givenUp);
  }

  @Test
  void aTrialThatWasGivenUpElsewhereCompetesNoFurtherThanItsRung() {
    Pruner pruner = pruner("sha", "{'min_resource': 1, 'reduction_factor': 2}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    curves.end(Curve.of(0, Map.of(1L, 1.0, 2L, 1.0)), TrialState.COMPLETE, 1);
    for (int number = 1; number < 3; number++) {
      // Its only report is far enough for three rungs, and it was given up at the first.
      curves.end(Curve.of(number, Map.of(4L, 100.0)), TrialState.PRUNED, Double.NaN);
    }
    // At the first rung the second of four goes on, at the second it is the worse of two.
    assertThat(givenUpAt(pruner, curves, new Curve(3), 9, 2, 2)).containsExactly(2);
  }

  @Test
  void aLateFirstReportPassesAllRungsBelowAndAnUnreachableRungEndsIt() {
    Pruner pruner = pruner("successive_halving", "{'min_resource': 1, 'reduction_factor': 2}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    Curve far = new Curve(0);
    far.report(Long.MAX_VALUE, 1);
    assertThat(pruner.prunes(curves, far)).isFalse();
    assertThat(far.rungs()).isEqualTo(63);
    Curve worse = new Curve(1);
    worse.report(1000, 2);
    assertThat(pruner.prunes(curves, worse)).isTrue();
    assertThat(worse.rungs()).isEqualTo(1);
  }

  @Test
  void bootstrapHoldsTheFirstTrialsBack() {
    Pruner pruner =
        pruner("sha", "{'min_resource': 1, 'reduction_factor': 2, 'bootstrap_count': 2}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    assertThat(givenUpAt(pruner, curves, new Curve(0), 5, 5)).containsExactly(1);
    assertThat(givenUpAt(pruner, curves, new Curve(1), 4, 4)).containsExactly(1);
    assertThat(givenUpAt(pruner, curves, new Curve(2), 3, 3)).isEmpty();
  }

  @Test
  void theFirstRungIsAHundredthOfTheLongestTrialWhenOneIsComplete() {
    Pruner pruner = pruner("sha", "{}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    Curve long0 = Curve.of(0, Map.of(499L, 1.0, 3L, 1.0));
    assertThat(givenUpAt(pruner, curves, new Curve(1), 9, 9, 9, 9)).isEmpty();
    curves.end(long0, TrialState.COMPLETE, 1);
    assertThat(givenUpAt(pruner, curves, new Curve(2), 9, 9, 9, 9, 9, 9)).containsExactly(4);
  }

  /** Brackets and shares as Optuna has them for this study's name. */
  @Test
  void hyperbandDealsTrialsOutByNameAndNumber() {
    int[] brackets = {1, 0, 1, 0, 0, 1, 1, 0, 0, 3, 1, 2};
    for (int number = 0; number < brackets.length; number++) {
      Pruner pruner = pruner("hyperband", "{'max_resource': 27}");
      double[] nothingGood = new double[30];
      Arrays.fill(nothingGood, Double.NaN);
      int first = (int) Math.pow(3, brackets[number]);
      assertThat(givenUpAt(pruner, Direction.MINIMIZE, number, nothingGood))
          .as("trial %d", number)
          .isEqualTo(IntStream.range(first, 30).boxed().toList());
    }
  }

  @Test
  void hyperbandWaitsForTheFirstCompleteTrial() {
    Pruner pruner = pruner("hyperband", "{}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    assertThat(givenUpAt(pruner, curves, new Curve(0), Double.NaN, Double.NaN)).isEmpty();
    Curve complete = new Curve(1);
    complete.report(26, 1);
    curves.end(complete, TrialState.COMPLETE, 1);
    assertThat(givenUpAt(pruner, curves, new Curve(1), 0, Double.NaN, 0, Double.NaN))
        .containsExactly(1, 3);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'lower': -1, 'upper': 2} | -1 2 2.01 -1.01 0 NaN Infinity | 2 3 5 6",
        "{'upper': 2} | -Infinity 2 3 | 2",
        "{'lower': 0, 'n_warmup_steps': 2, 'interval_steps': 2} | -1 -1 -1 -1 -1 -1 | 2 4"
      })
  void thresholdKeepsWhatLiesWithin(String options, String reported, String givenUp) {
    double[] values = Arrays.stream(reported.split(" ", -1)).mapToDouble(Double::valueOf).toArray();
    List<String> at =
        givenUpAt(pruner("threshold", options), Direction.MAXIMIZE, 0, values).stream()
            .map(String::valueOf)
            .toList();
    assertThat(String.join(" ", at)).isEqualTo(givenUp);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "{'patience': 1} | minimize | 5 4 4 4 3 4 4 | 6",
        "{'patience': 1} | minimize | 5 4 5 5 5 | 3 4",
        "{'patience': 0} | maximize | 1 2 1 2 3 NaN | 2",
        "{'patience': 1, 'min_delta': 1} | minimize | 5 6 6 6.5 6.5 | 4",
        "{'patience': 1, 'wrapped_pruner': 'none'} | minimize | 5 4 5 5 5 | ",
        "{'patience': 1, 'wrapped_pruner': {'type': 'threshold', 'upper': 5}} | minimize | 3 4 6 7 5 | 2 3",
        "{'patience': 1, 'wrapped_pruner': {'name': 'threshold', 'kwargs': {'upper': 5}}} | minimize | 3 4 6 7 5 | 2 3"
      })
  void patienceEndsWithoutAnImprovement(
      String options, String direction, String reported, String givenUp) {
    double[] values = Arrays.stream(reported.split(" ", -1)).mapToDouble(Double::valueOf).toArray();
    List<String> at =
        givenUpAt(
                pruner("patient", options),
                direction.equals("minimize") ? Direction.MINIMIZE : Direction.MAXIMIZE,
                0,
                values)
            .stream()
            .map(String::valueOf)
            .toList();
    assertThat(String.join(" ", at)).isEqualTo(givenUp == null ? "" : givenUp);
  }

  @Test
  void wilcoxonComparesCaseByCaseWithTheBestTrial() {
    Pruner pruner = pruner("wilcoxon", "{}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    double[] worse = {2, 3, 4, 5, 6, 7};
    assertThat(givenUpAt(pruner, curves, new Curve(0), worse)).isEmpty();
    Curve best = new Curve(1);
    for (int step = 0; step < 6; step++) {
      best.report(step, step);
    }
    curves.end(best, TrialState.COMPLETE, 2.5);
    curves.end(new Curve(2), TrialState.COMPLETE, 3);
    // One in 2^n that all n differences are positive: below 0.1 from the fourth on.
    assertThat(givenUpAt(pruner, curves, new Curve(3), worse)).containsExactly(3, 4, 5);
    assertThat(givenUpAt(pruner, curves, new Curve(4), 2, 3, 4, Double.NaN, 6)).isEmpty();
    // Each case is worse, but the mean is not yet.
    assertThat(givenUpAt(pruner, curves, new Curve(5), 0.1, 1.1, 2.1, 3.1, 4.1)).isEmpty();
  }

  /** As scipy.stats.wilcoxon(d, alternative="greater", zero_method="zsplit") has it. */
  @Test
  void signedRanksHaveThePValuesOfSciPy() {
    assertThat(p(1, 2, 3, 4, 5)).isEqualTo(0.03125);
    assertThat(p(1, -2, 3, 4, -5)).isEqualTo(0.5);
    assertThat(p(0, 0)).isEqualTo(1);
    assertThat(p(0, 1, 1, -1, 2, 2, 3, -3, 0, 4)).isEqualTo(0.09765625);
    assertThat(p(-3, -1)).isEqualTo(1);
    assertThat(p(IntStream.range(0, 13).mapToDouble(i -> 3.5).toArray())).isEqualTo(0x1p-13);
    assertThat(p(IntStream.range(0, 14).mapToDouble(i -> 3.5).toArray()))
        .isCloseTo(9.14053164909174e-05, within(1e-15));
    assertThat(p(new double[20])).isEqualTo(0.5);
    assertThat(p(IntStream.range(0, 30).mapToDouble(i -> i % 5 - 1.0).toArray()))
        .isCloseTo(0.0011241853590646294, within(1e-14));
    assertThat(p(scattered(14))).isCloseTo(0.9432085968151889, within(1e-13));
    assertThat(p(scattered(50))).isCloseTo(0.00027554138011165463, within(1e-14));
    assertThat(p(scattered(51))).isCloseTo(0.00040944781481513877, within(1e-14));
  }

  private static double p(double... differences) {
    return new SignedRanks(differences).pValue();
  }

  private static double[] scattered(int n) {
    return IntStream.range(0, n).mapToDouble(i -> i * 7 % n + 0.25 - n / 3.0).toArray();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "sha | {'min_resource': 0} | min_resource is 0, expected a whole number of at least 1",
        "sha | {'min_resource': 'all'} | min_resource is text 'all', expected a whole number or auto",
        "sha | {'reduction_factor': 1} | reduction_factor is 1, expected a whole number of at least 2",
        "sha | {'bootstrap_count': 2} | bootstrap_count is 2 and min_resource is auto, expected a min_resource with it",
        "hyperband | {'min_resource': 4, 'max_resource': 3} | max_resource is 3, expected a whole number of at least 4",
        "hyperband | {'bootstrap_count': 2, 'max_resource': 'auto'} | bootstrap_count is 2 and max_resource is auto, expected a max_resource with it",
        "threshold | {} | neither lower nor upper is given, expected one of them or both",
        "threshold | {'lower': 2, 'upper': 1} | lower is 2.0 and upper is 1.0, expected lower to be at most upper",
        "patient | {} | patience is missing, expected a whole number of at most 64 bits",
        "patient | {'patience': -1} | patience is -1, expected a whole number of at least 0",
        "patient | {'patience': 1, 'min_delta': -0.5} | min_delta is -0.5, expected a number of at least 0",
        "patient | {'patience': 1, 'wrapped_pruner': 3} | wrapped_pruner is 3, expected a mapping",
        "patient | {'patience': 1, 'wrapped_pruner': {'lower': 3}} | wrapped_pruner has no type, expected the name of a pruner",
        "patient | {'patience': 1, 'wrapped_pruner': {'type': 'median', 'n_startup': 3}} | wrapped_pruner has [n_startup], which that pruner does not know",
        "wilcoxon | {'p_threshold': 1.5} | p_threshold is 1.5, expected a number from 0 to 1"
      })
  void saysWhatIsWrongWithAnOption(String name, String options, String message) {
    assertThatThrownBy(() -> pruner(name, options))
        .isInstanceOf(PrunerException.class)
        .hasMessage(message);
  }
}
