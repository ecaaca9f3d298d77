package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * Picks some points of a front so that they dominate as much as possible together: one after the
 * other, always the one that adds most, which comes within 1 - 1/e of the best choice (Guerreiro,
 * Fonseca and Paquete, Greedy Hypervolume Subset Selection in Low Dimensions, 2016).
 */
final class HypervolumeSubset {
  private final double[][] points;
  private final double[] reference;

  /** For each point the most that it may add to those already taken; NaN when it is taken. */
  private final double[] gains;

  private HypervolumeSubset(double[][] points) {
    this.points = points;
    this.reference = reference(points);
    this.gains = new double[points.length];
  }

  /**
   * The indices of the points to take, ascending.
   *
   * @param points none of which dominates another; what is infinite counts as very large
   * @param count from 0 to the number of points
   */
  static int[] choose(double[][] points, int count) {
    if (count == points.length) {
      int[] all = new int[count];
      Arrays.setAll(all, i -> i);
      return all;
    }
    double[][] finite = new double[points.length][];
    Arrays.setAll(finite, i -> Arrays.stream(points[i]).map(HypervolumeSubset::finite).toArray());
    HypervolumeSubset subset = new HypervolumeSubset(finite);
    int[] chosen = finite[0].length == 2 ? subset.ofTwoLosses(count) : subset.greedy(count);
    Arrays.sort(chosen);
    return chosen;
  }

  /** Small enough for areas that are finite. */
  private static double finite(double loss) {
    return Double.isNaN(loss) ? 1e60 : Math.max(-1e60, Math.min(1e60, loss));
  }

  /** A tenth of their size worse than the worst in each objective. */
  private static double[] reference(double[][] points) {
    double[] reference = points[0].clone();
    for (double[] point : points) {
      for (int k = 0; k < reference.length; k++) {
        reference[k] = Math.max(reference[k], point[k]);
      }
    }
    for (int k = 0; k < reference.length; k++) {
      double worst = reference[k];
      reference[k] = worst == 0 ? 1e-12 : Math.max(1.1 * worst, 0.9 * worst);
    }
    return reference;
  }

  /** What a point adds is a rectangle up to its neighbours among those that are taken. */
  private int[] ofTwoLosses(int count) {
    double[] right = new double[points.length];
    double[] top = new double[points.length];
    Arrays.fill(right, reference[0]);
    Arrays.fill(top, reference[1]);
    for (int i = 0; i < points.length; i++) {
      gains[i] = (right[i] - points[i][0]) * (top[i] - points[i][1]);
    }
    int[] chosen = new int[count];
    for (int n = 0; n < count; n++) {
      int next = most();
      chosen[n] = next;
      gains[next] = Double.NaN;
      double x = points[next][0];
      double y = points[next][1];
      for (int i = 0; i < points.length; i++) {
        boolean before = points[i][0] < x;
        right[i] = before ? Math.min(right[i], x) : right[i];
        top[i] = before ? top[i] : Math.min(top[i], y);
        double gain = (right[i] - points[i][0]) * Math.max(0, top[i] - points[i][1]);
        gains[i] = Double.isNaN(gains[i]) ? Double.NaN : gain;
      }
    }
    return chosen;
  }

  /** Works out anew what a point adds only where it may be the most: gains never grow. */
  private int[] greedy(int count) {
    Arrays.fill(gains, Double.POSITIVE_INFINITY);
    double[][] taken = new double[0][];
    double volume = 0;
    int[] chosen = new int[count];
    for (int n = 0; n < count; n++) {
      double[][] longer = Arrays.copyOf(taken, n + 1);
      boolean[] known = new boolean[points.length];
      int next = most();
      while (!known[next]) {
        longer[n] = points[next];
        gains[next] = Math.max(0, Pareto.hypervolume(longer, reference) - volume);
        known[next] = true;
        next = most();
      }
      chosen[n] = next;
      volume += gains[next];
      gains[next] = Double.NaN;
      longer[n] = points[next];
      taken = longer;
    }
    return chosen;
  }

  /** The first of those that may add the most; NaN is passed over. */
  private int most() {
    int most = -1;
    for (int i = 0; i < gains.length; i++) {
      if (!Double.isNaN(gains[i]) && (most < 0 || gains[i] > gains[most])) {
        most = i;
      }
    }
    return most;
  }
}
