package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A parameter or a metric of a run, over the trials that the page shows. Its axis is what the
 * distributions say, and where there are none, what the values are: numbers, or texts without
 * order. Used by one thread.
 */
final class Column {
  private final String group;
  private final String name;
  private final int index;
  private final Set<String> choices = new LinkedHashSet<>();
  private boolean categorical;
  private boolean logarithmic;
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;

  /**
   * @param group {@code param} or {@code metric}
   * @param index where rows have its cells
   */
  Column(String group, String name, int index) {
    this.group = group;
    this.name = name;
    this.index = index;
  }

  int index() {
    return index;
  }

  /** Takes in what a trial's distribution says; one with other bounds widens it. */
  void declare(JsonNode distribution) {
    JsonNode attributes = distribution.path("attributes");
    if (attributes.path("choices") instanceof ArrayNode list) {
      categorical = true;
      list.forEach(choice -> choices.add(Cells.text(choice)));
      return;
    }
    logarithmic |= attributes.path("log").asBoolean();
    if (attributes.path("low").isNumber() && attributes.path("high").isNumber()) {
      low = Math.min(low, attributes.path("low").doubleValue());
      high = Math.max(high, attributes.path("high").doubleValue());
    }
  }

  /** The column with the cells of these rows, in their order. */
  ObjectNode toJson(List<TrialRow> rows) {
    List<@Nullable JsonNode> cells = rows.stream().<@Nullable JsonNode>map(this::cell).toList();
    ObjectNode node = Json.object();
    node.put("group", group);
    node.put("name", name);
    ArrayNode values = node.putArray("values");
    if (categorical || !cells.stream().allMatch(cell -> cell == null || cell.isNumber())) {
      addTexts(cells, node, values);
      return node;
    }
    node.put("log", logarithmic);
    if (low <= high) {
      node.set("low", Cells.number(low));
      node.set("high", Cells.number(high));
    }
    cells.forEach(cell -> values.add(cell == null ? null : Cells.number(cell)));
    return node;
  }

  private @Nullable JsonNode cell(TrialRow row) {
    return index < row.cells().size() ? row.cells().get(index) : null;
  }

  private void addTexts(List<@Nullable JsonNode> cells, ObjectNode node, ArrayNode values) {
    Map<String, Integer> texts = new LinkedHashMap<>();
    choices.forEach(choice -> texts.put(choice, texts.size()));
    for (JsonNode cell : cells) {
      if (cell == null) {
        values.addNull();
      } else {
        values.add(texts.computeIfAbsent(Cells.text(cell), unseen -> texts.size()));
      }
    }
    texts.keySet().forEach(node.putArray("texts")::add);
  }
}
