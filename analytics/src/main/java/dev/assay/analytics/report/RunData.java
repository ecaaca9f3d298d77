package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.Importance;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import dev.assay.storage.SummaryCounter;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.time.Instant;
import java.util.Collection;
import java.util.DoubleSummaryStatistics;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that the page says of one run, gathered in one pass over its trials. Counts, best values,
 * distributions, the front and the timeline are of all trials; parameters and metrics are of the
 * best and of an even sample. Memory is bounded, but for some 100 bytes a trial. Used by one
 * thread.
 */
final class RunData {
  /** How many of the best trials are on the page in any case. */
  private static final int TOP = 100;

  private final StudyRecord study;
  private final Columns columns = new Columns();
  private final SummaryCounter counter;
  private final RowSample sample;
  private final Objectives objectives;
  private final @Nullable Front front;
  private final Spans spans = new Spans();
  private final DoubleSummaryStatistics timed = new DoubleSummaryStatistics();
  private final Map<Long, TrialRow> top = new HashMap<>();
  private final Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
  private @Nullable Instant first;
  private @Nullable Instant last;

  private RunData(StudyRecord study, long room) {
    this.study = study;
    this.counter = new SummaryCounter(study, TOP);
    this.sample = new RowSample(columns, room);
    this.objectives = new Objectives(study);
    this.front = study.directions().size() > 1 ? new Front(study.directions(), columns) : null;
  }

  /**
   * The run as the page's script reads it.
   *
   * @param room about how many characters its trials may take
   */
  static ObjectNode of(ReadableStore store, Analytics analytics, StudyRecord study, long room) {
    RunData data = new RunData(study, room);
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      trials.forEach(data::add);
    }
    ObjectNode run = data.toJson();
    data.addImportances(analytics, run.putArray("importances"));
    return run;
  }

  private void addImportances(Analytics analytics, ArrayNode objectives) {
    for (int i = 0; i < study.directions().size(); i++) {
      ArrayNode parameters = objectives.addArray();
      for (Importance.Parameter parameter : importances(analytics, i)) {
        ObjectNode node = parameters.addObject().put("name", parameter.name());
        node.set("share", Cells.number(parameter.importance()));
        node.set("correlation", Cells.number(parameter.rankCorrelation()));
        node.put("trials", parameter.trials());
      }
    }
  }

  /** None where too few trials count. */
  private List<Importance.Parameter> importances(Analytics analytics, int objective) {
    if (!states.containsKey(TrialState.COMPLETE)) {
      return List.of();
    }
    try {
      return Importance.of(analytics, study.name(), new Importance.Objective(objective))
          .parameters();
    } catch (AnalyticsException e) {
      if (e.getCause() == null) {
        return List.of();
      }
      throw e;
    }
  }

  private void add(FrozenTrial trial) {
    states.merge(trial.state(), 1L, Long::sum);
    first = earlier(first, trial.start());
    last = later(last, trial.complete());
    counter.add(trial);
    SummaryCounter.Best best = counter.best();
    objectives.add(trial, best == null ? null : (Double) best.score());
    sample.add(trial);
    spans.add(trial);
    Double seconds = Spans.seconds(trial);
    if (trial.state().isFinished() && seconds != null) {
      timed.accept(seconds);
    }
    if (front != null) {
      front.add(trial);
    } else if (trial.state() == TrialState.COMPLETE) {
      keepTop(trial);
    }
  }

  private void keepTop(FrozenTrial trial) {
    if (counter.topTrialIds().contains(trial.id())) {
      top.put(trial.id(), TrialRow.of(trial, columns));
      if (top.size() >= 2 * TOP) {
        top.keySet().retainAll(new HashSet<>(counter.topTrialIds()));
      }
    }
  }

  private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isBefore(one)) ? other : one;
  }

  private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
    return one == null || (other != null && other.isAfter(one)) ? other : one;
  }

  private ObjectNode toJson() {
    ObjectNode run = Json.object();
    run.put("name", study.name());
    run.put("source", study.systemAttrs().path("source").asText(""));
    addCounts(run);
    objectives.toJson(run);
    List<Long> best = counter.topTrialIds();
    top.keySet().retainAll(new HashSet<>(best));
    List<TrialRow> onFront = front == null ? List.of() : front.rows();
    List<TrialRow> rows = rows(onFront);
    Map<Long, Integer> places = new HashMap<>();
    for (int i = 0; i < rows.size(); i++) {
      places.put(rows.get(i).id(), i);
    }
    ArrayNode bestRows = run.putArray("top");
    best.forEach(id -> bestRows.add(places.get(id)));
    if (front != null) {
      ArrayNode frontRows = run.putArray("front");
      onFront.forEach(row -> frontRows.add(places.get(row.id())));
      run.put("front_size", front.size());
    }
    RowArrays.toJson(rows, study.directions().size(), run.putObject("rows"));
    run.put("stride", sample.stride());
    columns.toJson(rows, run);
    Curves.toJson(rows, run);
    spans.toJson(run);
    return run;
  }

  /** The best and the even sample, by number. */
  private List<TrialRow> rows(Collection<TrialRow> onFront) {
    Map<Long, TrialRow> byNumber = new TreeMap<>();
    for (Collection<TrialRow> some : List.of(sample.rows(), top.values(), onFront)) {
      some.forEach(row -> byNumber.put(row.number(), row));
    }
    return List.copyOf(byNumber.values());
  }

  private void addCounts(ObjectNode run) {
    ObjectNode counts = run.putObject("states");
    for (TrialState state : TrialState.values()) {
      counts.put(state.name(), states.getOrDefault(state, 0L));
    }
    run.put("trials", states.values().stream().mapToLong(Long::longValue).sum());
    StudySummary summary =
        counter.summary(id -> StudySummary.Trial.of(FrozenTrial.builder().value(0).build()));
    run.put("valid", summary.counts().valid());
    run.put("skipped", summary.counts().skipped());
    // Where no trial says how long it took, its times do.
    boolean reported = summary.meanDurationSeconds() != null;
    run.set("seconds", Cells.number(reported ? summary.totalDurationSeconds() : timed.getSum()));
    run.set(
        "mean_seconds",
        Cells.number(
            reported
                ? summary.meanDurationSeconds()
                : timed.getCount() == 0 ? null : (Double) timed.getAverage()));
    Instant began = first;
    Instant ended = last;
    run.put("first", began == null ? null : (Long) began.toEpochMilli());
    run.put("last", ended == null ? null : (Long) ended.toEpochMilli());
  }
}
