package dev.assay.engine.sampler;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Comparing points by several losses at once. A point is an array with one loss for each objective,
 * less being better; all points of a call have the same length, at least 1. One point dominates
 * another when it is nowhere worse and somewhere better. NaN counts as positive infinity.
 */
final class Pareto {
  private Pareto() {}

  /**
   * The rank of each point when violations of constraints go first, as Deb's NSGA-II has it: the
   * feasible points by non-domination, then the infeasible ones by their violation, then those of
   * which the violation is not known, again by non-domination. Without constraints, when no
   * violation is known, these are the plain ranks.
   *
   * @param violations one for each point: above 0 infeasible, else feasible, NaN unknown
   * @return from 0, the best; every rank up to the highest is taken
   */
  static int[] ranks(double[][] points, double[] violations) {
    int[] ranks = new int[points.length];
    int first = rankSome(points, i -> violations[i] <= 0, ranks, 0);
    double[][] amounts = new double[points.length][];
    Arrays.setAll(amounts, i -> new double[] {violations[i]});
    first = rankSome(amounts, i -> violations[i] > 0, ranks, first);
    rankSome(points, i -> Double.isNaN(violations[i]), ranks, first);
    return ranks;
  }

  /**
   * The non-domination rank of each point: 0 for those that none dominates, 1 for those that only
   * points of rank 0 dominate, and so on. For one and two objectives in O(n log n).
   */
  static int[] ranks(double[][] points) {
    int[] ranks = new int[points.length];
    rankSome(points, i -> true, ranks, 0);
    return ranks;
  }

  /** Ranks those that were chosen from {@code first}; returns the first rank not taken. */
  private static int rankSome(double[][] points, IntPredicate chosen, int[] ranks, int first) {
    int[] chosenOnes = IntStream.range(0, points.length).filter(chosen).toArray();
    if (chosenOnes.length == 0) {
      return first;
    }
    double[][] some = new double[chosenOnes.length][];
    Arrays.setAll(some, i -> plain(points[chosenOnes[i]]));
    Fronts fronts = new Fronts(some);
    Integer[] order = order(some, Pareto::lexicographic);
    int before = order[0];
    for (int i : order) {
      boolean same = i != before && Arrays.equals(some[i], some[before]);
      ranks[chosenOnes[i]] = same ? ranks[chosenOnes[before]] : first + fronts.add(i);
      before = i;
    }
    return first + fronts.count;
  }

  /**
   * How far each point of a front is from its neighbours, as NSGA-II measures it: over the
   * objectives, the sum of the distances between the two neighbours, in parts of the front's
   * extent; infinite at the ends.
   */
  static double[] crowding(double[][] front) {
    double[] distances = new double[front.length];
    if (front.length == 0) {
      return distances;
    }
    for (int k = 0; k < front[0].length; k++) {
      int objective = k;
      double[] losses = new double[front.length];
      Arrays.setAll(losses, i -> plain(front[i][objective]));
      addGaps(losses, distances);
    }
    return distances;
  }

