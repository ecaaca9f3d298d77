package dev.assay.engine.history;

import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import dev.assay.storage.TrialState;
import java.util.Arrays;
import java.util.List;

/**
 * What samplers know of a study: its trials in columns of primitives, one row a trial, in the order
 * in which they became known. A row begins as running and changes once, when its trial ends; after
 * that it stays as it is. Rows are never taken out, so that a sampler may remember what it has made
 * of the first {@code n} that {@linkplain #finished() ended}.
 *
 * <p>Losses are the objectives' values turned so that less is better. Not safe to share between
 * threads.
 */
public final class History {
  private static final int FIRST_CAPACITY = 64;

  private final SearchSpace space;
  private final List<Direction> directions;
  private final double[][] parameters;
  private final double[][] losses;
  private long[] numbers = new long[FIRST_CAPACITY];
  private TrialState[] states = new TrialState[FIRST_CAPACITY];
  private double[] violations = new double[FIRST_CAPACITY];
  private long[] lastSteps = new long[FIRST_CAPACITY];
  private double[] lastReports = new double[FIRST_CAPACITY];
  private int[] ended = new int[FIRST_CAPACITY];
  private int size;
  private int finished;

  /** A history without trials. */
  public History(SearchSpace space, List<Direction> directions) {
    this.space = space;
    this.directions = List.copyOf(directions);
    this.parameters = new double[space.parameters().size()][FIRST_CAPACITY];
    this.losses = new double[directions.size()][FIRST_CAPACITY];
  }

  /** The space of which its parameters are. */
  public SearchSpace space() {
    return space;
  }

  /** One for each objective. */
  public List<Direction> directions() {
    return directions;
  }

  /** How many objectives the study has. */
  public int objectives() {
    return losses.length;
  }

  /** How many rows there are. */
  public int size() {
    return size;
  }

  /** How many trials have ended, in whatever way. */
  public int finished() {
    return finished;
  }

  /**
   * The row of a trial by the order in which they ended.
   *
   * @param place from 0 to below {@link #finished()}
   */
  public int finished(int place) {
    if (place >= finished) {
      throw new IndexOutOfBoundsException("place %d of %d".formatted(place, finished));
    }
    return ended[place];
  }

  /** The trial's number in its study; below 0 for one of an earlier study. */
  public long number(int row) {
    return numbers[row];
  }

  /** RUNNING, COMPLETE, PRUNED or FAIL. */
  public TrialState state(int row) {
    return states[row];
  }

  /**
   * The number of a parameter's value; NaN where the parameter took no part, or where the value is
   * none of the space's.
   *
   * @param parameter its place in {@link SearchSpace#parameters()}
   */
  public double parameter(int row, int parameter) {
    return parameters[parameter][row];
  }

  /** All rows of {@link #parameter}, and unused room behind them. Not to be changed or kept. */
  public double[] column(int parameter) {
    return parameters[parameter];
  }

  /** The objective's loss; NaN for a trial without one. */
  public double loss(int row, int objective) {
    return losses[objective][row];
  }

  /** All rows of {@link #loss}, and unused room behind them. Not to be changed or kept. */
  public double[] losses(int objective) {
    return losses[objective];
  }

  /** By how much the trial's constraints are violated in all, at least 0; NaN where unknown. */
  public double violation(int row) {
    return violations[row];
  }

  /** The last step that the trial has reported; meaningless where it has reported none. */
  public long lastStep(int row) {
    return lastSteps[row];
  }

  /** What it reported there, as a loss of the first objective; NaN where it has reported none. */
  public double lastReport(int row) {
    return lastReports[row];
  }

  /**
   * How a trial ended.
   *
   * @param values one for each objective, as the objective gave them; empty for none
   * @param violation by how much its constraints are violated in all; NaN where unknown
   * @param lastStep the last step that it reported
   * @param lastReport the value there, as the objective gave it; NaN where there is none
   */
  public record End(
      TrialState state, List<Double> values, double violation, long lastStep, double lastReport) {
    public End {
      values = List.copyOf(values);
    }

    /** An end without constraints and reports. */
    public static End of(TrialState state, double... values) {
      return new End(state, Arrays.stream(values).boxed().toList(), Double.NaN, 0, Double.NaN);
    }
  }

  /**
   * Adds a trial that runs.
   *
   * @param values as {@link SearchSpace#values} gives them
   * @return its row
   */
  public int begin(long number, double[] values) {
    if (size == numbers.length) {
      grow();
    }
    int row = size++;
    numbers[row] = number;
    states[row] = TrialState.RUNNING;
    violations[row] = Double.NaN;
    lastReports[row] = Double.NaN;
    for (int p = 0; p < parameters.length; p++) {
      parameters[p][row] = values[p];
    }
    for (double[] loss : losses) {
      loss[row] = Double.NaN;
    }
    return row;
  }

  /** Ends the trial of a row that runs. */
  public void finish(int row, End end) {
    if (states[row] != TrialState.RUNNING || !end.state().isFinished()) {
      throw new IllegalStateException(
          "trial %d cannot go from %s to %s".formatted(numbers[row], states[row], end.state()));
    }
    states[row] = end.state();
    violations[row] = end.violation();
    lastSteps[row] = end.lastStep();
    lastReports[row] = turned(end.lastReport(), 0);
    if (end.values().size() == losses.length) {
      for (int i = 0; i < losses.length; i++) {
        losses[i][row] = turned(end.values().get(i), i);
      }
    }
    if (finished == ended.length) {
      ended = Arrays.copyOf(ended, 2 * finished);
    }
    ended[finished++] = row;
  }

  private double turned(double value, int objective) {
    return directions.get(objective) == Direction.MAXIMIZE ? -value : value;
  }

  private void grow() {
    int capacity = 2 * size;
    numbers = Arrays.copyOf(numbers, capacity);
    states = Arrays.copyOf(states, capacity);
    violations = Arrays.copyOf(violations, capacity);
    lastSteps = Arrays.copyOf(lastSteps, capacity);
    lastReports = Arrays.copyOf(lastReports, capacity);
    for (int p = 0; p < parameters.length; p++) {
      parameters[p] = Arrays.copyOf(parameters[p], capacity);
    }
    for (int i = 0; i < losses.length; i++) {
      losses[i] = Arrays.copyOf(losses[i], capacity);
    }
  }
}
