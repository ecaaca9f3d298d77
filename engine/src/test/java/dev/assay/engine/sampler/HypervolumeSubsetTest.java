package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HypervolumeSubsetTest {
  private static final double[][] FRONT = {{0, 9}, {1, 5}, {2, 4.9}, {4, 4}, {9, 0}, {9, 0}};

  @Test
  void takesThePointsThatDominateTheMostTogether() {
    // The reference is (9.9, 9.9): alone, (4, 4) adds 34.81 and (1, 5) 43.61; beside the latter
    // (4, 4) adds 5.9, (9, 0) 4.5 and (0, 9) 0.9.
    assertThat(HypervolumeSubset.choose(FRONT, 1)).containsExactly(1);
    assertThat(HypervolumeSubset.choose(FRONT, 2)).containsExactly(1, 3);
    assertThat(HypervolumeSubset.choose(FRONT, 3)).containsExactly(1, 3, 4);
    assertThat(HypervolumeSubset.choose(FRONT, 4)).containsExactly(0, 1, 3, 4);
    assertThat(HypervolumeSubset.choose(FRONT, 0)).isEmpty();
    assertThat(HypervolumeSubset.choose(FRONT, 6)).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void takesAlwaysThePointThatAddsMost(int objectives) {
    SplittableRandom random = new SplittableRandom(objectives);
    double[][] points = new double[30][objectives];
    for (double[] point : points) {
      Arrays.setAll(point, k -> Math.abs(random.nextGaussian()) + 0.1);
      double norm = Math.sqrt(Arrays.stream(point).map(v -> v * v).sum());
      Arrays.setAll(point, k -> point[k] / norm);
    }
    double[] reference = new double[objectives];
    Arrays.setAll(
        reference, k -> 1.1 * Arrays.stream(points).mapToDouble(point -> point[k]).max().orElse(0));
    int[] before = {};
    for (int count = 1; count <= 12; count++) {
      int[] chosen = HypervolumeSubset.choose(points, count);
      int[] kept = before;
      double most =
          IntStream.range(0, points.length)
              .mapToDouble(
                  i ->
                      volume(
                          points,
                          IntStream.concat(Arrays.stream(kept), IntStream.of(i)),
                          reference))
              .max()
              .orElseThrow();
      assertThat(volume(points, Arrays.stream(chosen), reference)).isEqualTo(most);
      before = chosen;
    }
  }

  private static double volume(double[][] points, IntStream chosen, double[] reference) {
    return Pareto.hypervolume(
        chosen.sorted().mapToObj(i -> points[i]).toArray(double[][]::new), reference);
  }

  @Test
  void bearsInfiniteAndEqualLosses() {
    double inf = Double.POSITIVE_INFINITY;
    double[][] front = {{-inf, inf}, {0, 0}, {0, 0}, {inf, -inf}, {Double.NaN, -1}};
    for (int count = 0; count <= front.length; count++) {
      assertThat(HypervolumeSubset.choose(front, count)).hasSize(count).doesNotHaveDuplicates();
      double[][] three = new double[front.length][];
      Arrays.setAll(three, i -> new double[] {front[i][0], front[i][1], front[i][0]});
      assertThat(HypervolumeSubset.choose(three, count)).hasSize(count).doesNotHaveDuplicates();
    }
  }
}
