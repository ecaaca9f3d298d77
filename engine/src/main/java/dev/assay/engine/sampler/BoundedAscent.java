package dev.assay.engine.sampler;

/**
 * Climbs from several points at once to maxima of a smooth function within bounds, by the
 * limited-memory quasi-Newton method with backtracking, projected on the bounds. All points move in
 * step, so that the function is asked for many values at a time. Deterministic.
 */
final class BoundedAscent {
  /** A function of many points at a time. */
  @FunctionalInterface
  interface Surface {
    /**
     * @param points the first {@code count} points
     * @param gradients one for each point; overwritten
     * @param values one for each point; overwritten, NaN where the function has no value
     */
    void evaluate(double[][] points, int count, double[] values, double[][] gradients);
  }

  /**
   * When to stop.
   *
   * @param rounds the most evaluations of a point
   * @param gain the least that a step must win
   * @param reach the longest step along any axis
   */
  record Limits(int rounds, double gain, double reach) {}

  private static final int SHRINKS = 8;
  private static final double SHRINK = 0.3;
  private static final double SUFFICIENT = 1e-4;

  private final Surface surface;
  private final Limits limits;

  BoundedAscent(Surface surface, Limits limits) {
    this.surface = surface;
    this.limits = limits;
  }

  /**
   * Moves the points in place.
   *
   * @param lows the lower bounds of each point; equal to {@code highs} where it may not move
   * @return the function's value at each point
   */
  double[] climb(double[][] points, double[][] lows, double[][] highs) {
    int count = points.length;
    double[] values = new double[count];
    double[][] gradients = new double[count][points[0].length];
    surface.evaluate(points, count, values, gradients);
    Climber[] climbers = new Climber[count];
    Climber[] active = new Climber[count];
    int left = 0;
    for (int c = 0; c < count; c++) {
      climbers[c] = new Climber(points[c], lows[c], highs[c], values[c], gradients[c]);
      if (climbers[c].direct()) {
        active[left++] = climbers[c];
      }
    }
    double[][] tried = new double[count][];
    for (int round = 0; round < limits.rounds() && left > 0; round++) {
      for (int c = 0; c < left; c++) {
        tried[c] = active[c].next();
      }
      surface.evaluate(tried, left, values, gradients);
      int kept = 0;
      for (int c = 0; c < left; c++) {
        if (active[c].moved(values[c], gradients[c])) {
          active[kept++] = active[c];
        }
      }
      left = kept;
    }
    for (int c = 0; c < count; c++) {
      values[c] = climbers[c].value;
    }
    return values;
  }

  /** One point on its way. */
  private final class Climber {
    private static final int PAIRS = 6;

    private final int dims;
    private final double[] x;
    private final double[] low;
    private final double[] high;
    private final double[] gradient;
    private final double[] direction;
    private final double[] trial;
    private final double[][] moves = new double[PAIRS][];
    private final double[][] turns = new double[PAIRS][];
    private final double[] curvatures = new double[PAIRS];
    private int pairs;
    private double value;
    private double step;
    private int shrinks;

    Climber(double[] x, double[] low, double[] high, double value, double[] gradient) {
      this.dims = x.length;
      this.x = x;
      this.low = low;
      this.high = high;
      this.value = value;
      this.gradient = gradient.clone();
      this.direction = new double[dims];
      this.trial = new double[dims];
    }

    double[] next() {
      for (int i = 0; i < dims; i++) {
        trial[i] = Math.min(high[i], Math.max(low[i], x[i] + step * direction[i]));
      }
      return trial;
    }

    /** Takes or shortens the step; false when this point is done. */
    boolean moved(double reached, double[] slope) {
      double expected = 0;
      for (int i = 0; i < dims; i++) {
        expected += gradient[i] * (trial[i] - x[i]);
      }
      if (!(reached >= value + SUFFICIENT * expected) || reached == Double.POSITIVE_INFINITY) {
        step *= SHRINK;
        return ++shrinks < SHRINKS;
      }
      double gained = reached - value;
      remember(slope);
      System.arraycopy(trial, 0, x, 0, dims);
      System.arraycopy(slope, 0, gradient, 0, dims);
      value = reached;
      return gained > limits.gain() && direct();
    }

    private void remember(double[] slope) {
      double[] move = new double[dims];
      double[] turn = new double[dims];
      double curvature = 0;
      for (int i = 0; i < dims; i++) {
        move[i] = trial[i] - x[i];
        turn[i] = gradient[i] - slope[i];
        curvature += move[i] * turn[i];
      }
      if (curvature > 1e-12 * dot(turn, turn)) {
        int place = pairs++ % PAIRS;
        moves[place] = move;
        turns[place] = turn;
        curvatures[place] = curvature;
      }
    }

    /** Decides where to go; false where no way leads up. */
    boolean direct() {
      step = 1;
      shrinks = 0;
      double steepest = 0;
      for (int i = 0; i < dims; i++) {
        direction[i] = free(i) ? gradient[i] : 0;
        steepest = Math.max(steepest, Math.abs(direction[i]));
      }
      if (!(steepest > 0) || Double.isNaN(value)) {
        return false;
      }
      if (pairs > 0) {
        bend();
      }
      if (pairs == 0 || !(dot(direction, gradient) > 0)) {
        pairs = 0;
        for (int i = 0; i < dims; i++) {
          direction[i] = free(i) ? gradient[i] * (0.3 * limits.reach() / steepest) : 0;
        }
      }
      shorten();
      return true;
    }

    private boolean free(int i) {
      return gradient[i] > 0 ? x[i] < high[i] : x[i] > low[i];
    }

    private void shorten() {
      double longest = 0;
      for (double part : direction) {
        longest = Math.max(longest, Math.abs(part));
      }
      if (longest > limits.reach()) {
        for (int i = 0; i < dims; i++) {
          direction[i] *= limits.reach() / longest;
        }
      }
    }

    /** Nocedal's two loops over the remembered moves. */
    private void bend() {
      int first = Math.max(0, pairs - PAIRS);
      double[] shares = new double[PAIRS];
      for (int p = pairs - 1; p >= first; p--) {
        int k = p % PAIRS;
        shares[k] = dot(moves[k], direction) / curvatures[k];
        add(direction, -shares[k], turns[k]);
      }
      int last = (pairs - 1) % PAIRS;
      double scale = curvatures[last] / dot(turns[last], turns[last]);
      for (int i = 0; i < dims; i++) {
        direction[i] *= scale;
      }
      for (int p = first; p < pairs; p++) {
        int k = p % PAIRS;
        double back = dot(turns[k], direction) / curvatures[k];
        add(direction, shares[k] - back, moves[k]);
      }
      for (int i = 0; i < dims; i++) {
        direction[i] = free(i) ? direction[i] : 0;
      }
    }

    private static double dot(double[] a, double[] b) {
      double sum = 0;
      for (int i = 0; i < a.length; i++) {
        sum += a[i] * b[i];
      }
      return sum;
    }

    private static void add(double[] to, double factor, double[] what) {
      for (int i = 0; i < to.length; i++) {
        to[i] += factor * what[i];
      }
    }
  }
}
