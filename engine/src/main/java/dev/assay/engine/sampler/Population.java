package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.engine.space.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The parents of a generation, each with its rank and the room around it. Immutable. */
final class Population {
  private final int[] rows;
  private final int[] ranks;
  private final double[] crowding;
  private final double[][] values;
  private final double[][] units;

  private Population(
      int[] rows, int[] ranks, double[] crowding, double[][] values, double[][] units) {
    this.rows = rows;
    this.ranks = ranks;
    this.crowding = crowding;
    this.values = values;
    this.units = units;
  }

  /**
   * The elite: the best by rank, and of the last rank that fits in part those with the most room
   * around them.
   *
   * @param rows of trials that have values
   */
  static Population elite(History history, int[] rows, int size) {
    double[][] losses = new double[rows.length][history.objectives()];
    double[] violations = new double[rows.length];
    for (int i = 0; i < rows.length; i++) {
      violations[i] = history.violation(rows[i]);
      for (int k = 0; k < losses[i].length; k++) {
        losses[i][k] = history.loss(rows[i], k);
      }
    }
    int[] ranks = Pareto.ranks(losses, violations);
    double[] crowding = crowding(losses, ranks);
    int[] best =
        IntStream.range(0, rows.length)
            .boxed()
            .sorted(
                (a, b) ->
                    ranks[a] != ranks[b]
                        ? Integer.compare(ranks[a], ranks[b])
                        : Double.compare(crowding[b], crowding[a]))
            .limit(size)
            .mapToInt(i -> i)
            .toArray();
    return of(history, best, rows, ranks, crowding);
  }

  private static double[] crowding(double[][] losses, int[] ranks) {
    double[] crowding = new double[ranks.length];
    int last = Arrays.stream(ranks).max().orElse(-1);
    for (int rank = 0; rank <= last; rank++) {
      int current = rank;
      int[] front = IntStream.range(0, ranks.length).filter(i -> ranks[i] == current).toArray();
      double[][] points = new double[front.length][];
      Arrays.setAll(points, i -> losses[front[i]]);
      double[] room = Pareto.crowding(points);
      for (int i = 0; i < front.length; i++) {
        crowding[front[i]] = room[i];
      }
    }
    return crowding;
  }

  private static Population of(
      History history, int[] best, int[] rows, int[] ranks, double[] crowding) {
    List<Parameter> parameters = history.space().parameters();
    double[][] values = new double[best.length][parameters.size()];
    double[][] units = new double[best.length][parameters.size()];
    for (int i = 0; i < best.length; i++) {
      for (int p = 0; p < parameters.size(); p++) {
        Parameter parameter = parameters.get(p);
        double value = history.parameter(rows[best[i]], p);
        values[i][p] = value;
        units[i][p] = parameter.isCategorical() ? Double.NaN : parameter.toUnit(value);
      }
    }
    return new Population(
        Arrays.stream(best).map(i -> rows[i]).toArray(),
        Arrays.stream(best).map(i -> ranks[i]).toArray(),
        Arrays.stream(best).mapToDouble(i -> crowding[i]).toArray(),
        values,
        units);
  }

  /** Their rows in the history, best first. */
  int[] rows() {
    return rows;
  }

  /** The numbers of all parameters of one of them, NaN for one that took no part. */
  double[] values(int parent) {
    return values[parent];
  }

  /** The same as places between 0 and 1; NaN for choices too. */
  double[] units(int parent) {
    return units[parent];
  }

  int size() {
    return rows.length;
  }

  /** Whether parent {@code a} is to be preferred. */
  boolean better(int a, int b) {
    return ranks[a] != ranks[b] ? ranks[a] < ranks[b] : crowding[a] > crowding[b];
  }
}
