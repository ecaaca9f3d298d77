package dev.assay.storage;

import dev.assay.storage.TopTrial.Place;
import dev.assay.storage.json.CodePointOrder;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sums a study up from its trials, one by one and in any order: what the store keeps as they finish
 * comes to the same. Memory is bounded by the number of the best that are kept. Not safe to share
 * between threads.
 */
public final class SummaryCounter {
  private final StudyRecord study;
  private final int top;
  private final TreeSet<TopTrial> best = new TreeSet<>();
  private final SortedMap<String, Long> versions = new TreeMap<>(CodePointOrder.INSTANCE);
  private final Map<TrialState, Long> unfinished = new EnumMap<>(TrialState.class);
  private StudyTotals totals = StudyTotals.NONE;
  private @Nullable BestValue bestValue;
  private double bestLoss;
  private long ties;

  /** The best score of the valid trials, and how many of them have it. */
  public record Best(double score, long trials) {}

  /**
   * @param top how many of the best trials to list; the best is kept in any case
   */
  public SummaryCounter(StudyRecord study, int top) {
    this.study = study;
    this.top = top;
  }

  /**
   * Adds a trial. One that had not finished where it came from counts in its state alone.
   * Parameters, metrics, distributions and system attributes may be missing where {@link #summary}
   * is told how to read them.
   */
  public void add(FrozenTrial trial) {
    if (!trial.state().isFinished()) {
      unfinished.merge(trial.state(), 1L, Long::sum);
      return;
    }
    TrialVerdict verdict = TrialVerdict.of(study, trial);
    totals = totals.plus(StudyTotals.of(trial, verdict));
    BestValue value = BestValue.of(study, trial);
    if (value != null && value.isBetter(bestValue, study.directions().get(0))) {
      bestValue = value;
    }
    if (verdict == TrialVerdict.VALID) {
      String version = ScoreVersion.of(trial);
      if (version != null) {
        versions.merge(version, 1L, Long::sum);
      }
      rank(trial);
    }
  }

  private void rank(FrozenTrial trial) {
    Place place = Place.of(study.directions().get(0), trial);
    if (ties == 0 || place.loss() < bestLoss) {
      bestLoss = place.loss();
      ties = 1;
    } else if (place.loss() == bestLoss) {
      ties++;
    }
    if (best.size() < Math.max(1, top)) {
      best.add(TopTrial.of(place, trial));
    } else if (place.compareTo(best.last().place()) < 0) {
      best.pollLast();
      best.add(TopTrial.of(place, trial));
    }
  }

  /** The ids of the best trials that are kept, the best first. */
  public List<Long> topTrialIds() {
    return best.stream().map(TopTrial::trialId).toList();
  }

  /**
   * What the trials came to so far.
   *
   * @param reader gives one of the best by its id
   */
  public StudySummary summary(LongFunction<StudySummary.Trial> reader) {
    List<StudySummary.Trial> trials = new ArrayList<>();
    best.forEach(trial -> trials.add(reader.apply(trial.trialId())));
    return StudySummary.of(totals, unfinished, versions, trials, top);
  }

  /** Null where no trial is valid. */
  public @Nullable Best best() {
    if (ties == 0) {
      return null;
    }
    // Adding zero makes a negative zero a zero.
    double score = study.directions().get(0) == Direction.MINIMIZE ? bestLoss : -bestLoss + 0.0;
    return new Best(score, ties);
  }

  /** Which scorings the valid trials had. */
  public StudySummary.ScoreVersions scoreVersions() {
    return new StudySummary.ScoreVersions(versions, totals.unversioned());
  }

  StudyTotals totals() {
    return totals;
  }

  /** How many trials had not finished where they came from, by their states. */
  Map<TrialState, Long> unfinished() {
    return unfinished;
  }

  SortedMap<String, Long> versions() {
    return versions;
  }

  List<TopTrial> top() {
    return List.copyOf(best);
  }

  @Nullable BestValue bestValue() {
    return bestValue;
  }
}
