package dev.assay.engine.pruner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.Declared;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MedianPrunerTest {
  private static final double NAN = Double.NaN;

  private static Pruner pruner(String name, String options) {
    return Pruners.named(
            name,
            new Block(
                Declared.object(options), (option, is) -> new PrunerException(option + " " + is)))
        .create("study");
  }

  private static Curve curve(long number, double... values) {
    Curve curve = new Curve(number);
    for (int step = 0; step < values.length; step++) {
      curve.report(step, values[step]);
    }
    return curve;
  }

  /**
   * Five complete trials that have reported 1, 2, 3, 4 and 5 at step 0, and ten times that at 1.
   */
  private static Curves five(Direction direction, Pruner pruner) {
    Curves curves = new Curves(direction, pruner);
    for (int i = 1; i <= 5; i++) {
      curves.end(curve(i, i, 10 * i), TrialState.COMPLETE, i);
    }
    return curves;
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        // name, options, values reported, minimizing, maximizing
        "median, {}, 3, false, false",
        "median, {}, 3.01, true, false",
        "median, {}, 2.99, false, true",
        "median, {}, 3 31, false, false",
        "median, {}, 4 29, false, true",
        "median, {}, 40 31, true, false",
        "median, {}, NaN, true, true",
        "median, {}, NaN NaN, true, true",
        "median, {}, NaN 30, false, false",
        "median, {}, Infinity, true, false",
        "median, {}, -Infinity, false, true",
        "median, {}, 40 31 99, false, false",
        "median, {'n_startup_trials': 6}, 9 99, false, false",
        "median, {'n_warmup_steps': 1}, 4, false, false",
        "median, {'n_warmup_steps': 1}, 40 31, true, false",
        "median, {'n_warmup_steps': 2}, 40 31, false, false",
        "median, {'interval_steps': 2}, 40 31, false, false",
        "median, {'n_min_trials': 6}, 4, false, false",
        "percentile, {'percentile': 25}, 2, false, true",
        "percentile, {'percentile': 25}, 2.01, true, true",
        "percentile, {'percentile': 25}, 3.99, true, true",
        "percentile, {'percentile': 25}, 4, true, false",
        "percentile, {'percentile': 10}, 1.41, true, true",
        "percentile, {'percentile': 10}, 4.6, true, false",
        "percentile, {'percentile': 100}, 5, false, false",
        "percentile, {'percentile': 0}, 1.01, true, true",
        "none, {}, NaN, false, false"
      })
  void givesUpWhatIsWorseThanThatShareOfCompleteTrials(
      String name, String options, String reported, boolean minimizing, boolean maximizing) {
    double[] values = List.of(reported.split(" ")).stream().mapToDouble(Double::valueOf).toArray();
    Pruner pruner = pruner(name, options);
    assertThat(pruner.prunes(five(Direction.MINIMIZE, pruner), curve(9, values)))
        .isEqualTo(minimizing);
    assertThat(pruner.prunes(five(Direction.MAXIMIZE, pruner), curve(9, values)))
        .isEqualTo(maximizing);
  }

  @Test
  void onlyCompleteTrialsCountAndNaNIsLeftOut() {
    Pruner pruner = pruner("median", "{'n_startup_trials': 2, 'n_min_trials': 3}");
    Curves curves = new Curves(Direction.MINIMIZE, pruner);
    curves.end(curve(0, 1), TrialState.COMPLETE, 1);
    curves.end(curve(1, 1), TrialState.PRUNED, 1);
    curves.end(curve(2, 1), TrialState.FAIL, NAN);
    assertThat(pruner.prunes(curves, curve(9, 2))).isFalse();
    curves.end(curve(3, 3), TrialState.COMPLETE, NAN);
    assertThat(pruner.prunes(curves, curve(9, 4))).as("two have reported").isFalse();
    curves.end(curve(4, NAN), TrialState.COMPLETE, 1);
    assertThat(pruner.prunes(curves, curve(9, 2))).isFalse();
    assertThat(pruner.prunes(curves, curve(9, 2.01))).isTrue();
  }

  @Test
  void theFirstValueOfAStepStaysAndStepsMayComeInAnyOrder() {
    Curve curve = new Curve(0);
    assertThat(curve.report(5, 50)).isTrue();
    assertThat(curve.report(2, 20)).isTrue();
    assertThat(curve.report(5, 51)).isFalse();
    for (long step = 30; step > 20; step--) {
      assertThat(curve.report(step, (double) -step)).isTrue();
    }
    assertThat(curve.report(2, NAN)).isFalse();
    assertThat(curve.size()).isEqualTo(12);
    assertThat(curve.step(1)).isEqualTo(5);
    assertThat(curve.value(1)).isEqualTo(50);
    assertThat(curve.step(11)).isEqualTo(30);
    assertThat(curve.value(11)).isEqualTo(-30);
    assertThat(curve.least()).isEqualTo(-30);
    assertThat(curve.greatest()).isEqualTo(50);
  }

  @Test
  void aTrialIsCheckedAtTheFirstStepOfEachInterval() {
    Checks checks = new Checks(3, 4);
    Curve curve = new Curve(0);
    List<Long> due = new ArrayList<>();
    for (long step : new long[] {0, 2, 3, 4, 6, 8, 9, 10, 15, 16, 19, 40}) {
      curve.report(step, 1);
      if (checks.isDue(curve)) {
        due.add(step);
      }
    }
    assertThat(due).containsExactly(3L, 8L, 15L, 19L, 40L);
    assertThat(checks.isDue(new Curve(1))).isFalse();
  }

  @Test
  void workersReportAndEndAtOnce() throws Exception {
    Pruner pruner = pruner("median", "{}");
    Curves curves = five(Direction.MINIMIZE, pruner);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> running = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = thread;
      running.add(
          threads.submit(
              () -> {
                for (int trial = first; trial < 2000; trial += 4) {
                  Curve curve = new Curve(trial);
                  for (int step = 0; step < 10; step++) {
                    curve.report(step, trial);
                    pruner.prunes(curves, curve);
                  }
                  curves.end(curve, TrialState.COMPLETE, trial);
                }
              }));
    }
    for (Future<?> each : running) {
      each.get();
    }
    threads.shutdown();
    assertThat(curves.complete()).isEqualTo(2005);
    assertThat(curves.percentile(9, 50, 2000)).isEqualTo(999.5);
    assertThat(curves.percentile(9, 50, 2001)).isNaN();
  }

  @ParameterizedTest
  @ValueSource(strings = {"median", "Median", "MedianPruner", "MEDIAN_PRUNER"})
  void findsPrunersHoweverTheirNameIsWritten(String name) {
    assertThat(Pruners.named(name)).isEqualTo(PercentileSettings.DEFAULT);
  }

  @Test
  void saysWhatIsWrongWithANameOrAnOption() {
    assertThatThrownBy(() -> Pruners.named("mean"))
        .isInstanceOf(PrunerException.class)
        .hasMessageStartingWith("pruner 'mean' is not known, expected one of ")
        .hasMessageContaining("median, none");
    assertThatThrownBy(() -> Pruners.named("percentile"))
        .hasMessage("percentile is missing, expected a finite number");
    assertThatThrownBy(() -> pruner("percentile", "{'percentile': 101}"))
        .hasMessage("percentile is 101.0, expected a number from 0 to 100");
    assertThatThrownBy(() -> pruner("median", "{'interval_steps': 0}"))
        .isInstanceOf(PrunerException.class)
        .hasMessage("interval_steps is 0, expected a whole number of at least 1");
  }
}
