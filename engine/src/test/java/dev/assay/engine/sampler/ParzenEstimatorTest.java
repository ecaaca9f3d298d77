package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.history.History;
import dev.assay.engine.space.Declared;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParzenEstimatorTest {
  private static final int BINS = 1000;

  private final RandomGenerator random = new SplittableRandom(5);

  private static History history(SearchSpace space, double[]... rows) {
    History history = new History(space, List.of(Direction.MINIMIZE));
    for (double[] row : rows) {
      history.begin(history.size(), row);
    }
    return history;
  }

  private History drawn(SearchSpace space, int rows) {
    return history(
        space,
        IntStream.range(0, rows)
            .mapToObj(i -> space.values(space.draw(random)))
            .toArray(double[][]::new));
  }

  private static Kernels kernels(History history, TpeSettings settings, int... rows) {
    Places places = new Places(history.space().parameters());
    places.read(history);
    int[] all = IntStream.range(0, history.space().parameters().size()).toArray();
    Kernels kernels = new Kernels(places, all, settings, 1);
    kernels.change(rows, rows.length, new int[0], 0);
    return kernels;
  }

  private static Kernels kernels(History history) {
    return kernels(history, TpeSettings.DEFAULT, IntStream.range(0, history.size()).toArray());
  }

  private static SearchSpace space(String definition) {
    return Declared.space("{'x': " + definition + "}");
  }

  /** The chances of each value, or of each of many bins where there are more values. */
  private static double[] chances(ParzenEstimator density) {
    Axis axis = density.kernels().axis(0);
    int cells = axis.isCategorical() ? axis.choices() : axis.centers().length;
    int rest = axis.isCategorical() || axis.edge() == 1 ? 0 : BINS;
    double bin = (1 - axis.edge()) / BINS;
    double[] places = new double[cells + rest];
    double[] widths = new double[cells + rest];
    for (int i = 0; i < places.length; i++) {
      boolean cell = i < cells;
      places[i] =
          axis.isCategorical()
              ? i
              : cell ? axis.centers()[i] : axis.edge() + (i - cells + 0.5) * bin;
      widths[i] = axis.isCategorical() ? 1 : cell ? axis.widths()[i] : bin;
    }
    double[] logs = new double[places.length];
    density.logDensities(new double[][] {places}, places.length, logs);
    return IntStream.range(0, logs.length)
        .mapToDouble(i -> widths[i] * Math.exp(logs[i]))
        .toArray();
  }

  private static int index(Axis axis, double place) {
    if (axis.isCategorical()) {
      return (int) place;
    }
    int cell = Arrays.binarySearch(axis.centers(), place);
    return cell >= 0
        ? cell
        : axis.centers().length
            + (int) Math.min(BINS - 1, (place - axis.edge()) / (1 - axis.edge()) * BINS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'float', 'low': -3, 'high': 5}",
        "{'type': 'float', 'low': 1e-300, 'high': 1e300, 'log': true}",
        "{'type': 'float', 'low': 0, 'high': 1, 'step': 0.3}",
        "{'type': 'int', 'low': 0, 'high': 1}",
        "{'type': 'int', 'low': 1, 'high': 12}",
        "{'type': 'int', 'low': 1, 'high': 300}",
        "{'type': 'int', 'low': 1, 'high': 9, 'log': true}",
        "{'type': 'int', 'low': 1, 'high': 100000, 'log': true}",
        "{'type': 'categorical', 'choices': ['a', 'b', 'c', null]}"
      })
  void isOneInAllAndDrawsFollowIt(String definition) {
    for (int rows : new int[] {0, 1, 7, 150}) {
      Kernels kernels = kernels(drawn(space(definition), rows));
      ParzenEstimator density = new ParzenEstimator(kernels, 1, true);
      double[] chances = chances(density);
      assertThat(Arrays.stream(chances).sum()).isCloseTo(1, within(2e-4));

      double[][] drawn = new double[1][20_000];
      density.draw(drawn, drawn[0].length, random);
      int[] counts = new int[chances.length];
      for (double place : drawn[0]) {
        counts[index(kernels.axis(0), place)]++;
      }
      assertThat(excess(counts, chances, drawn[0].length)).isLessThan(4);
    }
  }

  /** By how many standard deviations chi squared is above its mean. */
  private static double excess(int[] counts, double[] chances, int draws) {
    double squares = 0;
    int groups = 0;
    double expected = 0;
    double found = 0;
    for (int i = 0; i < counts.length; i++) {
      expected += chances[i] * draws;
      found += counts[i];
      if (expected >= 10) {
        squares += (found - expected) * (found - expected) / expected;
        groups++;
        expected = 0;
        found = 0;
      }
    }
    int freedom = Math.max(1, groups - 1);
    return (squares - freedom) / Math.sqrt(2.0 * freedom);
  }

  @Test
  void onWideCellsAKernelIsTheNormalDistributionSummedOverEachCell() {
    Axis axis = Axis.of(space("{'type': 'int', 'low': 1, 'high': 5}").parameters().get(0));
    double scale = Bell.scale(axis, 0.5, 0.2);
    // Of a bandwidth of one cell: from -0.5 to 0.5 deviations 0.38292, from 0.5 to 1.5 0.24173.
    double ratio = Math.exp(0.5 * (0.2 / scale) * (0.2 / scale));
    assertThat(ratio).isCloseTo(0.38292 / 0.24173, within(0.01));
  }

  @Test
  void kernelsAreProductsOverTheParametersOfARow() {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'float', 'low': 0, 'high': 1}, 'c': {'type': 'categorical', 'choices':"
                + " [1, 2]}, 'y': {'type': 'float', 'low': 0, 'high': 1}, 'z': {'type': 'float',"
                + " 'low': 0, 'high': 1}}");
    double[] row = {0.5, 1, 0.5, 0.5};
    ParzenEstimator density = new ParzenEstimator(kernels(history(space, row)), 1, false);
    double[] logs = new double[2];
    density.logDensities(new double[][] {{0.5, 0.9}, {1, 0}, {0.5, 0.5}, {0.5, 0.1}}, 2, logs);
    // One row's bandwidth is 0.5, to both ends; the prior's is 1. A choice of the kernel is
    // (1 + 1/2) / (1 + 2/2), the other (1/2) / (1 + 2/2).
    double narrow = 1 / (0.5 * Math.sqrt(2 * Math.PI) * 0.682689492);
    double wide = 1 / (Math.sqrt(2 * Math.PI) * 0.382924923);
    assertThat(Math.exp(logs[0]))
        .isCloseTo(0.5 * Math.pow(narrow, 3) * 0.75 + 0.5 * Math.pow(wide, 3) * 0.5, within(1e-5));
    double away = Math.exp(-0.5 * 0.64) * Math.exp(-0.5 * 0.64);
    double awayWide = Math.exp(-0.5 * 0.16) * Math.exp(-0.5 * 0.16);
    assertThat(Math.exp(logs[1]))
        .isCloseTo(
            0.5 * Math.pow(narrow, 3) * 0.25 * away + 0.5 * Math.pow(wide, 3) * 0.5 * awayWide,
            within(1e-5));
  }

  @Test
  void bandwidthsReachToTheFartherNeighbour() {
    History history =
        history(
            space("{'type': 'float', 'low': 0, 'high': 1}"),
            new double[] {0.5},
            new double[] {0.2},
            new double[] {0.95},
            new double[] {0.9});
    assertThat(bandwidths(kernels(history)))
        .containsExactly(new double[] {0.4, 0.3, 1.0 / 6, 0.4}, within(1e-9));
    TpeSettings endpoints = new TpeSettings(10, 24, TpeSettings.Joint.NONE, true, 1, true, true);
    assertThat(bandwidths(kernels(history, endpoints, 1, 2)))
        .containsExactly(new double[] {0.75, 0.75}, within(1e-9));
    TpeSettings narrow = new TpeSettings(10, 24, TpeSettings.Joint.NONE, true, 1, false, false);
    assertThat(bandwidths(kernels(history, narrow, 2, 3)))
        .containsExactly(new double[] {0.05, 0.05}, within(1e-9));
  }

  private static double[] bandwidths(Kernels kernels) {
    return IntStream.range(0, kernels.size())
        .mapToDouble(i -> Math.sqrt(0.5 / kernels.halves(0)[i]))
        .toArray();
  }

  @Test
  void olderRowsWeighLessWhereTheyAge() {
    // 25 rows at the right count in full, of 2 at the left the older one as half of a row.
    double[][] rows = new double[27][];
    Arrays.setAll(rows, i -> new double[] {i == 0 ? 0 : i == 1 ? 1 : 2});
    ParzenEstimator density =
        new ParzenEstimator(
            kernels(history(space("{'type': 'categorical', 'choices': [0, 1, 2]}"), rows)),
            0,
            true);
    double total = 1.0 / 27 + 1 + 25;
    assertThat(chances(density))
        .containsExactly(new double[] {1 / 27.0 / total, 1 / total, 25 / total}, within(1e-9));
  }

  @Test
  void kernelsFollowFromTheRowsAlone() {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'float', 'low': 0, 'high': 1}, 'i': {'type': 'int', 'low': 1, 'high':"
                + " 9}, 'l': {'type': 'int', 'low': 1, 'high': 900, 'log': true}}");
    History history = drawn(space, 400);
    Kernels grown = kernels(history, TpeSettings.DEFAULT);
    boolean[] in = new boolean[400];
    for (int i = 0; i < 3000; i++) {
      int row = random.nextInt(400);
      int[] change = {row};
      boolean out = in[row] && (i < 2000 || random.nextInt(4) == 0);
      grown.change(change, in[row] ? 0 : 1, change, out ? 1 : 0);
      in[row] = !out;
      if (i % 100 == 99) {
        assertSame(
            grown,
            kernels(
                history,
                TpeSettings.DEFAULT,
                IntStream.range(0, 400).filter(r -> in[r]).toArray()));
      }
    }
  }

  private static void assertSame(Kernels one, Kernels other) {
    assertThat(one.size()).isEqualTo(other.size());
    int size = one.size();
    assertThat(Arrays.copyOf(one.constants(), size))
        .isEqualTo(Arrays.copyOf(other.constants(), size));
    for (int i = 0; i < one.axes(); i++) {
      assertThat(Arrays.copyOf(one.means(i), size)).isEqualTo(Arrays.copyOf(other.means(i), size));
      assertThat(Arrays.copyOf(one.halves(i), size))
          .isEqualTo(Arrays.copyOf(other.halves(i), size));
    }
  }
}
