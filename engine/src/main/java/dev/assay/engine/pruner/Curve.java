package dev.assay.engine.pruner;

import java.util.Arrays;
import java.util.Map;

/**
 * What one trial has reported on its way: a value for each of some steps, in ascending order of the
 * steps. Values may be NaN or infinite. Safe to share between threads.
 */
public final class Curve {
  private static final int FIRST_CAPACITY = 8;

  private final long number;
  private final boolean fromElsewhere;
  private long[] steps = new long[FIRST_CAPACITY];
  private double[] values = new double[FIRST_CAPACITY];
  private int size;
  private double least = Double.NaN;
  private double greatest = Double.NaN;
  private int rungs;

  private Curve(long number, boolean fromElsewhere) {
    this.number = number;
    this.fromElsewhere = fromElsewhere;
  }

  /**
   * The curve of a trial of this process that has reported nothing yet.
   *
   * @param number the trial's number in its study
   */
  public Curve(long number) {
    this(number, false);
  }

  /**
   * The curve of a trial that was evaluated elsewhere: before, or by another process.
   *
   * @param number the trial's number in its study
   * @param reports values by step
   */
  public static Curve of(long number, Map<Long, Double> reports) {
    Curve curve = new Curve(number, true);
    reports.forEach(curve::report);
    return curve;
  }

  /**
   * Takes a value in.
   *
   * @return false where the step has a value already, which stays
   */
  public synchronized boolean report(long step, double value) {
    int place = size;
    if (size > 0 && step <= steps[size - 1]) {
      int found = Arrays.binarySearch(steps, 0, size, step);
      if (found >= 0) {
        return false;
      }
      place = -found - 1;
    }
    if (size == steps.length) {
      steps = Arrays.copyOf(steps, 2 * size);
      values = Arrays.copyOf(values, 2 * size);
    }
    System.arraycopy(steps, place, steps, place + 1, size - place);
    System.arraycopy(values, place, values, place + 1, size - place);
    steps[place] = step;
    values[place] = value;
    size++;
    // Written so that a NaN of before gives way and a new one does not count.
    least = value >= least || Double.isNaN(value) ? least : value;
    greatest = value <= greatest || Double.isNaN(value) ? greatest : value;
    return true;
  }

  /** The trial's number in its study. */
  public long number() {
    return number;
  }

  /** Whether the trial was evaluated before, or by another process. */
  boolean isFromElsewhere() {
    return fromElsewhere;
  }

  /** How many steps have a value. */
  synchronized int size() {
    return size;
  }

  /** The step at a place from 0 to below {@link #size()}, in ascending order. */
  synchronized long step(int place) {
    return steps[place];
  }

  /** The value of the step at that place. */
  synchronized double value(int place) {
    return values[place];
  }

  /** The smallest value; NaN where there is none but NaN. */
  synchronized double least() {
    return least;
  }

  /** The largest value; NaN where there is none but NaN. */
  synchronized double greatest() {
    return greatest;
  }

  /** How many rungs of successive halving the trial has been compared at. */
  synchronized int rungs() {
    return rungs;
  }

  /** The trial has been compared at one more rung. */
  synchronized void climb() {
    rungs++;
  }
}
