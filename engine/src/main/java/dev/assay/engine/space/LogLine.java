package dev.assay.engine.space;

/**
 * The logarithmic scale between two numbers. In terms of their ratio where that is finite, which
 * keeps the last digits of narrow ranges; else by the logarithms themselves. In StrictMath, since a
 * seed has to mean the same on every machine.
 *
 * @param width the logarithm of the ratio
 * @param logLow the logarithm of the lower number
 * @param byRatio whether the ratio is finite
 */
record LogLine(double low, double width, double logLow, boolean byRatio) {
  static LogLine between(double low, double high) {
    double excess = (high - low) / low;
    boolean byRatio = excess < 1e300;
    double logLow = StrictMath.log(low);
    double width = byRatio ? StrictMath.log1p(excess) : StrictMath.log(high) - logLow;
    return new LogLine(low, width, logLow, byRatio);
  }

  /** The number that lies at {@code unit} of the way. */
  double at(double unit) {
    return byRatio
        ? low + low * StrictMath.expm1(unit * width)
        : StrictMath.exp(logLow + width * unit);
  }

  /** How far on the way a number lies. */
  double unit(double number) {
    double along =
        byRatio ? StrictMath.log1p((number - low) / low) : StrictMath.log(number) - logLow;
    return along / width;
  }
}
