package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointsTest {
  private static final int MANY = 1_100;

  private static Points points(String type, int dimensions, long seed) {
    return switch (type) {
      case "sobol" -> SobolPoints.plain(dimensions);
      case "scrambled sobol" -> SobolPoints.scrambled(dimensions, seed);
      case "halton" -> HaltonPoints.plain(dimensions);
      default -> HaltonPoints.scrambled(dimensions, seed);
    };
  }

  private static double[][] taken(Points points, int from, int count) {
    double[][] taken = new double[count][];
    for (int i = 0; i < count; i++) {
      taken[i] = points.at(from + i);
    }
    return taken;
  }

  /** Joe and Kuo's own list begins so. */
  @Test
  void sobolIsThePublishedSequence() {
    Points points = SobolPoints.plain(1111);
    double[][] first = {
      {0, 0, 0, 0},
      {0.5, 0.5, 0.5, 0.5},
      {0.75, 0.25, 0.25, 0.25},
      {0.25, 0.75, 0.75, 0.75},
      {0.375, 0.375, 0.625, 0.875},
      {0.875, 0.875, 0.125, 0.375},
      {0.625, 0.125, 0.875, 0.625},
      {0.125, 0.625, 0.375, 0.125}
    };
    for (int i = 0; i < first.length; i++) {
      assertThat(Arrays.copyOf(points.at(i), 4)).containsExactly(first[i]);
    }
    assertThat(points.at(1000)).startsWith(0.2197265625, 0.0966796875).endsWith(0.3701171875);
  }

  @Test
  void haltonReadsTheIndexBackwards() {
    Points points = HaltonPoints.plain(2000);
    assertThat(points.at(0)).containsOnly(0);
    assertThat(Arrays.copyOf(points.at(6), 4))
        .containsExactly(new double[] {3 / 8.0, 2 / 9.0, 6 / 25.0, 6 / 7.0}, within(1e-15));
    assertThat(points.at(1)[1999]).isEqualTo(1 / 17389.0);
  }

  /**
   * The first two dimensions are a (0,m,2)-net, the first three a (1,m,3)-net and the first four a
   * (3,m,4)-net: t is the sum of the degrees of the primitive polynomials, each less one.
   */
  @ParameterizedTest
  @CsvSource({"2, 0", "3, 1", "4, 3"})
  void elementaryIntervalsHaveEachTheirShareAlsoWhenScrambled(int dimensions, int t) {
    for (String type : new String[] {"sobol", "scrambled sobol"}) {
      for (int m = t; m <= 9; m++) {
        for (int block = 0; block < 3; block++) {
          double[][] taken = taken(points(type, dimensions, m), block << m, 1 << m);
          assertSharesAreEven(taken, new int[dimensions], 0, m - t, 1 << t);
        }
      }
    }
  }

  /** For all ways to split {@code left} halvings between the dimensions from {@code dimension}. */
  private static void assertSharesAreEven(
      double[][] points, int[] halvings, int dimension, int left, int share) {
    if (dimension == halvings.length - 1) {
      halvings[dimension] = left;
      int total = Arrays.stream(halvings).sum();
      int[] counts = new int[1 << total];
      for (double[] point : points) {
        int cell = 0;
        for (int i = 0; i < halvings.length; i++) {
          cell = (cell << halvings[i]) + (int) (point[i] * (1 << halvings[i]));
        }
        counts[cell]++;
      }
      assertThat(counts).as("halvings %s", Arrays.toString(halvings)).containsOnly(share);
      return;
    }
    for (int here = 0; here <= left; here++) {
      halvings[dimension] = here;
      assertSharesAreEven(points, halvings, dimension + 1, left - here, share);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sobol", "scrambled sobol"})
  void eachOfManyDimensionsIsEvenToTheLastPoint(String type) {
    double[][] taken = taken(points(type, MANY, 5), 512, 512);
    for (int d = 0; d < MANY; d++) {
      boolean[] hit = new boolean[512];
      for (double[] point : taken) {
        hit[(int) (point[d] * 512)] = true;
      }
      assertThat(hit).as("dimension %d", d).containsOnly(true);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"halton", "scrambled halton"})
  void eachDimensionOfHaltonIsEvenInItsPrime(String type) {
    int[] primes = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31};
    Points points = points(type, primes.length, 3);
    for (int d = 0; d < primes.length; d++) {
      int cells = primes[d] * primes[d];
      int[] counts = new int[cells];
      for (double[] point : taken(points, 4 * cells, cells)) {
        // Where nothing is scrambled, coordinates lie on the ends of the intervals.
        counts[(int) Math.floor(point[d] * cells + 1e-9)]++;
      }
      assertThat(counts).as("prime %d", primes[d]).containsOnly(1);
    }
  }

  /** Chi square of 8 x 8 cells for pairs of dimensions, in ascending order. */
  private static double[] unevenness(double[][] points) {
    SplittableRandom random = new SplittableRandom(1);
    double expected = points.length / 64.0;
    double[] all = new double[1500];
    for (int pair = 0; pair < all.length; pair++) {
      int a = pair < MANY ? pair : random.nextInt(MANY);
      int b = pair < MANY ? (pair + 1) % MANY : (a + 1 + random.nextInt(MANY - 1)) % MANY;
      int[] counts = new int[64];
      for (double[] point : points) {
        counts[8 * (int) (8 * point[a]) + (int) (8 * point[b])]++;
      }
      for (int count : counts) {
        all[pair] += (count - expected) * (count - expected) / expected;
      }
    }
    Arrays.sort(all);
    return all;
  }

  /** A few pairs of Sobol's dimensions are far from even until there are more points. */
  @ParameterizedTest
  @CsvSource({"scrambled sobol, 35", "scrambled halton, 59"})
  void pairsOfManyDimensionsAreMoreEvenThanChance(String type, double limit) {
    SplittableRandom random = new SplittableRandom(2);
    double[][] chance = new double[1024][MANY];
    for (double[] point : chance) {
      Arrays.setAll(point, d -> random.nextDouble());
    }
    double[] byChance = unevenness(chance);
    double[] bySequence = unevenness(taken(points(type, MANY, 1), 0, 1024));
    assertThat(byChance[750]).isBetween(60.0, 65.0);
    assertThat(bySequence[750]).isLessThan(limit);
    assertThat(bySequence[1350]).isLessThan(byChance[1350]);
  }

  /** Chi square of one point's coordinate over many seeds, and of the difference of two points. */
  @ParameterizedTest
  @ValueSource(strings = {"scrambled sobol", "scrambled halton"})
  void seedsMakeEachPointUniform(String type) {
    int seeds = 1024;
    int cells = 32;
    for (int index : new int[] {6, 1_000_000}) {
      int[][] counts = new int[3][cells];
      for (int seed = 0; seed < seeds; seed++) {
        double[] point = points(type, 3, seed).at(index);
        for (int d = 0; d < 3; d++) {
          counts[d][(int) (point[d] * cells)]++;
        }
      }
      for (int[] each : counts) {
        double expected = (double) seeds / cells;
        double chi =
            Arrays.stream(each)
                .mapToDouble(count -> (count - expected) * (count - expected) / expected)
                .sum();
        assertThat(chi).isBetween(8.0, 31 + 4 * Math.sqrt(62));
      }
    }
  }

  /**
   * Independent of each other under a common first bit: else the variance would not be Owen's. The
   * two lowest points of an interval share all bits but one.
   */
  @Test
  void neighboursUnderTheScramblingLieApartByChance() {
    int[] together = new int[16];
    for (int seed = 0; seed < 1600; seed++) {
      Points points = SobolPoints.scrambled(1, seed);
      // 0 and 0.25 in the plain sequence: the same half, opposite quarters.
      double a = points.at(0)[0];
      double b = points.at(3)[0];
      assertThat((int) (2 * a)).isEqualTo((int) (2 * b));
      assertThat((int) (4 * a)).isNotEqualTo((int) (4 * b));
      together[((int) (16 * a) & 3) * 4 + ((int) (16 * b) & 3)]++;
    }
    for (int count : together) {
      assertThat(count).isBetween(100 - 40, 100 + 40);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scrambled sobol", "scrambled halton"})
  void integralsComeOutFarBetterThanByChance(String type) {
    double squares = 0;
    for (int seed = 0; seed < 30; seed++) {
      double mean = 0;
      for (double[] point : taken(points(type, 5, seed), 0, 1024)) {
        double product = 1;
        for (double x : point) {
          product *= 1 + 0.5 * (x - 0.5);
        }
        mean += product / 1024;
      }
      squares += (mean - 1) * (mean - 1) / 30;
    }
    // By chance: sqrt((1 + 1/48)^5 - 1) / 32.
    double chance = Math.sqrt(Math.pow(1 + 1 / 48.0, 5) - 1) / 32;
    assertThat(Math.sqrt(squares)).isLessThan(chance / 10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sobol", "scrambled sobol", "halton", "scrambled halton"})
  void anyIndexHasItsPointInTheUnitCube(String type) {
    Points points = points(type, 500, 9);
    Points again = points(type, 500, 9);
    again.at(77);
    for (int index : new int[] {Integer.MAX_VALUE, 1_000_000, 1_000_001, 0, 1 << 30}) {
      double[] point = points.at(index);
      for (double x : point) {
        assertThat(x).isGreaterThanOrEqualTo(0).isLessThan(1);
      }
      assertThat(again.at(index)).containsExactly(point);
    }
  }
}
