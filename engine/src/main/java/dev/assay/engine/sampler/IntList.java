package dev.assay.engine.sampler;

import java.util.Arrays;

/** A list of ints that grows. */
final class IntList {
  private int[] values = new int[4];
  private int size;

  void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  /** The values, and unused room behind them. Not to be kept. */
  int[] values() {
    return values;
  }
}
