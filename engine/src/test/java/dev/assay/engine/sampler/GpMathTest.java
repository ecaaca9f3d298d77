package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GpMathTest {
  /** B Bᵀ + I of a random B. */
  private static double[][] positiveDefinite(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[][] b = new double[n][n];
    for (double[] row : b) {
      for (int j = 0; j < n; j++) {
        row[j] = random.nextDouble() - 0.5;
      }
    }
    double[][] a = new double[n][n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        a[i][j] = i == j ? 1 : 0;
        for (int k = 0; k < n; k++) {
          a[i][j] += b[i][k] * b[j][k];
        }
      }
    }
    return a;
  }

  private static CholeskyFactor factored(double[][] a, int of) {
    double[] columns = new double[of * of];
    for (int j = 0; j < of; j++) {
      for (int i = j; i < of; i++) {
        columns[j * of + i] = a[i][j];
      }
    }
    CholeskyFactor factor = new CholeskyFactor(1);
    factor.factor(columns, of);
    for (int i = of; i < a.length; i++) {
      factor.extend(java.util.Arrays.copyOf(a[i], i), a[i][i]);
    }
    return factor;
  }

  @Test
  void solvesWhetherFactoredAtOnceOrExtendedRowByRow() {
    for (int n : new int[] {1, 2, 4, 5, 23}) {
      double[][] a = positiveDefinite(n);
      double[] right = new double[n];
      for (int i = 0; i < n; i++) {
        right[i] = Math.sin(i);
      }
      for (int whole : new int[] {1, (n + 1) / 2, n}) {
        CholeskyFactor factor = factored(a, whole);
        double[] alone = right.clone();
        factor.solveForward(alone);
        factor.solveBackward(alone);
        double[][] together = {new double[n], right.clone()};
        factor.solveForward(together, 2);
        factor.solveBackward(together, 2);
        assertThat(together[1]).isEqualTo(alone);
        for (int i = 0; i < n; i++) {
          double sum = 0;
          for (int j = 0; j < n; j++) {
            sum += a[i][j] * alone[j];
          }
          assertThat(sum).isCloseTo(right[i], within(1e-12));
        }
      }
    }
  }

  @Test
  void invertsAndKnowsTheDeterminant() {
    double[][] a = {{4, 2, 0}, {2, 5, 1}, {0, 1, 3}};
    CholeskyFactor factor = factored(a, 3);
    assertThat(factor.logDeterminant()).isCloseTo(Math.log(44), within(1e-14));
    double[] inverse = new double[9];
    factor.invert(inverse);
    // The adjugate, worked by hand, over the determinant of 44.
    assertThat(inverse[0] * 44).isCloseTo(14, within(1e-12));
    assertThat(inverse[1] * 44).isCloseTo(-6, within(1e-12));
    assertThat(inverse[2] * 44).isCloseTo(2, within(1e-12));
    assertThat(inverse[4] * 44).isCloseTo(12, within(1e-12));
    assertThat(inverse[5] * 44).isCloseTo(-4, within(1e-12));
    assertThat(inverse[8] * 44).isCloseTo(16, within(1e-12));
  }

  @Test
  void theKernelIsMaternsAndItsSlopeTheDerivative() {
    double[] s = {0, 1e-9, 0.01, 1, 7, 90, 1e9};
    double[] k = new double[s.length];
    double[] slope = new double[s.length];
    Matern.valuesAndSlopes(s, k, slope, 0, s.length);
    for (int i = 0; i < s.length; i++) {
      double r = Math.sqrt(5 * s[i]);
      assertThat(k[i]).isCloseTo((1 + r + r * r / 3) * Math.exp(-r), within(1e-11));
      assertThat(slope[i]).isCloseTo(-5.0 / 6 * (1 + r) * Math.exp(-r), within(1e-11));
    }
  }

  @Test
  void logarithmsOfImprovementHoldFarInTheTail() {
    // By mpmath with 50 digits.
    assertThat(LogImprovement.value(3)).isCloseTo(1.0987396653277, within(1e-12));
    assertThat(LogImprovement.value(0)).isCloseTo(-0.9189385332046727, within(1e-14));
    assertThat(LogImprovement.value(-10)).isCloseTo(-55.5531220361, within(1e-9));
    // φ(z) (1 - |z| R) tends to φ(z) / z².
    double z = -1e6;
    assertThat(LogImprovement.value(z) + z * z / 2)
        .isCloseTo(-0.9189385332046727 - 2 * Math.log(1e6), within(1e-3));
    // Where the two ways meet.
    assertThat(LogImprovement.value(-2 - 1e-9))
        .isCloseTo(LogImprovement.value(-2 + 1e-9), within(1e-7));
    assertThat(LogImprovement.logProbability(-2 - 1e-9))
        .isCloseTo(LogImprovement.logProbability(-2 + 1e-9), within(1e-7));
    for (double at : new double[] {-30, -3, -1.5, 0, 2}) {
      double h = 1e-5;
      assertThat(LogImprovement.slope(at))
          .isCloseTo(
              (LogImprovement.value(at + h) - LogImprovement.value(at - h)) / (2 * h),
              within(1e-5));
      assertThat(LogImprovement.logProbabilitySlope(at))
          .isCloseTo(
              (LogImprovement.logProbability(at + h) - LogImprovement.logProbability(at - h))
                  / (2 * h),
              within(1e-5));
    }
  }

  @Test
  void climbsARidgeToItsTopOrToTheBound() {
    BoundedAscent.Surface valley =
        (points, count, values, gradients) -> {
          for (int c = 0; c < count; c++) {
            double x = points[c][0];
            double y = points[c][1];
            values[c] = -100 * (y - x * x) * (y - x * x) - (1 - x) * (1 - x);
            gradients[c][0] = 400 * x * (y - x * x) + 2 * (1 - x);
            gradients[c][1] = -200 * (y - x * x);
          }
        };
    double[][] points = {{-1.2, 1}, {0, 0}, {0.25, 0.5}};
    double[][] lows = {{-2, -2}, {-2, -2}, {0.25, -2}};
    double[][] highs = {{2, 2}, {0.5, 2}, {0.25, 2}};
    double[] reached =
        new BoundedAscent(valley, new BoundedAscent.Limits(200, 1e-12, 0.5))
            .climb(points, lows, highs);
    assertThat(points[0]).containsExactly(new double[] {1, 1}, within(1e-4));
    assertThat(points[1]).containsExactly(new double[] {0.5, 0.25}, within(1e-4));
    assertThat(points[2]).containsExactly(new double[] {0.25, 0.0625}, within(1e-4));
    assertThat(reached[1]).isCloseTo(-0.25, within(1e-6));
  }
}
