package dev.assay.engine.space;

import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import org.jspecify.annotations.Nullable;

/**
 * The line on which the values of a parameter lie, with half a step on both sides. Immutable.
 *
 * @param low the lowest value
 * @param high the highest value
 * @param step the distance between neighbours; 0 where there is a value at every place
 * @param from where the line begins
 * @param to where it ends
 * @param line null where it is not logarithmic
 */
record Scale(double low, double high, double step, double from, double to, @Nullable LogLine line) {
  static Scale of(Distribution distribution) {
    if (distribution instanceof FloatDistribution floats) {
      double step = floats.step() == null ? 0 : floats.step();
      return of(floats.low(), floats.high(), step, floats.log());
    }
    if (distribution instanceof IntDistribution ints) {
      return of((double) ints.low(), (double) ints.high(), (double) ints.step(), ints.log());
    }
    int choices = ((CategoricalDistribution) distribution).choices().size();
    return of(0, choices - 1.0, 1, false);
  }

  private static Scale of(double low, double high, double step, boolean log) {
    double from = Math.max(-Double.MAX_VALUE, low - step / 2);
    double to = Math.min(Double.MAX_VALUE, high + step / 2);
    return new Scale(low, high, step, from, to, log ? LogLine.between(from, to) : null);
  }

  boolean log() {
    return line != null;
  }

  /** A place on the line, not yet one of the values where those are some distance apart. */
  double fromUnit(double unit) {
    double place = line == null ? from * (1 - unit) + to * unit : line.at(unit);
    if (line == null && step > 0 && to - from < Double.POSITIVE_INFINITY) {
      // Half-open shares: a place between two values belongs to the higher one.
      place = low + step * Math.floor((place - from) / step);
    }
    return Math.min(high, Math.max(low, place));
  }

  double toUnit(double value) {
    if (low == high) {
      return 0.5;
    }
    double unit = line == null ? linear(value) : line.unit(value);
    return Math.min(1, Math.max(0, unit));
  }

  private double linear(double value) {
    double width = to - from;
    return Double.isInfinite(width)
        ? (value / 2 - from / 2) / (to / 2 - from / 2)
        : (value - from) / width;
  }
}