  private static void addGaps(double[] losses, double[] distances) {
    int last = losses.length - 1;
    Integer[] order = new Integer[losses.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> losses[i]));
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (double loss : losses) {
      if (Double.isFinite(loss)) {
        low = Math.min(low, loss);
        high = Math.max(high, loss);
      }
    }
    distances[order[0]] = Double.POSITIVE_INFINITY;
    distances[order[last]] = Double.POSITIVE_INFINITY;
    for (int i = 1; i < last; i++) {
      double before = losses[order[i - 1]];
      double after = losses[order[i + 1]];
      if (before < after) {
        // Halves, since the extent of what is finite may be no double.
        distances[order[i]] += (after / 2 - before / 2) / Math.max(high / 2 - low / 2, 1e-300);
      }
    }
  }

  /**
   * The volume of what the points dominate, up to a reference point. What is not better than the
   * reference in every objective adds nothing; a point at negative infinity makes it infinite.
   *
   * @param reference one finite loss for each objective
   */
  static double hypervolume(double[][] points, double[] reference) {
    double[][] inside =
        Arrays.stream(points).filter(point -> below(point, reference)).toArray(double[][]::new);
    for (double[] point : inside) {
      if (Arrays.stream(point).anyMatch(Double::isInfinite)) {
        return Double.POSITIVE_INFINITY;
      }
    }
    return volume(inside, reference, reference.length);
  }

  /**
   * By how much the hypervolume would shrink without each point; 0 for a point that is dominated,
   * has a twin, or is not better than the reference in every objective.
   *
   * @param points finite
   */
  static double[] contributions(double[][] points, double[] reference) {
    double[] contributions = new double[points.length];
    for (int i = 0; i < points.length; i++) {
      if (below(points[i], reference)) {
        double[][] others = new double[points.length - 1][];
        System.arraycopy(points, 0, others, 0, i);
        System.arraycopy(points, i + 1, others, i, others.length - i);
        double shared =
            volume(limited(others, 0, points[i], reference), reference, reference.length);
        contributions[i] = Math.max(0, box(points[i], reference, reference.length) - shared);
      }
    }
    return contributions;
  }

  /**
   * The volume in the first {@code k} objectives of points inside the reference, as the WFG
   * algorithm (While, Bradstreet, Barone 2012) has it: taken from the worst to the best in the last
   * objective, each adds a slab over what it does not share with those that follow.
   */
  private static double volume(double[][] points, double[] reference, int k) {
    if (k <= 2) {
      return k == 1 ? length(points, reference[0]) : area(points, reference);
    }
    double[][] sorted = undominated(points, k);
    Arrays.sort(sorted, Comparator.comparingDouble((double[] point) -> point[k - 1]).reversed());
    double volume = 0;
    for (int i = 0; i < sorted.length; i++) {
      double shared = volume(limited(sorted, i + 1, sorted[i], reference), reference, k - 1);
      double exclusive = box(sorted[i], reference, k - 1) - shared;
      volume += exclusive * (reference[k - 1] - sorted[i][k - 1]);
    }
    return volume;
  }

  /** One of each that no other dominates in the first {@code k} objectives. A new array. */
  private static double[][] undominated(double[][] points, int k) {
    double[][] kept = new double[points.length][];
    int count = 0;
    for (double[] point : points) {
      int stay = 0;
      boolean needed = true;
      for (int i = 0; i < count && needed; i++) {
        needed = !nowhereWorse(kept[i], point, k);
        if (!needed || !nowhereWorse(point, kept[i], k)) {
          kept[stay++] = kept[i];
        }
      }
      if (needed) {
        kept[stay++] = point;
        count = stay;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  private static double length(double[][] points, double reference) {
    double length = 0;
    for (double[] point : points) {
      length = Math.max(length, reference - point[0]);
    }
    return length;
  }

  private static double area(double[][] points, double[] reference) {
    double[][] sorted = points.clone();
    Arrays.sort(sorted, Pareto::lexicographic);
    double area = 0;
    double floor = reference[1];
    for (double[] point : sorted) {
      if (point[1] < floor) {
        area += (reference[0] - point[0]) * (floor - point[1]);
        floor = point[1];
      }
    }
    return area;
  }

  private static double box(double[] point, double[] reference, int k) {
    double volume = 1;
    for (int i = 0; i < k; i++) {
      volume *= reference[i] - point[i];
    }
    return volume;
  }

  /** What points from {@code first} on share with {@code limit}: a point for each. */
  private static double[][] limited(
      double[][] points, int first, double[] limit, double[] reference) {
    double[][] limited = new double[points.length - first][];
    int count = 0;
    for (int i = first; i < points.length; i++) {
      if (below(points[i], reference)) {
        double[] shared = new double[limit.length];
        for (int k = 0; k < shared.length; k++) {
          shared[k] = Math.max(points[i][k], limit[k]);
        }
        limited[count++] = shared;
      }
    }
    return Arrays.copyOf(limited, count);
  }

  private static boolean below(double[] point, double[] reference) {
    for (int k = 0; k < reference.length; k++) {
      if (!(point[k] < reference[k])) {
        return false;
      }
    }
    return true;
  }

  private static boolean nowhereWorse(double[] a, double[] b, int k) {
    for (int i = 0; i < k; i++) {
      if (a[i] > b[i]) {
        return false;
      }
    }
    return true;
  }

  private static int lexicographic(double[] a, double[] b) {
    for (int k = 0; k < a.length; k++) {
      if (a[k] != b[k]) {
        return a[k] < b[k] ? -1 : 1;
      }
    }
    return 0;
  }

  private static Integer[] order(double[][] points, Comparator<double[]> comparator) {
    Integer[] order = new Integer[points.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> comparator.compare(points[a], points[b]));
    return order;
  }

  private static double[] plain(double[] point) {
    double[] plain = new double[point.length];
    Arrays.setAll(plain, k -> plain(point[k]));
    return plain;
  }

  /** Also makes the two zeros one. */
  private static double plain(double loss) {
    return Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss + 0.0;
  }

  /**
   * Fronts that are filled in lexicographic order, without repeats, so that nobody dominates those
   * before; a point that a front's members do not dominate is not dominated by later fronts either,
   * and the search for its front is binary (ENS-BS, Zhang et al. 2015). With two objectives the
   * last member of a front is the lowest in the second one, and stands for all.
   */
  private static final class Fronts {
    private final double[][] points;
    private final int[] last;
    private final int[] previous;
    private int count;

    Fronts(double[][] points) {
      this.points = points;
      this.last = new int[points.length];
      this.previous = new int[points.length];
    }

    /** Returns the front that takes it. */
    int add(int point) {
      int from = 0;
      int to = count;
      while (from < to) {
        int middle = (from + to) >>> 1;
        if (dominates(middle, points[point])) {
          from = middle + 1;
        } else {
          to = middle;
        }
      }
      previous[point] = from == count ? -1 : last[from];
      last[from] = point;
      count = Math.max(count, from + 1);
      return from;
    }

    private boolean dominates(int front, double[] point) {
      for (int member = last[front]; member >= 0; member = previous[member]) {
        if (nowhereWorse(points[member], point, point.length)) {
          return true;
        }
        if (point.length <= 2) {
          return false;
        }
      }
      return false;
    }
  }
}
