package dev.assay.engine.space;

import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;

/**
 * The line on which the values of a parameter lie.
 *
 * @param low the lowest value
 * @param high the highest value
 * @param step the distance between neighbours; 0 where there is a value at every place
 * @param log whether the line is logarithmic
 */
record Scale(double low, double high, double step, boolean log) {
  static Scale of(Distribution distribution) {
    if (distribution instanceof FloatDistribution floats) {
      double step = floats.step() == null ? 0 : floats.step();
      return new Scale(floats.low(), floats.high(), step, floats.log());
    }
    if (distribution instanceof IntDistribution ints) {
      return new Scale(ints.low(), ints.high(), ints.step(), ints.log());
    }
    int choices = ((CategoricalDistribution) distribution).choices().size();
    return new Scale(0, choices - 1.0, 1, false);
  }

  double count() {
    if (low == high) {
      return 1;
    }
    return step == 0 ? Double.POSITIVE_INFINITY : Math.rint((high - low) / step) + 1;
  }

  /** A place on the line, not yet one of the values where those are some distance apart. */
  double fromUnit(double unit) {
    if (low == high) {
      return low;
    }
    if (step > 0 && !log) {
      return Math.min(high, low + step * Math.floor(unit * count()));
    }
    double from = low - step / 2;
    double to = high + step / 2;
    double place =
        log
            ? Math.exp(Math.log(from) * (1 - unit) + Math.log(to) * unit)
            : from * (1 - unit) + to * unit;
    return Math.min(high, Math.max(low, place));
  }

  double toUnit(double value) {
    if (low == high) {
      return 0.5;
    }
    double from = low - step / 2;
    double to = high + step / 2;
    double unit =
        log
            ? (Math.log(value) - Math.log(from)) / (Math.log(to) - Math.log(from))
            : (value / 2 - from / 2) / (to / 2 - from / 2);
    return Math.min(1, Math.max(0, unit));
  }
}
