package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The parameters and metrics of a run by their dotted paths, in the order in which trials first had
 * them. Used by one thread.
 */
final class Columns {
  /** How many parameters and metrics a page has of a run. */
  static final int MOST = 300;

  /** What is nested deeper is the text of its object, as in the store's views. */
  private static final int DEEPEST = 8;

  private final Map<List<String>, Column> byPath = new LinkedHashMap<>();
  private final Set<List<String>> left = new LinkedHashSet<>();

  /** A trial's cells, at the columns' indexes; those behind its last are empty. */
  List<@Nullable JsonNode> cells(FrozenTrial trial) {
    Map<Integer, JsonNode> cells = new LinkedHashMap<>();
    addLeaves("param", trial.params(), new ArrayList<>(List.of("param")), cells);
    trial.distributions().properties().forEach(entry -> declare(entry.getKey(), entry.getValue()));
    addLeaves("metric", trial.metrics(), new ArrayList<>(List.of("metric")), cells);
    int size = cells.keySet().stream().mapToInt(index -> index + 1).max().orElse(0);
    @Nullable JsonNode[] row = new @Nullable JsonNode[size];
    cells.forEach((index, cell) -> row[index] = cell);
    return Arrays.asList(row);
  }

  private void addLeaves(
      String group, ObjectNode object, List<String> path, Map<Integer, JsonNode> cells) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      path.add(member.getKey());
      if (member.getValue() instanceof ObjectNode inner
          && !inner.isEmpty()
          && path.size() <= DEEPEST) {
        addLeaves(group, inner, path, cells);
      } else {
        Column column = column(group, path);
        if (column != null) {
          cells.put(column.index(), member.getValue());
        }
      }
      path.remove(path.size() - 1);
    }
  }

  private @Nullable Column column(String group, List<String> path) {
    Column known = byPath.get(path);
    if (known != null) {
      return known;
    }
    if (byPath.size() == MOST) {
      if (left.size() < MOST) {
        left.add(List.copyOf(path));
      }
      return null;
    }
    Column column =
        new Column(group, String.join(".", path.subList(1, path.size())), byPath.size());
    byPath.put(List.copyOf(path), column);
    return column;
  }

  /** Distributions have dotted paths, which a key with a dot in it may have as well. */
  private void declare(String path, JsonNode distribution) {
    Column column = byPath.get(List.of("param", path));
    if (column == null) {
      List<String> names = new ArrayList<>(List.of("param"));
      names.addAll(List.of(path.split("\\.", -1)));
      column = byPath.get(names);
    }
    if (column != null) {
      column.declare(distribution);
    }
  }

  /** All columns with the cells of these rows. */
  void toJson(List<TrialRow> rows, ObjectNode run) {
    ArrayNode columns = run.putArray("columns");
    byPath.values().forEach(column -> columns.add(column.toJson(rows)));
    run.put("columns_left", left.size());
  }
}
