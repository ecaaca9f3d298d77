package dev.assay.engine.sampler;

import java.util.Arrays;

/** Rows in the order of a column's values, equal ones in the order of the rows. */
final class SortedRows {
  private int[] rows = new int[16];
  private int size;

  int size() {
    return size;
  }

  int row(int position) {
    return rows[position];
  }

  /** Where {@code row} is, or belongs if it is not there. */
  int position(int row, double[] values) {
    int from = 0;
    int to = size;
    while (from < to) {
      int middle = (from + to) >>> 1;
      int other = rows[middle];
      boolean before = values[other] < values[row] || (values[other] == values[row] && other < row);
      if (before) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  void insert(int position, int row) {
    if (size == rows.length) {
      rows = Arrays.copyOf(rows, 2 * size);
    }
    System.arraycopy(rows, position, rows, position + 1, size++ - position);
    rows[position] = row;
  }

  void remove(int position) {
    System.arraycopy(rows, position + 1, rows, position, --size - position);
  }

  /** Starts over with the first {@code count} of {@code ascending} rows. */
  void fill(int[] ascending, int count, double[] values) {
    double[] sorted = new double[count];
    for (int i = 0; i < count; i++) {
      sorted[i] = values[ascending[i]];
    }
    Arrays.sort(sorted);
    if (count > rows.length) {
      rows = new int[count + count / 2];
    }
    size = count;
    int[] taken = new int[count];
    for (int i = 0; i < count; i++) {
      int first = first(sorted, values[ascending[i]]);
      rows[first + taken[first]++] = ascending[i];
    }
  }

  private static int first(double[] sorted, double value) {
    int from = 0;
    int to = sorted.length;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (sorted[middle] < value) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }
}
