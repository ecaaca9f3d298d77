package dev.assay.engine.sampler;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How promising points are: the logarithm of the expected improvement on the best trial, plus that
 * of the probability of being feasible where trials have constraints; the latter alone while no
 * trial is feasible. Not safe to share between threads.
 */
final class GpAcquisition implements BoundedAscent.Surface {
  /** Points whose triangular systems are solved together. */
  private static final int BATCH = 16;

  private final @Nullable GaussianProcess losses;
  private final double best;
  private final @Nullable GaussianProcess violations;
  private final GaussianProcess.Batch batch;
  private final double[] k;
  private final double[] bound = new double[1];

  /**
   * @param losses null while no trial is feasible
   * @param best the loss to improve on
   * @param violations null where there are no constraints
   */
  GpAcquisition(
      @Nullable GaussianProcess losses, double best, @Nullable GaussianProcess violations) {
    this.losses = losses;
    this.best = best;
    this.violations = violations;
    int most =
        Math.max(losses == null ? 0 : losses.size(), violations == null ? 0 : violations.size());
    this.batch = new GaussianProcess.Batch(BATCH, most);
    this.k = new double[most];
  }

  /** At least the value at a point, or nearly; a small part of the work. */
  double bound(double[] point) {
    double sum = 0;
    if (losses != null) {
      double mean = losses.meanAndBound(point, k, bound);
      double deviation = Math.sqrt(bound[0]);
      sum += Math.log(deviation) + LogImprovement.value((best - mean) / deviation);
    }
    if (violations != null) {
      double mean = violations.meanAndBound(point, k, bound);
      sum += LogImprovement.logProbability(-mean / Math.sqrt(bound[0]));
    }
    return sum;
  }

  /** The values at points, without gradients. */
  void values(double[][] points, int count, double[] values) {
    run(points, count, values, null);
  }

  @Override
  public void evaluate(double[][] points, int count, double[] values, double[][] gradients) {
    for (int c = 0; c < count; c++) {
      Arrays.fill(gradients[c], 0);
    }
    run(points, count, values, gradients);
  }

  private void run(
      double[][] points, int count, double[] values, double @Nullable [] @Nullable [] gradients) {
    Arrays.fill(values, 0, count, 0);
    for (int from = 0; from < count; from += BATCH) {
      int some = Math.min(BATCH, count - from);
      double[][] part = Arrays.copyOfRange(points, from, from + some);
      if (losses != null) {
        add(losses, true, part, some, values, gradients, from);
      }
      if (violations != null) {
        add(violations, false, part, some, values, gradients, from);
      }
    }
  }

  /**
   * Adds one process's part.
   *
   * @param improved whether the expected improvement is what counts, else the probability to lie
   *     below 0
   */
  private void add(
      GaussianProcess process,
      boolean improved,
      double[][] part,
      int some,
      double[] values,
      double @Nullable [] @Nullable [] gradients,
      int from) {
    process.predict(part, some, batch);
    if (gradients != null) {
      process.solve(some, batch);
    }
    double bar = improved ? best : 0;
    for (int c = 0; c < some; c++) {
      double deviation = Math.sqrt(batch.variances[c]);
      double z = (bar - batch.means[c]) / deviation;
      values[from + c] +=
          improved
              ? Math.log(deviation) + LogImprovement.value(z)
              : LogImprovement.logProbability(z);
      if (gradients != null) {
        double slope = improved ? LogImprovement.slope(z) : LogImprovement.logProbabilitySlope(z);
        double byVariance = ((improved ? 1 : 0) - z * slope) / (2 * batch.variances[c]);
        process.gradient(part[c], c, batch, -slope / deviation, byVariance, gradients[from + c]);
      }
    }
  }
}
