package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoTest {
  private static final double INF = Double.POSITIVE_INFINITY;
  private static final double NAN = Double.NaN;

  private static double[][] points(double[]... points) {
    return points;
  }

  private static double[] p(double... losses) {
    return losses;
  }

  @Test
  void ranksByHowManyFrontsLieInFront() {
    double[][] points = points(p(1, 5), p(2, 3), p(4, 1), p(2, 6), p(3, 4), p(5, 5), p(2, 3));
    assertThat(Pareto.ranks(points)).containsExactly(0, 0, 0, 1, 1, 2, 0);
    assertThat(Pareto.ranks(points(p(3), p(1), p(2), p(1)))).containsExactly(2, 0, 1, 0);
    assertThat(Pareto.ranks(points(p(1, 1, 2), p(1, 2, 1), p(1, 2, 2), p(1, 2, 1))))
        .containsExactly(0, 0, 1, 0);
    assertThat(Pareto.ranks(points())).isEmpty();
  }

  @Test
  void ranksWhatIsNotFinite() {
    double[][] points = points(p(NAN, 0), p(INF, 0), p(1, 0), p(-INF, INF), p(-0.0, 1), p(0.0, 1));
    assertThat(Pareto.ranks(points)).containsExactly(1, 1, 0, 0, 0, 0);
  }

  @Test
  void violatedConstraintsComeAfterAllThatIsFeasibleAndUnknownOnesLast() {
    double[][] points = points(p(9, 9), p(8, 8), p(1, 1), p(2, 2), p(0, 0), p(1, 0), p(5, 5));
    double[] violations = {0, 0, 3, 1, NAN, NAN, 1};
    assertThat(Pareto.ranks(points, violations)).containsExactly(1, 0, 3, 2, 4, 5, 2);
    double[] unknown = new double[7];
    Arrays.fill(unknown, NAN);
    assertThat(Pareto.ranks(points, unknown)).isEqualTo(Pareto.ranks(points));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void ranksAreThoseOfPeeling(int objectives) {
    SplittableRandom random = new SplittableRandom(objectives);
    for (int round = 0; round < 30; round++) {
      double[][] points = new double[40][objectives];
      for (double[] point : points) {
        Arrays.setAll(point, k -> random.nextInt(6));
      }
      assertThat(Pareto.ranks(points)).isEqualTo(peeled(points));
    }
  }

  private static int[] peeled(double[][] points) {
    int[] ranks = new int[points.length];
    Arrays.fill(ranks, -1);
    for (int rank = 0; Arrays.stream(ranks).anyMatch(r -> r < 0); rank++) {
      int[] before = ranks.clone();
      for (int i = 0; i < points.length; i++) {
        boolean free = before[i] < 0;
        for (int j = 0; j < points.length; j++) {
          free &= before[j] >= 0 || !dominates(points[j], points[i]);
        }
        if (free) {
          ranks[i] = rank;
        }
      }
    }
    return ranks;
  }

  private static boolean dominates(double[] a, double[] b) {
    boolean better = false;
    for (int k = 0; k < a.length; k++) {
      if (a[k] > b[k]) {
        return false;
      }
      better |= a[k] < b[k];
    }
    return better;
  }

  @Test
  void crowdingIsTheRoomBetweenNeighbours() {
    // Of extents 4 and 10: (3 - 0) / 4 + (10 - 1) / 10, and (4 - 1) / 4 + (4 - 0) / 10.
    assertThat(Pareto.crowding(points(p(0, 10), p(3, 1), p(1, 4), p(4, 0))))
        .containsExactly(INF, 0.75 + 0.4, 0.75 + 0.9, INF);
    assertThat(Pareto.crowding(points(p(1, 1), p(1, 1), p(1, 1)))).containsExactly(INF, 0, INF);
    assertThat(Pareto.crowding(points(p(-INF, 3), p(0, 2), p(1, 1), p(INF, 0), p(NAN, NAN))))
        .doesNotContain(NAN);
    assertThat(Pareto.crowding(points(p(-1.5e308), p(0), p(1.5e308)))).containsExactly(INF, 1, INF);
    assertThat(Pareto.crowding(points())).isEmpty();
  }

  @Test
  void hypervolumeIsTheVolumeOfTheUnion() {
    // 3 × 1, and 1 × 1 below it; points on or beyond the edge add nothing.
    double[][] flat = points(p(1, 3), p(3, 2), p(4, 0), p(0, 9), p(3, 3));
    assertThat(Pareto.hypervolume(flat, p(4, 4))).isEqualTo(4);
    // Boxes of 4 × 4 × 2 and 4 × 2 × 4 share 4 × 2 × 2; the third point lies in both.
    double[][] solid = points(p(0, 0, 2), p(0, 2, 0), p(3, 3, 3));
    assertThat(Pareto.hypervolume(solid, p(4, 4, 4))).isEqualTo(32 + 32 - 16);
    assertThat(Pareto.hypervolume(points(p(1), p(2)), p(5))).isEqualTo(4);
    assertThat(Pareto.hypervolume(points(p(-INF, 0)), p(1, 1))).isEqualTo(INF);
    assertThat(Pareto.hypervolume(points(p(NAN, 0)), p(1, 1))).isEqualTo(0);
    assertThat(Pareto.hypervolume(points(), p(1, 1))).isEqualTo(0);
  }

  @Test
  void contributionsAreWhatOnlyOnePointDominates() {
    double[][] flat = points(p(1, 3), p(2, 1), p(2, 2), p(5, 0), p(3, 3));
    assertThat(Pareto.contributions(flat, p(4, 4))).containsExactly(1, 2, 0, 0, 0);
    assertThat(Pareto.contributions(points(p(1, 1), p(1, 1)), p(4, 4))).containsExactly(0, 0);
  }

  /** Coordinates are whole, so unit cubes can be counted. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void volumesAreThoseOfCountedCubes(int objectives) {
    SplittableRandom random = new SplittableRandom(objectives);
    double[] reference = new double[objectives];
    Arrays.fill(reference, 5);
    for (int round = 0; round < 20; round++) {
      double[][] points = new double[8][objectives];
      for (double[] point : points) {
        Arrays.setAll(point, k -> random.nextInt(6));
      }
      double all = counted(points);
      assertThat(Pareto.hypervolume(points, reference)).isEqualTo(all);
      double[] contributions = Pareto.contributions(points, reference);
      for (int i = 0; i < points.length; i++) {
        double[][] others = points.clone();
        others[i] = reference;
        assertThat(contributions[i]).isCloseTo(all - counted(others), within(1e-9));
      }
    }
  }

  private static double counted(double[][] points) {
    int objectives = points[0].length;
    int cubes = (int) Math.pow(5, objectives);
    int count = 0;
    for (int cube = 0; cube < cubes; cube++) {
      double[] corner = new double[objectives];
      int rest = cube;
      for (int k = 0; k < objectives; k++) {
        corner[k] = rest % 5;
        rest /= 5;
      }
      boolean inside =
          Arrays.stream(points)
              .anyMatch(point -> Arrays.equals(point, corner) || dominates(point, corner));
      count += inside ? 1 : 0;
    }
    return count;
  }
}
