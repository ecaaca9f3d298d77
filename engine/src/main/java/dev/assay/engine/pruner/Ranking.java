package dev.assay.engine.pruner;

import java.util.Arrays;

/** Numbers that can be asked for by rank. Not safe to share between threads. */
final class Ranking {
  private double[] values = new double[4];
  private int size;
  private int sorted;
  private long missing;

  /** Adds a number; NaN is counted, but has no rank. */
  void add(double value) {
    if (Double.isNaN(value)) {
      missing++;
      return;
    }
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  /** How many were added, NaN included. */
  long count() {
    return size + missing;
  }

  /** How many there are without those that are NaN. */
  int size() {
    return size;
  }

  /** The number at a rank from 0 to below {@link #size()}, in ascending order. */
  double at(int rank) {
    sort();
    return values[rank];
  }

  /** Puts one number where it belongs, and sorts when there are more. */
  private void sort() {
    if (size - sorted == 1) {
      double value = values[sorted];
      int found = Arrays.binarySearch(values, 0, sorted, value);
      int place = found < 0 ? -found - 1 : found;
      System.arraycopy(values, place, values, place + 1, sorted - place);
      values[place] = value;
    } else if (size > sorted) {
      Arrays.sort(values, 0, size);
    }
    sorted = size;
  }

  /**
   * As NumPy has it: linear between the two numbers next to the place.
   *
   * @param percentile from 0 to 100
   * @return NaN where there is no number
   */
  double percentile(double percentile) {
    if (size == 0) {
      return Double.NaN;
    }
    double place = (size - 1) * (percentile / 100);
    int below = (int) Math.floor(place);
    double share = place - below;
    double low = at(below);
    double high = at(Math.min(below + 1, size - 1));
    double width = high - low;
    return share < 0.5 ? low + width * share : high - width * (1 - share);
  }
}
