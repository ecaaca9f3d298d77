package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * The lower triangular factor of a symmetric positive definite matrix that grows by rows. It is
 * kept by columns and by rows, so that solving forwards and backwards both run along contiguous
 * memory, four columns or rows at a time. Not safe to share between threads.
 */
final class CholeskyFactor {
  private static final double LEAST_PIVOT = 1e-9;

  private int capacity;
  private int size;
  private double[] columns;
  private double[] rows;

  CholeskyFactor(int capacity) {
    this.capacity = capacity;
    this.columns = new double[capacity * capacity];
    this.rows = new double[capacity * capacity];
  }

  int size() {
    return size;
  }

  /** Forgets the rows from {@code to} on. */
  void truncate(int to) {
    size = to;
  }

  /**
   * Factors a whole matrix in place of what is there.
   *
   * @param matrix its columns from the diagonal on: element (i, j) with i ≥ j at j n + i
   */
  void factor(double[] matrix, int n) {
    size = 0;
    reserve(n);
    for (int j = 0; j < n; j++) {
      int at = j * capacity;
      System.arraycopy(matrix, j * n + j, columns, at + j, n - j);
      int k = 0;
      for (; k + 4 <= j; k += 4) {
        subtractFour(columns, k * capacity, capacity, columns, at, j, n, rows, at + k);
      }
      for (; k < j; k++) {
        subtractOne(columns, k * capacity, columns, at, j, n, rows[at + k]);
      }
      double pivot = Math.sqrt(Math.max(columns[at + j], LEAST_PIVOT));
      columns[at + j] = pivot;
      for (int i = j + 1; i < n; i++) {
        columns[at + i] /= pivot;
      }
      for (int i = j; i < n; i++) {
        rows[i * capacity + j] = columns[at + i];
      }
    }
    size = n;
  }

  /**
   * Adds a row and column of the matrix.
   *
   * @param row its elements left of the diagonal; overwritten
   */
  void extend(double[] row, double diagonal) {
    int n = size;
    reserve(n + 1);
    solveForward(row);
    double left = diagonal;
    for (int i = 0; i < n; i++) {
      left -= row[i] * row[i];
      columns[i * capacity + n] = row[i];
    }
    System.arraycopy(row, 0, rows, n * capacity, n);
    double pivot = Math.sqrt(Math.max(left, LEAST_PIVOT));
    rows[n * capacity + n] = pivot;
    columns[n * capacity + n] = pivot;
    size = n + 1;
  }

  private void reserve(int needed) {
    if (needed <= capacity) {
      return;
    }
    int wider = Math.max(needed, capacity + capacity / 2);
    double[] newColumns = new double[wider * wider];
    double[] newRows = new double[wider * wider];
    for (int j = 0; j < size; j++) {
      System.arraycopy(columns, j * capacity, newColumns, j * wider, size);
      System.arraycopy(rows, j * capacity, newRows, j * wider, size);
    }
    columns = newColumns;
    rows = newRows;
    capacity = wider;
  }

  /** Twice the sum of the logarithms of the diagonal. */
  double logDeterminant() {
    double sum = 0;
    for (int i = 0; i < size; i++) {
      sum += Math.log(columns[i * capacity + i]);
    }
    return 2 * sum;
  }

  /** Puts L⁻¹ v in place of v. */
  void solveForward(double[] v) {
    solveForward(v, 0);
  }

  /** The same for a v that is 0 before {@code from}. */
  private void solveForward(double[] v, int from) {
    int j = from;
    for (; j + 4 <= size; j += 4) {
      solveForwardFour(v, j);
    }
    for (; j < size; j++) {
      solveForwardOne(v, j);
    }
  }

  /** Puts L⁻¹ v in place of each of the first {@code count}. */
  void solveForward(double[][] vs, int count) {
    int j = 0;
    for (; j + 4 <= size; j += 4) {
      for (int c = 0; c < count; c++) {
        solveForwardFour(vs[c], j);
      }
    }
    for (; j < size; j++) {
      for (int c = 0; c < count; c++) {
        solveForwardOne(vs[c], j);
      }
    }
  }

  private void solveForwardFour(double[] v, int j) {
    for (int k = j; k < j + 4; k++) {
      v[k] /= columns[k * capacity + k];
      for (int i = k + 1; i < j + 4; i++) {
        v[i] -= v[k] * columns[k * capacity + i];
      }
    }
    subtractFour(columns, j * capacity, capacity, v, 0, j + 4, size, v, j);
  }

  private void solveForwardOne(double[] v, int j) {
    v[j] /= columns[j * capacity + j];
    subtractOne(columns, j * capacity, v, 0, j + 1, size, v[j]);
  }

  /** Puts L⁻ᵀ v in place of v. */
  void solveBackward(double[] v) {
    solveBackward(v, 0);
  }

  /** The same for the elements from {@code to} on alone. */
  private void solveBackward(double[] v, int to) {
    int i = size;
    for (; i - 4 >= to; i -= 4) {
      solveBackwardFour(v, i - 4, to);
    }
    for (i--; i >= to; i--) {
      solveBackwardOne(v, i, to);
    }
  }

  /** Puts L⁻ᵀ v in place of each of the first {@code count}. */
  void solveBackward(double[][] vs, int count) {
    int i = size;
    for (; i - 4 >= 0; i -= 4) {
      for (int c = 0; c < count; c++) {
        solveBackwardFour(vs[c], i - 4, 0);
      }
    }
    for (i--; i >= 0; i--) {
      for (int c = 0; c < count; c++) {
        solveBackwardOne(vs[c], i, 0);
      }
    }
  }

  private void solveBackwardFour(double[] v, int i, int to) {
    for (int k = i + 3; k >= i; k--) {
      v[k] /= rows[k * capacity + k];
      for (int j = i; j < k; j++) {
        v[j] -= v[k] * rows[k * capacity + j];
      }
    }
    subtractFour(rows, i * capacity, capacity, v, 0, to, i, v, i);
  }

  private void solveBackwardOne(double[] v, int i, int to) {
    v[i] /= rows[i * capacity + i];
    subtractOne(rows, i * capacity, v, 0, to, i, v[i]);
  }

  /**
   * The lower triangle of the matrix's inverse.
   *
   * @param inverse element (i, j) with i ≥ j ends at j n + i; what is above the diagonal is
   *     undefined
   */
  void invert(double[] inverse) {
    double[] v = new double[size];
    for (int j = 0; j < size; j++) {
      Arrays.fill(v, 0);
      v[j] = 1;
      solveForward(v, j);
      solveBackward(v, j);
      System.arraycopy(v, j, inverse, j * size + j, size - j);
    }
  }

  /** y[i] -= Σ f[k] a[k][i] for four neighbouring columns a and i from {@code from} to below. */
  private static void subtractFour(
      double[] a, int first, int stride, double[] y, int at, int from, int to, double[] f, int fk) {
    double f0 = f[fk];
    double f1 = f[fk + 1];
    double f2 = f[fk + 2];
    double f3 = f[fk + 3];
    int second = first + stride;
    int third = second + stride;
    int fourth = third + stride;
    for (int i = from; i < to; i++) {
      y[at + i] -= f0 * a[first + i] + f1 * a[second + i] + f2 * a[third + i] + f3 * a[fourth + i];
    }
  }

  private static void subtractOne(
      double[] a, int first, double[] y, int at, int from, int to, double factor) {
    for (int i = from; i < to; i++) {
      y[at + i] -= factor * a[first + i];
    }
  }
}
