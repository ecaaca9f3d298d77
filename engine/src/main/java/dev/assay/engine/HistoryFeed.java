package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Signatures;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a study's history up to date with its ledger: with the trials of this process as they are
 * claimed and end, and with those of others, which it finds by the numbers that it does not know.
 * What a sampler has been told of stays.
 *
 * <p>{@link #ended} may be called by any thread, the rest by one at a time.
 */
final class HistoryFeed {
  /** From how many unknown trials on reading all of them in one go is cheaper. */
  private static final int MANY = 32;

  /** Between two looks at the trials that others have in hand. */
  private static final long PAUSE_NANOS = 50_000_000;

  private final Ledger ledger;
  private final History history;
  private final Pruning pruning;

  /** The numbers whose trials are in the history, or on their way there. */
  private final BitSet known = new BitSet();

  /** Rows of running trials by number. */
  private final Map<Integer, Integer> running = new HashMap<>();

  /** Numbers of trials that others have in hand, or that wait. */
  private final List<Integer> elsewhere = new ArrayList<>();

  private long nextLook = System.nanoTime();

  private final Queue<FrozenTrial> ended = new ConcurrentLinkedQueue<>();

  /**
   * @param pruning hears of the trials that others have finished
   */
  HistoryFeed(Ledger ledger, History history, Pruning pruning) {
    this.ledger = ledger;
    this.history = history;
    this.pruning = pruning;
  }

  History history() {
    return history;
  }

  /**
   * Puts the finished trials of another study in front. Their rows have numbers below 0.
   *
   * @param trials with parameters of the same names, nested or by dotted path
   * @return the values of those that hold their parameters, by the signature that these have here
   */
  Map<String, List<Double>> precede(Stream<FrozenTrial> trials) {
    SearchSpace space = history.space();
    Map<String, List<Double>> holders = new HashMap<>();
    trials
        .filter(trial -> trial.state().isFinished())
        .forEach(
            trial -> {
              double[] values = values(trial.params());
              int row = history.begin(-1L - history.size(), values);
              history.finish(row, end(trial));
              if (trial.state().holdsSignature() && isWhole(values)) {
                String signature =
                    Signatures.shared().parameterSignature(space.params(values, trial.params()));
                holders.putIfAbsent(signature, trial.values());
              }
            });
    return holders;
  }

  /**
   * The numbers of parameters that are nested as declared, or named by dotted paths as Optuna's.
   */
  double[] values(ObjectNode params) {
    double[] values = history.space().values(params);
    List<Parameter> parameters = history.space().parameters();
    for (int p = 0; p < values.length; p++) {
      JsonNode flat = params.get(parameters.get(p).path());
      if (Double.isNaN(values[p]) && flat != null) {
        values[p] = parameters.get(p).number(flat);
      }
    }
    return values;
  }

  /** Whether there is a value for each parameter that takes part. */
  boolean isWhole(double[] values) {
    for (int p = 0; p < values.length; p++) {
      if (Double.isNaN(values[p]) && history.space().isActive(p, values)) {
        return false;
      }
    }
    return true;
  }

  /** A trial of this process was claimed. */
  void begun(long number, double[] values) {
    int place = (int) number;
    known.set(place);
    if (elsewhere.remove((Integer) place) && running.containsKey(place)) {
      return;
    }
    running.put(place, history.begin(number, values));
  }

  /** A trial of this process ended. */
  void ended(FrozenTrial trial) {
    ended.add(trial);
  }

  /** A trial of this process is no longer its own. */
  void lost(long number) {
    elsewhere.add((int) number);
  }

  /** The sampler is told the values of a trial once more. */
  void repeat(long number, double[] parameters, List<Double> values) {
    int row = history.begin(number, parameters);
    history.finish(row, new History.End(TrialState.COMPLETE, values, Double.NaN, 0, Double.NaN));
  }

  /** Brings the history up to what the ledger has now. */
  void refresh() {
    for (FrozenTrial trial = ended.poll(); trial != null; trial = ended.poll()) {
      take(trial);
    }
    lookElsewhere();
    int numbers = (int) ledger.numbers();
    int unknown = numbers - known.cardinality();
    if (unknown > MANY) {
      takeAll();
      // Of numbers that no trial has, as imported studies may leave out, there is nothing to come.
      known.set(0, numbers);
    } else if (unknown > 0) {
      for (int n = known.nextClearBit(0); n < numbers; n = known.nextClearBit(n + 1)) {
        takeNew(ledger.trial(n));
        known.set(n);
      }
    }
  }

  private void takeAll() {
    try (Stream<FrozenTrial> trials = ledger.trials()) {
      trials
          .filter(trial -> !known.get((int) trial.number()))
          .forEach(
              trial -> {
                takeNew(trial);
                known.set((int) trial.number());
              });
    }
  }

  private void lookElsewhere() {
    long now = System.nanoTime();
    if (!elsewhere.isEmpty() && now - nextLook >= 0) {
      nextLook = now + PAUSE_NANOS;
      List<Integer> asked = List.copyOf(elsewhere);
      elsewhere.clear();
      asked.forEach(number -> takeNew(ledger.trial(number)));
    }
  }

  /** Takes a trial of another process as it is now. */
  private void takeNew(@Nullable FrozenTrial trial) {
    if (trial == null) {
      return;
    }
    int number = (int) trial.number();
    if (trial.state() != TrialState.WAITING) {
      double[] values = values(trial.params());
      // A client sets the parameters of a trial one by one while it runs.
      if (trial.state().isFinished() || isWhole(values)) {
        running.computeIfAbsent(number, any -> history.begin(number, values));
      }
    }
    if (trial.state().isFinished()) {
      take(trial);
      pruning.endedElsewhere(trial);
    } else {
      elsewhere.add(number);
    }
  }

  private void take(FrozenTrial trial) {
    Integer row = running.remove((int) trial.number());
    if (row != null) {
      history.finish(row, end(trial));
    }
  }

  private static History.End end(FrozenTrial trial) {
    SortedMap<Long, Double> reports = trial.intermediateValues();
    boolean reported = !reports.isEmpty();
    long step = reported ? reports.lastKey() : 0;
    double report = reported ? reports.getOrDefault(step, Double.NaN) : Double.NaN;
    List<Double> values = trial.state() == TrialState.COMPLETE ? trial.values() : List.of();
    return new History.End(trial.state(), values, violation(trial), step, report);
  }

  /** The sum by which constraints are broken; 1 where it is only known that some are. */
  private static double violation(FrozenTrial trial) {
    JsonNode constraints = trial.systemAttrs().path(TrialOutcome.CONSTRAINTS);
    double sum = 0;
    for (JsonNode constraint : constraints) {
      sum += Math.max(0, constraint.doubleValue());
    }
    Boolean ok = trial.constraintsOk();
    if (sum == 0 && ok != null) {
      return ok ? 0 : 1;
    }
    return constraints.isEmpty() ? Double.NaN : sum;
  }
}
