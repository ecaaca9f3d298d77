package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What all trials have, as an array for each field in the order of the rows. */
final class RowArrays {
  private RowArrays() {}

  static void toJson(List<TrialRow> rows, int objectives, ObjectNode node) {
    ArrayNode numbers = node.putArray("number");
    ArrayNode states = node.putArray("state");
    ArrayNode starts = node.putArray("start");
    ArrayNode seconds = node.putArray("seconds");
    ArrayNode constraints = node.putArray("constraints_ok");
    for (TrialRow row : rows) {
      numbers.add(row.number());
      states.add(Cells.STATES.indexOf(row.state()));
      Instant start = row.start();
      starts.add(start == null ? null : (Long) start.toEpochMilli());
      seconds.add(Cells.number(row.seconds()));
      constraints.add(row.constraintsOk());
    }
    ArrayNode values = node.putArray("values");
    for (int objective = 0; objective < objectives; objective++) {
      ArrayNode column = values.addArray();
      for (TrialRow row : rows) {
        column.add(
            Cells.number(row.values().size() == objectives ? row.values().get(objective) : null));
      }
    }
    addTexts("worker", rows, TrialRow::worker, node);
    addTexts("error", rows, TrialRow::error, node);
  }

  private static void addTexts(
      String name,
      List<TrialRow> rows,
      Function<TrialRow, @Nullable String> field,
      ObjectNode node) {
    Map<String, Integer> texts = new LinkedHashMap<>();
    ArrayNode values = node.putArray(name);
    for (TrialRow row : rows) {
      String text = field.apply(row);
      values.add(text == null ? null : texts.computeIfAbsent(Cells.cut(text), t -> texts.size()));
    }
    texts.keySet().forEach(node.putArray(name + "_texts")::add);
  }
}
