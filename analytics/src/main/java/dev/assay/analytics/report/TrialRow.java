package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the page shows of one trial.
 *
 * @param cells its parameters and metrics, at the indexes of their columns
 * @param curve reported value by step, thinned out
 * @param seconds how long it took; null where nothing says
 */
record TrialRow(
    long id,
    long number,
    TrialState state,
    List<Double> values,
    List<@Nullable JsonNode> cells,
    SortedMap<Long, Double> curve,
    @Nullable Instant start,
    @Nullable Double seconds,
    @Nullable String worker,
    @Nullable String error,
    @Nullable Boolean constraintsOk) {
  /** What a row costs beside its cells and its curve. */
  private static final int FIXED_WEIGHT = 50;

  private static final int POINT_WEIGHT = 25;

  static TrialRow of(FrozenTrial trial, Columns columns) {
    String error = trial.error();
    return new TrialRow(
        trial.id(),
        trial.number(),
        trial.state(),
        trial.values(),
        columns.cells(trial),
        Curves.thinned(trial.intermediateValues()),
        trial.start(),
        Spans.seconds(trial),
        trial.worker(),
        error == null ? null : Cells.cut(error),
        trial.constraintsOk());
  }

  /** About how many characters of the page it takes. */
  int weight() {
    int weight = FIXED_WEIGHT + values.size() * 19 + curve.size() * POINT_WEIGHT;
    for (JsonNode cell : cells) {
      weight += Cells.weight(cell);
    }
    return error == null ? weight : weight + error.length() / 4;
  }
}
