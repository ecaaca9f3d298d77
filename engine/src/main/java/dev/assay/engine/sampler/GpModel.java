package dev.assay.engine.sampler;

import dev.assay.engine.history.History;
import dev.assay.engine.sampler.KernelFit.Kernel;
import dev.assay.storage.TrialState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gaussian processes of a study's losses and, where trials are infeasible, of their violations.
 * With several objectives the losses are weighed anew for each proposal.
 *
 * <p>Of many trials {@value #MOST_TRIALS} are looked at; hyperparameters are fitted to {@value
 * #MOST_FITTED}. Trials that run, and the latest {@value #MOST_FAILED} of those that failed, count
 * at the values that are expected of them, so that no more is expected of trying them.
 */
final class GpModel {
  private static final int MOST_TRIALS = 400;
  private static final int MOST_FITTED = 200;
  private static final int MOST_WARPED = 120;
  private static final int MOST_FAILED = 64;
  private static final int EVEN_EACH = 3;
  private static final double INFEASIBLE = 1e6;
  private static final int TOPS = 5;

  private final UnitSpace space;
  private final PointColumns points;
  private final List<LossProcess> losses;
  private final @Nullable GaussianProcess violations;
  private int seen;
  private int[] rows;

  /**
   * A model whose hyperparameters are fitted.
   *
   * @param usable rows of trials with values, in the order in which they ended
   * @param exact whether losses come without noise
   */
  GpModel(History history, int[] usable, boolean exact) {
    this.seen = usable.length;
    this.rows = GpTargets.sample(history, usable, MOST_TRIALS);
    this.space = new UnitSpace(history.space(), partial(history, rows));
    this.points = columns(history, rows);
    int[] few = GpTargets.sample(history, rows, MOST_FITTED);
    PointColumns sample = columns(history, few);
    int capacity = rows.length + usable.length / 10 + 16;
    this.losses = new ArrayList<>();
    for (Warp warp : warps(history, exact)) {
      double[] targets = targets(history, few, warp, GpTargets.even(history.objectives()));
      Kernel kernel = KernelFit.of(sample, targets, exact);
      losses.add(new LossProcess(warp, new GaussianProcess(points, kernel, capacity)));
    }
    this.violations =
        GpTargets.constrained(history, few)
            ? new GaussianProcess(
                points, KernelFit.of(sample, GpTargets.violations(history, few), exact), capacity)
            : null;
  }

  /** A process of the losses under a warp. */
  private record LossProcess(Warp warp, GaussianProcess process) {}

  /** None, and the one under which a process explains the losses best where that is another. */
  private List<Warp> warps(History history, boolean exact) {
    if (history.objectives() > 1) {
      return List.of(Warp.EVEN);
    }
    int[] few = GpTargets.sample(history, rows, MOST_WARPED);
    PointColumns sample = columns(history, few);
    double[] column = GpTargets.column(history, few, 0);
    Warp best = Warp.EVEN;
    double most = Double.NEGATIVE_INFINITY;
    for (Warp candidate : Warp.candidates(column)) {
      double[] warped = column.clone();
      double evidence = candidate.apply(warped);
      evidence += KernelFit.evidence(sample, warped, exact);
      if (evidence > most) {
        most = evidence;
        best = candidate;
      }
    }
    return best.equals(Warp.EVEN) ? List.of(best) : List.of(Warp.EVEN, best);
  }

  private static double[] targets(History history, int[] of, Warp warp, double[] weights) {
    return weights.length == 1
        ? GpTargets.losses(history, of, warp)
        : GpTargets.losses(history, of, weights);
  }

  /** Weights from all that sum to 1, evenly. */
  private static double[] weights(int objectives, RandomGenerator random) {
    double[] weights = new double[objectives];
    double sum = 0;
    for (int i = 0; i < objectives; i++) {
      weights[i] = -Math.log(1 - Draws.unit(random)) + 1e-9;
      sum += weights[i];
    }
    for (int i = 0; i < objectives; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  private static boolean[] partial(History history, int[] rows) {
    boolean[] partial = new boolean[history.space().parameters().size()];
    for (int p = 0; p < partial.length; p++) {
      double[] column = history.column(p);
      for (int row : rows) {
        partial[p] |= Double.isNaN(column[row]);
      }
    }
    return partial;
  }

  private PointColumns columns(History history, int[] of) {
    PointColumns columns = new PointColumns(space.choices(), of.length + 64);
    for (int row : of) {
      columns.add(point(history, row));
    }
    return columns;
  }

  private double[] point(History history, int row) {
    double[] values = new double[space.parameters()];
    for (int p = 0; p < values.length; p++) {
      values[p] = history.parameter(row, p);
    }
    double[] point = new double[space.dimensions()];
    space.encode(values, point);
    return point;
  }

  /**
   * Values to try next, NaN for parameters that take no part; null where all that was looked at has
   * been tried.
   *
   * @param usable rows of trials with values, of which the first are those of the fit
   * @param count how many there are
   */
  double @Nullable [] propose(History history, int[] usable, int count, Ask ask) {
    for (; seen < count; seen++) {
      rows = Arrays.copyOf(rows, rows.length + 1);
      rows[rows.length - 1] = usable[seen];
      extend(point(history, usable[seen]));
    }
    int finished = rows.length;
    LossProcess chosen = losses.get(ask.number() % EVEN_EACH == 0 ? 0 : losses.size() - 1);
    int objectives = history.objectives();
    double[] weights = objectives == 1 ? GpTargets.even(1) : weights(objectives, ask.random());
    double[] targets = targets(history, rows, chosen.warp(), weights);
    chosen.process().condition(targets);
    if (violations != null) {
      violations.condition(GpTargets.violations(history, rows));
    }
    double[] merits = merits(history, chosen.process(), targets);
    takeInUnvalued(history);
    double best = Arrays.stream(merits).min().orElse(0);
    GaussianProcess process = best < INFEASIBLE ? chosen.process() : null;
    GpAcquisition acquisition = new GpAcquisition(process, best, violations);
    double[] proposal = new GpSearch(space, points, acquisition, ask).propose(tops(merits));
    truncate(finished);
    return proposal;
  }

  private void takeInUnvalued(History history) {
    for (int row = 0; row < history.size(); row++) {
      if (history.state(row) == TrialState.RUNNING) {
        extend(point(history, row));
      }
    }
    int failed = 0;
    for (int i = history.finished() - 1; i >= 0 && failed < MOST_FAILED; i--) {
      int row = history.finished(i);
      if (history.state(row) == TrialState.FAIL) {
        extend(point(history, row));
        failed++;
      }
    }
  }

  private void extend(double[] point) {
    points.add(point);
    losses.forEach(each -> each.process().takeIn());
    if (violations != null) {
      violations.takeIn();
    }
  }

  private void truncate(int to) {
    points.truncate(to);
    losses.forEach(each -> each.process().truncate(to));
    if (violations != null) {
      violations.truncate(to);
    }
  }

  /** The mean of each finished trial, or where it is infeasible more than any mean. */
  private double[] merits(History history, GaussianProcess process, double[] targets) {
    double[] merits = new double[rows.length];
    for (int i = 0; i < merits.length; i++) {
      double violation = violations == null ? 0 : history.violation(rows[i]);
      merits[i] = violation > 0 ? INFEASIBLE + violation : process.meanAt(i, targets[i]);
    }
    return merits;
  }

  /** Places of the least merits. */
  private static int[] tops(double[] merits) {
    int[] tops = new int[Math.min(TOPS, merits.length)];
    boolean[] taken = new boolean[merits.length];
    for (int t = 0; t < tops.length; t++) {
      int top = -1;
      for (int i = 0; i < merits.length; i++) {
        if (!taken[i] && (top < 0 || merits[i] < merits[top])) {
          top = i;
        }
      }
      taken[top] = true;
      tops[t] = top;
    }
    return tops;
  }
}
