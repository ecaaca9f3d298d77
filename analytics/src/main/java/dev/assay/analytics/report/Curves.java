package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The values that trials reported on their way. */
final class Curves {
  private static final int MOST_CURVES = 150;
  private static final int MOST_POINTS = 100;

  private Curves() {}

  /** At most {@value #MOST_POINTS} points at even distances, the last one among them. */
  static SortedMap<Long, Double> thinned(SortedMap<Long, Double> values) {
    if (values.size() <= MOST_POINTS) {
      return values;
    }
    List<Long> steps = new ArrayList<>(values.keySet());
    SortedMap<Long, Double> thinned = new TreeMap<>();
    for (int i = 0; i < MOST_POINTS; i++) {
      Long step = steps.get((int) Math.round(i * (steps.size() - 1.0) / (MOST_POINTS - 1)));
      thinned.put(step, values.get(step));
    }
    return thinned;
  }

  /** At most {@value #MOST_CURVES} curves of these rows, evenly chosen, each by its row's index. */
  static void toJson(List<TrialRow> rows, ObjectNode run) {
    List<Integer> reporting = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      if (!rows.get(row).curve().isEmpty()) {
        reporting.add(row);
      }
    }
    ArrayNode curves = run.putArray("curves");
    int shown = Math.min(MOST_CURVES, reporting.size());
    for (int i = 0; i < shown; i++) {
      int row = reporting.get((int) ((long) i * reporting.size() / shown));
      ObjectNode curve = curves.addObject();
      curve.put("row", row);
      rows.get(row).curve().keySet().forEach(curve.putArray("steps")::add);
      ArrayNode values = curve.putArray("values");
      rows.get(row).curve().values().forEach(value -> values.add(Cells.number(value)));
    }
    run.put("reporting", reporting.size());
  }
}
