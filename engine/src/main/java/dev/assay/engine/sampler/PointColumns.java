package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * Points in columns, one a dimension, that distances are measured from. Along a dimension of
 * choices two points are 0 or 1 apart. Rows are added and the last ones taken out again.
 */
final class PointColumns {
  private final boolean[] choices;
  private final double[][] columns;
  private int size;

  /**
   * @param choices for each dimension whether its values have no order
   */
  PointColumns(boolean[] choices, int capacity) {
    this.choices = choices;
    this.columns = new double[choices.length][Math.max(1, capacity)];
  }

  int size() {
    return size;
  }

  int dimensions() {
    return columns.length;
  }

  double[] column(int dimension) {
    return columns[dimension];
  }

  void add(double[] point) {
    if (size == columns[0].length) {
      for (int d = 0; d < columns.length; d++) {
        columns[d] = Arrays.copyOf(columns[d], 2 * size);
      }
    }
    for (int d = 0; d < columns.length; d++) {
      columns[d][size] = point[d];
    }
    size++;
  }

  void truncate(int to) {
    size = to;
  }

  /** The point of a row, written to {@code point}. */
  void row(int row, double[] point) {
    for (int d = 0; d < columns.length; d++) {
      point[d] = columns[d][row];
    }
  }

  /** s[i] = the squared distance of row i from {@code point}, for rows up to {@code to}. */
  void distances(double[] point, double[] weights, double[] s, int from, int to) {
    Arrays.fill(s, from, to, 0);
    for (int d = 0; d < columns.length; d++) {
      addSquares(d, point[d], weights[d], s, from, to);
    }
  }

  private void addSquares(
      int dimension, double place, double weight, double[] s, int from, int to) {
    double[] column = columns[dimension];
    if (choices[dimension]) {
      for (int i = from; i < to; i++) {
        s[i] += weight * Math.min(1, Math.abs(column[i] - place));
      }
    } else {
      for (int i = from; i < to; i++) {
        double apart = column[i] - place;
        s[i] += weight * apart * apart;
      }
    }
  }

  /** Σ of f[i] times the squared distance of row i from row {@code at} in one dimension. */
  double weighted(int dimension, int at, double[] f, int from) {
    double[] column = columns[dimension];
    double place = column[at];
    double even = 0;
    double odd = 0;
    if (choices[dimension]) {
      for (int i = from; i < size; i++) {
        even += f[i] * Math.min(1, Math.abs(column[i] - place));
      }
      return even;
    }
    int i = from;
    for (; i + 2 <= size; i += 2) {
      double a = column[i] - place;
      double b = column[i + 1] - place;
      even += f[i] * a * a;
      odd += f[i + 1] * b * b;
    }
    if (i < size) {
      double a = column[i] - place;
      even += f[i] * a * a;
    }
    return even + odd;
  }

  boolean isChoice(int dimension) {
    return choices[dimension];
  }
}
