package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When each trial of a run began and ended, and on which worker: bars while there are few of them,
 * else how many ran at once on a worker in each of {@value #BINS} equal spans. Used by one thread.
 */
final class Spans {
  private static final int MOST_BARS = 1_000;
  private static final int MOST_LANES = 32;
  private static final int BINS = 120;

  private final List<Span> spans = new ArrayList<>();
  private final Map<String, Integer> trialsOfWorker = new LinkedHashMap<>();
  private long untimed;

  /**
   * @param worker empty where nothing says
   * @param end in milliseconds since 1970; the end of time where it has not ended
   */
  private record Span(String worker, long start, long end, TrialState state, long number) {}

  /** How long a trial took, as it was reported, else by its times; null where neither says. */
  static @Nullable Double seconds(FrozenTrial trial) {
    Instant start = trial.start();
    Instant complete = trial.complete();
    return trial.durationSeconds() != null || start == null || complete == null
        ? trial.durationSeconds()
        : (Double) (Duration.between(start, complete).toNanos() / 1e9);
  }

  void add(FrozenTrial trial) {
    if (trial.state() == TrialState.WAITING) {
      return;
    }
    Double seconds = seconds(trial);
    Instant start = start(trial, seconds);
    if (start == null || (trial.state().isFinished() && seconds == null)) {
      untimed++;
      return;
    }
    String worker = trial.worker() == null ? "" : trial.worker();
    trialsOfWorker.merge(worker, 1, Integer::sum);
    long begin = start.toEpochMilli();
    long end =
        seconds == null || !Double.isFinite(seconds)
            ? Long.MAX_VALUE
            : Math.max(begin, begin + Math.round(seconds * 1e3));
    spans.add(new Span(worker, begin, end, trial.state(), trial.number()));
  }

  private static @Nullable Instant start(FrozenTrial trial, @Nullable Double seconds) {
    Instant complete = trial.complete();
    if (trial.start() != null || complete == null || seconds == null) {
      return trial.start();
    }
    return Double.isFinite(seconds) && Math.abs(seconds) < 1e9
        ? complete.minusMillis(Math.round(seconds * 1e3))
        : null;
  }

  void toJson(ObjectNode run) {
    ObjectNode timeline = run.putObject("timeline");
    timeline.put("untimed", untimed);
    if (spans.isEmpty()) {
      return;
    }
    long from = spans.stream().mapToLong(Span::start).min().orElseThrow();
    long to =
        spans.stream()
            .mapToLong(span -> span.end() == Long.MAX_VALUE ? span.start() : span.end())
            .max()
            .orElseThrow();
    timeline.put("from", from);
    timeline.put("to", to);
    timeline.put("trials", spans.size());
    if (spans.size() <= MOST_BARS) {
      addBars(timeline, to);
    } else {
      addBins(timeline, from, Math.max(to, from + 1));
    }
  }

  /** Trials that overlap on a worker get lanes of their own. */
  private void addBars(ObjectNode timeline, long to) {
    Map<String, List<Long>> freeFrom = new LinkedHashMap<>();
    Map<String, Integer> lanes = new LinkedHashMap<>();
    ArrayNode bars = timeline.putArray("bars");
    List<Span> sorted =
        spans.stream()
            .sorted(Comparator.comparingLong(Span::start).thenComparing(Span::number))
            .toList();
    for (Span span : sorted) {
      List<Long> free = freeFrom.computeIfAbsent(span.worker(), unseen -> new ArrayList<>());
      int slot = 0;
      while (slot < free.size() && free.get(slot) > span.start()) {
        slot++;
      }
      long end = Math.min(span.end(), to);
      if (slot == free.size()) {
        free.add(end);
      } else {
        free.set(slot, end);
      }
      int lane = lanes.computeIfAbsent(slot + "/" + span.worker(), unseen -> lanes.size());
      bars.addArray()
          .add(lane)
          .add(span.start())
          .add(end)
          .add(Cells.STATES.indexOf(span.state()))
          .add(span.number());
    }
    ArrayNode names = timeline.putArray("lanes");
    lanes.keySet().forEach(lane -> names.add(Cells.cut(lane.substring(lane.indexOf('/') + 1))));
  }

  private void addBins(ObjectNode timeline, long from, long to) {
    List<String> busiest =
        trialsOfWorker.entrySet().stream()
            .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
            .limit(MOST_LANES)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    timeline.put("lanes_left", trialsOfWorker.size() - busiest.size());
    Map<String, double[]> busy = new LinkedHashMap<>();
    busiest.forEach(worker -> busy.put(worker, new double[BINS]));
    double width = (double) (to - from) / BINS;
    for (Span span : spans) {
      double[] bins = busy.get(span.worker());
      if (bins != null) {
        addTo(bins, (span.start() - from) / width, (Math.min(span.end(), to) - from) / width);
      }
    }
    ArrayNode names = timeline.putArray("lanes");
    ArrayNode cells = timeline.putArray("bins");
    busy.forEach(
        (worker, bins) -> {
          names.add(Cells.cut(worker));
          ArrayNode row = cells.addArray();
          Arrays.stream(bins)
              .map(at -> Math.rint(at * 100) / 100)
              .mapToObj(Cells::number)
              .forEach(row::add);
        });
  }

  /** Adds to each bin which part of it the span covers. */
  private static void addTo(double[] bins, double start, double end) {
    int last = Math.min(BINS - 1, (int) end);
    for (int bin = (int) start; bin <= last; bin++) {
      bins[bin] += Math.max(0, Math.min(end, bin + 1) - Math.max(start, bin));
    }
  }
}
