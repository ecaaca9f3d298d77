package dev.assay.engine.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.engine.sampler.KernelFit.Kernel;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GaussianProcessTest {
  private static final int POINTS = 37;

  /** Two continuous dimensions and one of three choices. */
  private static PointColumns points() {
    SplittableRandom random = new SplittableRandom(5);
    PointColumns points = new PointColumns(new boolean[] {false, false, true}, 1);
    for (int i = 0; i < POINTS; i++) {
      points.add(new double[] {random.nextDouble(), random.nextDouble(), random.nextInt(3)});
    }
    return points;
  }

  private static double[] values(PointColumns points, double noise) {
    SplittableRandom random = new SplittableRandom(6);
    double[] values = new double[points.size()];
    double[] point = new double[3];
    for (int i = 0; i < values.length; i++) {
      points.row(i, point);
      values[i] = Math.sin(5 * point[0]) + 0.3 * (point[2] == 1 ? 1 : 0);
      values[i] += noise * (random.nextDouble() - 0.5);
    }
    Warp.center(values);
    return values;
  }

  @Test
  void oneTrialGivesTheMeanAndVarianceWorkedByHand() {
    PointColumns points = new PointColumns(new boolean[] {false}, 1);
    points.add(new double[] {0.25});
    GaussianProcess process = new GaussianProcess(points, new Kernel(new double[] {4}, 2, 0.5), 4);
    process.condition(new double[] {1.5});
    GaussianProcess.Batch batch = new GaussianProcess.Batch(2, 8);
    process.predict(new double[][] {{0.25}, {0.75}}, 2, batch);
    // s = 4 × 0.5², r = √5.
    double k = (1 + Math.sqrt(5) + 5.0 / 3) * Math.exp(-Math.sqrt(5));
    assertThat(batch.means[0]).isCloseTo(2 / 2.5 * 1.5, within(1e-12));
    assertThat(batch.variances[0]).isCloseTo(2 - 4 / 2.5, within(1e-12));
    assertThat(batch.means[1]).isCloseTo(2 * k / 2.5 * 1.5, within(1e-10));
    assertThat(batch.variances[1]).isCloseTo(2 - 4 * k * k / 2.5, within(1e-10));
    assertThat(process.meanAt(0, 1.5)).isCloseTo(1.2, within(1e-12));
  }

  @Test
  void anAwaitedTrialLeavesTheMeanAndTakesTheVariance() {
    PointColumns points = points();
    GaussianProcess process =
        new GaussianProcess(points, new Kernel(new double[] {3, 1, 0.5}, 1, 1e-6), POINTS);
    process.condition(values(points, 0));
    double[][] at = {{0.4, 0.6, 1}};
    GaussianProcess.Batch batch = new GaussianProcess.Batch(1, POINTS + 1);
    process.predict(at, 1, batch);
    double mean = batch.means[0];
    double variance = batch.variances[0];
    points.add(at[0]);
    process.takeIn();
    process.predict(at, 1, batch);
    assertThat(batch.means[0]).isEqualTo(mean);
    assertThat(batch.variances[0]).isLessThan(2e-6).isLessThan(variance / 100);
    points.truncate(POINTS);
    process.truncate(POINTS);
    process.predict(at, 1, batch);
    assertThat(batch.variances[0]).isEqualTo(variance);
  }

  @Test
  void theGradientOfTheAcquisitionIsItsSlope() {
    PointColumns points = points();
    GaussianProcess losses =
        new GaussianProcess(points, new Kernel(new double[] {3, 1, 0.5}, 1.3, 1e-3), POINTS);
    losses.condition(values(points, 0));
    GaussianProcess violations =
        new GaussianProcess(points, new Kernel(new double[] {0.3, 2, 0.1}, 0.7, 1e-2), POINTS);
    violations.condition(values(points, 1));
    GpAcquisition acquisition = new GpAcquisition(losses, -1, violations);
    SplittableRandom random = new SplittableRandom(8);
    double h = 1e-6;
    for (int t = 0; t < 5; t++) {
      double[] x = {random.nextDouble(), random.nextDouble(), random.nextInt(3)};
      double[][] gradient = new double[1][3];
      double[] value = new double[1];
      acquisition.evaluate(new double[][] {x}, 1, value, gradient);
      assertThat(acquisition.bound(x)).isGreaterThan(value[0] - 3);
      for (int i = 0; i < 2; i++) {
        double[][] beside = {x.clone(), x.clone()};
        beside[0][i] += h;
        beside[1][i] -= h;
        double[] besides = new double[2];
        acquisition.values(beside, 2, besides);
        double slope = (besides[0] - besides[1]) / (2 * h);
        assertThat(gradient[0][i]).isCloseTo(slope, within(1e-4 * (1 + Math.abs(slope))));
      }
      assertThat(gradient[0][2]).isZero();
    }
  }

  @Test
  void theFitTellsNoiseAndDimensionsThatMatter() {
    PointColumns points = points();
    Kernel smooth = KernelFit.of(points, values(points, 0), false);
    Kernel noisy = KernelFit.of(points, values(points, 2), false);
    assertThat(smooth.weights()[0]).isGreaterThan(3 * smooth.weights()[1]);
    assertThat(smooth.noise()).isLessThan(1e-3);
    assertThat(noisy.noise()).isGreaterThan(1e-2);
    assertThat(KernelFit.of(points, values(points, 2), true).noise())
        .isCloseTo(KernelFit.LEAST_NOISE, within(1e-12));
  }

  @Test
  void theGradientOfTheFitIsItsSlope() {
    PointColumns points = points();
    KernelFit fit = new KernelFit(points, values(points, 1));
    double[] logs = {0.3, -0.2, 0.5, 0.2, -3};
    double[][] gradient = new double[1][5];
    fit.evaluate(new double[][] {logs}, 1, new double[1], gradient);
    double h = 1e-5;
    for (int i = 0; i < 5; i++) {
      double[][] beside = {logs.clone(), logs.clone()};
      beside[0][i] += h;
      beside[1][i] -= h;
      double[] values = new double[2];
      fit.evaluate(beside, 2, values, new double[2][5]);
      assertThat(gradient[0][i]).isCloseTo((values[0] - values[1]) / (2 * h), within(1e-5));
    }
  }

  @Test
  void warpsKeepTheOrderOfAllLosses() {
    double[] losses = {3, Double.NEGATIVE_INFINITY, 1e300, 3, Double.POSITIVE_INFINITY, -2, 0};
    for (Warp warp : Warp.candidates(losses)) {
      double[] warped = losses.clone();
      assertThat(warp.apply(warped)).isFinite();
      assertThat(warped[1]).isEqualTo(warped[5]);
      assertThat(warped[4]).isEqualTo(warped[2]);
      assertThat(warped[0]).isEqualTo(warped[3]);
      assertThat(warped[5]).isLessThanOrEqualTo(warped[6]);
      assertThat(warped[6]).isLessThanOrEqualTo(warped[3]);
      assertThat(warped[3]).isLessThan(warped[2]);
    }
    double[] equal = {7, 7, 7};
    Warp.EVEN.apply(equal);
    assertThat(equal).containsOnly(0);
    double[] infinite = {Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY};
    Warp.candidates(infinite)[0].apply(infinite);
    assertThat(infinite).containsOnly(0);
  }
}
