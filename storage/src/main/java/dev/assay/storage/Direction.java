package dev.assay.storage;

/** Which end of an objective's range is the better one. */
public enum Direction {
  MINIMIZE,
  MAXIMIZE;

  /** Whether {@code value} is strictly better than {@code other}; NaN is never better. */
  public boolean isBetter(double value, double other) {
    return this == MINIMIZE ? value < other : value > other;
  }
}
