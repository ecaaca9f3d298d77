package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.engine.space.Parameter;
import java.util.Arrays;
import java.util.List;

/** The parameters of a history's rows as places on their axes; NaN where one took no part. */
final class Places {
  private final Axis[] axes;
  private final double[][] columns;
  private int rows;

  Places(List<Parameter> parameters) {
    axes = parameters.stream().map(Axis::of).toArray(Axis[]::new);
    columns = new double[axes.length][64];
  }

  /** Takes in the rows that are new since the last time. */
  void read(History history) {
    int size = history.size();
    for (int p = 0; p < columns.length; p++) {
      if (size > columns[p].length) {
        columns[p] = Arrays.copyOf(columns[p], Math.max(size, 2 * columns[p].length));
      }
      double[] values = history.column(p);
      for (int row = rows; row < size; row++) {
        columns[p][row] = axes[p].place(values[row]);
      }
    }
    rows = size;
  }

  int parameters() {
    return axes.length;
  }

  Axis axis(int parameter) {
    return axes[parameter];
  }

  double at(int row, int parameter) {
    return columns[parameter][row];
  }

  /** All rows of a parameter, and unused room behind them. Not to be changed or kept. */
  double[] column(int parameter) {
    return columns[parameter];
  }
}
