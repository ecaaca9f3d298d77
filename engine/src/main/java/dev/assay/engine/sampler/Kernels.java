package dev.assay.engine.sampler;

import java.util.Arrays;

/**
 * The kernels around a set of rows, in some of the parameters: on each axis a bell curve around the
 * row's place, as wide as the farther of its two neighbours is away, or on a categorical axis the
 * row's choice with a little of all others. Kept up to date as rows come and go: the kernels follow
 * from the rows alone, not from the order in which they came.
 *
 * <p>Bandwidths are those of Optuna's Parzen estimator, joint or not: of the lowest and the highest
 * row the ends of the range count as neighbours only where {@link TpeSettings#endpoints} says so;
 * no bandwidth is above the range, nor, with {@link TpeSettings#magicClip}, below a part of it that
 * shrinks to a hundredth as rows come in.
 */
final class Kernels {
  private static final double NARROWEST = 1e-12;
  private static final double MOST_PARTS = 100;
  private static final int BULK = 32;

  private final Places places;
  private final int[] parameters;
  private final TpeSettings settings;
  private final double parts;
  private final SortedRows[] sorted;
  private final double[][] means;
  private final double[][] halves;
  private final double[][] logMasses;
  private double[] constants = new double[16];
  private int[] rows = new int[16];
  private int size;

  /**
   * No kernels yet.
   *
   * @param parts into how many parts a range is divided for each row, one of them being the least
   *     bandwidth of the magic clip; Optuna has 1
   */
  Kernels(Places places, int[] parameters, TpeSettings settings, double parts) {
    this.places = places;
    this.parts = parts;
    this.parameters = parameters;
    this.settings = settings;
    int axes = parameters.length;
    sorted = new SortedRows[axes];
    Arrays.setAll(sorted, i -> new SortedRows());
    means = new double[axes][16];
    halves = new double[axes][16];
    logMasses = new double[axes][16];
  }

  int size() {
    return size;
  }

  int axes() {
    return parameters.length;
  }

  Axis axis(int axis) {
    return places.axis(parameters[axis]);
  }

  /** Where the kernels are on an axis, in the order of their rows. Not to be changed or kept. */
  double[] means(int axis) {
    return means[axis];
  }

  /** One over twice the square of their scales. Not to be changed or kept. */
  double[] halves(int axis) {
    return halves[axis];
  }

  /** The logarithm of what makes each kernel one in all. Not to be changed or kept. */
  double[] constants() {
    return constants;
  }

  /** Whether a row has a place on each of the axes. */
  boolean takes(int row) {
    for (int parameter : parameters) {
      double place = places.at(row, parameter);
      if (Double.isNaN(place)) {
        return false;
      }
    }
    return true;
  }

  /** Adds and removes rows; those that lack a parameter are passed over. */
  void change(int[] added, int adds, int[] removed, int removes) {
    boolean bulk = adds + removes > BULK + size / 8;
    // While the least bandwidth depends on the number of rows, each change concerns all of them.
    boolean all = bulk || (settings.magicClip() && parts * (size - removes + 2) < MOST_PARTS);
    for (int i = 0; i < removes; i++) {
      int slot = Arrays.binarySearch(rows, 0, size, removed[i]);
      if (slot >= 0) {
        remove(slot, bulk, all);
      }
    }
    for (int i = 0; i < adds; i++) {
      if (takes(added[i])) {
        add(added[i], bulk, all);
      }
    }
    if (bulk) {
      sortAll();
    }
    if (all) {
      shapeAll();
    }
  }

  private void add(int row, boolean bulk, boolean all) {
    int slot = -1 - Arrays.binarySearch(rows, 0, size, row);
    if (size == rows.length) {
      grow();
    }
    int behind = size++ - slot;
    System.arraycopy(rows, slot, rows, slot + 1, behind);
    System.arraycopy(constants, slot, constants, slot + 1, behind);
    rows[slot] = row;
    constants[slot] = 0;
    for (int i = 0; i < parameters.length; i++) {
      System.arraycopy(means[i], slot, means[i], slot + 1, behind);
      System.arraycopy(halves[i], slot, halves[i], slot + 1, behind);
      System.arraycopy(logMasses[i], slot, logMasses[i], slot + 1, behind);
      means[i][slot] = places.at(row, parameters[i]);
      logMasses[i][slot] = 0;
    }
    if (!bulk) {
      insertSorted(row, all);
    }
  }

