package dev.assay.engine.sampler;

import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the point where an acquisition function is largest: over {@value #PRELIMINARY} points
 * by chance, half of them anywhere and half around the best trials, and then from the {@value
 * #STARTS} most promising of them by gradients along continuous parameters and by turns along the
 * others.
 */
final class GpSearch {
  private static final int PRELIMINARY = 2048;
  private static final int EXACT = 256;
  private static final int STARTS = 10;
  private static final int TURNS = 3;
  private static final BoundedAscent.Limits LIMITS = new BoundedAscent.Limits(50, 1e-4, 0.3);

  private final UnitSpace space;
  private final PointColumns tried;
  private final GpAcquisition acquisition;
  private final RandomGenerator random;
  private final double[] values;

  GpSearch(UnitSpace space, PointColumns tried, GpAcquisition acquisition, Ask ask) {
    this.space = space;
    this.tried = tried;
    this.acquisition = acquisition;
    this.random = ask.random();
    this.values = new double[space.parameters()];
  }

  /**
   * The values of the best point found that has not been tried; null where all have.
   *
   * @param tops places of the best trials among those tried
   */
  double @Nullable [] propose(int[] tops) {
    double[][] all = promising(preliminary(tops));
    double[][] candidates = Arrays.copyOf(all, EXACT);
    double[] merits = new double[candidates.length];
    acquisition.values(candidates, candidates.length, merits);
    Integer[] order = order(merits);
    double[][] starts = new double[STARTS][];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = candidates[order[i]].clone();
    }
    double[] reached = improve(starts);
    for (int i : order(reached)) {
      if (isNew(starts[i])) {
        return values;
      }
    }
    for (double[] candidate : all) {
      if (isNew(candidate)) {
        return values;
      }
    }
    return null;
  }

  /** Whether a point, whose values it leaves in {@code values}, differs from all tried. */
  private boolean isNew(double[] point) {
    space.decode(point, values);
    double[] other = new double[point.length];
    for (int i = 0; i < tried.size(); i++) {
      tried.row(i, other);
      if (Arrays.equals(point, other)) {
        return false;
      }
    }
    return true;
  }

  private double[][] preliminary(int[] tops) {
    double[][] points = new double[PRELIMINARY][space.dimensions()];
    double[] top = new double[space.dimensions()];
    for (int i = 0; i < PRELIMINARY; i++) {
      boolean near = i % 2 == 1;
      if (near) {
        tried.row(tops[(i / 2) % tops.length], top);
      }
      double spread = 0.3 * Math.pow(0.5, (i / 2 / tops.length) % 6);
      for (int p = 0; p < space.parameters(); p++) {
        points[i][p] = near ? space.near(p, top, spread, random) : space.draw(p, random);
      }
      space.settle(points[i], values);
    }
    return points;
  }

  /** The points by falling bounds. */
  private double[][] promising(double[][] points) {
    double[] bounds = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      bounds[i] = acquisition.bound(points[i]);
    }
    Integer[] order = order(bounds);
    double[][] chosen = new double[points.length][];
    for (int i = 0; i < chosen.length; i++) {
      chosen[i] = points[order[i]];
    }
    return chosen;
  }

  /** Indexes by falling merit. */
  private static Integer[] order(double[] merits) {
    Integer[] order = new Integer[merits.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(merit(merits[b]), merit(merits[a])));
    return order;
  }

  private static double merit(double merit) {
    return Double.isNaN(merit) ? Double.NEGATIVE_INFINITY : merit;
  }

  /** Moves the points to local maxima. */
  private double[] improve(double[][] points) {
    double[] reached = climb(points);
    for (int turn = 0; turn < TURNS; turn++) {
      boolean moved = false;
      for (int i = 0; i < points.length; i++) {
        moved |= turn(points, i, reached);
      }
      if (!moved) {
        return reached;
      }
      reached = climb(points);
    }
    return reached;
  }

  private double[] climb(double[][] points) {
    double[][] lows = new double[points.length][];
    double[][] highs = new double[points.length][];
    for (int i = 0; i < points.length; i++) {
      lows[i] = points[i].clone();
      highs[i] = points[i].clone();
      for (int p = 0; p < space.parameters(); p++) {
        if (space.isSmooth(p, points[i])) {
          lows[i][p] = 0;
          highs[i][p] = 1;
        }
      }
    }
    return new BoundedAscent(acquisition, LIMITS).climb(points, lows, highs);
  }

  /** Puts each parameter with few values to the one that is best, the others held. */
  private boolean turn(double[][] points, int i, double[] reached) {
    boolean moved = false;
    for (int p = 0; p < space.parameters(); p++) {
      double[] levels = space.levels(p);
      if (levels.length < 2) {
        continue;
      }
      double[][] options = new double[levels.length][];
      double[] merits = new double[levels.length];
      for (int level = 0; level < levels.length; level++) {
        options[level] = points[i].clone();
        options[level][p] = levels[level];
        space.settle(options[level], values);
      }
      acquisition.values(options, options.length, merits);
      for (int level = 0; level < levels.length; level++) {
        if (merits[level] > reached[i] + LIMITS.gain()) {
          reached[i] = merits[level];
          points[i] = options[level];
          moved = true;
        }
      }
    }
    return moved;
  }
}
