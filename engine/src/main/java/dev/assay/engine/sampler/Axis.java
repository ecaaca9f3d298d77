package dev.assay.engine.sampler;

import dev.assay.engine.space.Parameter;
import java.util.Arrays;

/**
 * A parameter on the unit interval, as Parzen kernels see it: a float by its place in the range,
 * logarithmic where the parameter is, one of several values by the middle of its cell, and one of a
 * list of choices by its index. Immutable.
 *
 * <p>Cells wider than {@value #COARSE} are kept one by one. They come first, since cells have equal
 * widths or, on a logarithmic scale, shrink; what lies behind them counts as continuous.
 */
final class Axis {
  private static final double COARSE = 0.004;
  private static final int MOST_CELLS = 1024;

  private final Parameter parameter;
  private final boolean categorical;
  private final double from;
  private final double logarithms;
  private final double width;
  private final double[] centers;
  private final double[] widths;
  private final double edge;

  private Axis(Parameter parameter) {
    this.parameter = parameter;
    this.categorical = parameter.isCategorical();
    double step = parameter.step();
    boolean stepped = !categorical && step > 0;
    this.from = parameter.low() - step / 2;
    this.logarithms =
        stepped && parameter.isLog()
            ? Math.log(parameter.high() + step / 2) - Math.log(from)
            : Double.NaN;
    this.width = stepped ? 1 / parameter.count() : 0;
    double[] left = stepped ? coarseEdges() : new double[1];
    int cells = left.length - 1;
    this.centers = new double[cells];
    this.widths = new double[cells];
    for (int i = 0; i < cells; i++) {
      widths[i] = left[i + 1] - left[i];
      centers[i] = unit(parameter.low() + i * step);
    }
    this.edge = cells == parameter.count() ? 1 : left[cells];
  }

  static Axis of(Parameter parameter) {
    return new Axis(parameter);
  }

  /** Where the coarse cells begin, and where the last of them ends. */
  private double[] coarseEdges() {
    double[] edges = new double[MOST_CELLS];
    int cells = 0;
    while (cells < parameter.count() && cells + 1 < MOST_CELLS) {
      double right = right(cells);
      if (!(right - edges[cells] > COARSE)) {
        break;
      }
      edges[++cells] = right;
    }
    return Arrays.copyOf(edges, cells + 1);
  }

  private double right(int cell) {
    double cells = cell + 1.0;
    return isLogarithmic()
        ? Math.log1p(cells * parameter.step() / from) / logarithms
        : cells * width;
  }

  private boolean isLogarithmic() {
    return !Double.isNaN(logarithms);
  }

  /** Whether it can take one value alone, so that there is nothing to model. */
  boolean isSingle() {
    return parameter.count() == 1;
  }

  boolean isCategorical() {
    return categorical;
  }

  /** How many choices a categorical axis has. */
  int choices() {
    return (int) parameter.count();
  }

  /** The place of a value; NaN for NaN. */
  double place(double value) {
    if (categorical || Double.isNaN(value)) {
      return value;
    }
    return unit(value);
  }

  private double unit(double value) {
    double unit = parameter.toUnit(value);
    return Double.isNaN(unit) ? 0.5 : unit;
  }

  /** The value at a place. */
  double value(double place) {
    return categorical ? place : parameter.fromUnit(place);
  }

  /** How wide the cell around a place is; 0 where the axis is continuous. */
  double width(double place) {
    if (!isLogarithmic()) {
      return width;
    }
    double value = Math.max(parameter.low(), from * Math.exp(place * logarithms));
    return Math.log1p(parameter.step() / (value - parameter.step() / 2)) / logarithms;
  }

  /** The middles of the cells that are kept one by one, ascending. Not to be changed. */
  double[] centers() {
    return centers;
  }

  /** The widths of these cells. Not to be changed. */
  double[] widths() {
    return widths;
  }

  /** Where the last of these cells ends and the continuous rest begins; 1 where there is none. */
  double edge() {
    return edge;
  }
}