  private void insertSorted(int row, boolean all) {
    for (int i = 0; i < parameters.length; i++) {
      if (axis(i).isCategorical()) {
        continue;
      }
      int position = sorted[i].position(row, places.column(parameters[i]));
      sorted[i].insert(position, row);
      if (!all) {
        shape(i, position - 1, position + 1);
      }
    }
  }

  private void remove(int slot, boolean bulk, boolean all) {
    int row = rows[slot];
    int behind = --size - slot;
    System.arraycopy(rows, slot + 1, rows, slot, behind);
    System.arraycopy(constants, slot + 1, constants, slot, behind);
    for (int i = 0; i < parameters.length; i++) {
      System.arraycopy(means[i], slot + 1, means[i], slot, behind);
      System.arraycopy(halves[i], slot + 1, halves[i], slot, behind);
      System.arraycopy(logMasses[i], slot + 1, logMasses[i], slot, behind);
    }
    for (int i = 0; i < parameters.length && !bulk; i++) {
      if (axis(i).isCategorical()) {
        continue;
      }
      int position = sorted[i].position(row, places.column(parameters[i]));
      sorted[i].remove(position);
      if (!all) {
        shape(i, position - 1, position);
      }
    }
  }

  private void grow() {
    int capacity = 2 * size;
    rows = Arrays.copyOf(rows, capacity);
    constants = Arrays.copyOf(constants, capacity);
    for (int i = 0; i < parameters.length; i++) {
      means[i] = Arrays.copyOf(means[i], capacity);
      halves[i] = Arrays.copyOf(halves[i], capacity);
      logMasses[i] = Arrays.copyOf(logMasses[i], capacity);
    }
  }

  private void sortAll() {
    for (int i = 0; i < parameters.length; i++) {
      if (!axis(i).isCategorical()) {
        sorted[i].fill(rows, size, places.column(parameters[i]));
      }
    }
  }

  private void shapeAll() {
    for (int i = 0; i < parameters.length; i++) {
      if (!axis(i).isCategorical()) {
        shape(i, 0, size - 1);
      }
    }
  }

  /** The least bandwidth for as many rows as there are. */
  private double narrowest() {
    return settings.magicClip() ? 1 / Math.min(MOST_PARTS, parts * (size + 2)) : NARROWEST;
  }

  /** Works out the bell curves from one position on an axis to another, both included. */
  private void shape(int i, int from, int to) {
    SortedRows order = sorted[i];
    double[] column = places.column(parameters[i]);
    double narrowest = narrowest();
    int last = Math.min(to, order.size() - 1);
    for (int position = Math.max(0, from); position <= last; position++) {
      int row = order.row(position);
      int slot = Arrays.binarySearch(rows, 0, size, row);
      double mean = column[row];
      double gap = gap(order, position, column);
      double bandwidth = Math.min(1, Math.max(narrowest, gap));
      double scale = Bell.scale(axis(i), mean, bandwidth);
      halves[i][slot] = 0.5 / (scale * scale);
      logMasses[i][slot] = Math.log(Bell.mass(axis(i), mean, scale));
      double constant = 0;
      for (double[] masses : logMasses) {
        constant -= masses[slot];
      }
      constants[slot] = constant;
    }
  }

  /** How far the farther neighbour is away. */
  private double gap(SortedRows order, int position, double[] column) {
    int last = order.size() - 1;
    double mean = column[order.row(position)];
    boolean ends = settings.endpoints() || last == 0;
    double toLeft = position > 0 ? mean - column[order.row(position - 1)] : ends ? mean : 0;
    double toRight = position < last ? column[order.row(position + 1)] - mean : ends ? 1 - mean : 0;
    return Math.max(toLeft, toRight);
  }
}
