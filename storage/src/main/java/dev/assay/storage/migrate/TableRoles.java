package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What each column of a table is, by its name; columns in no role are user attributes.
 *
 * @param params the columns by parameter
 * @param values the objectives' columns, in their order
 * @param directions one for each value
 * @param metrics the columns by metric
 * @param intermediate the columns by step
 * @param userAttrs the columns by attribute
 * @param systemAttrs the columns by attribute
 * @param id the column by which the table itself calls its trials
 */
record TableRoles(
    Map<String, String> params,
    TableMapping.Dots dots,
    List<String> values,
    List<Direction> directions,
    Map<String, String> metrics,
    Map<Long, String> intermediate,
    Map<String, String> userAttrs,
    Map<String, String> systemAttrs,
    @Nullable String id,
    @Nullable String state,
    @Nullable String start,
    @Nullable String end,
    @Nullable String duration) {

  /** The roles as JSON; equal for equal ones. */
  ObjectNode toJson() {
    ObjectNode node = Json.object();
    put(node, "params", params);
    if (dots == TableMapping.Dots.LEVELS) {
      node.put("nested", true);
    }
    var objectives = node.putArray("values");
    values.forEach(objectives::add);
    var ways = node.putArray("directions");
    directions.forEach(direction -> ways.add(direction.name()));
    put(node, "metrics", metrics);
    Map<String, String> steps = new LinkedHashMap<>();
    intermediate.forEach((step, column) -> steps.put(step.toString(), column));
    put(node, "intermediate_values", steps);
    put(node, "user_attrs", userAttrs);
    put(node, "system_attrs", systemAttrs);
    single().forEach(node::put);
    return node;
  }

  private static void put(ObjectNode node, String role, Map<String, String> columns) {
    if (!columns.isEmpty()) {
      ObjectNode inner = node.putObject(role);
      columns.forEach(inner::put);
    }
  }

  private Map<String, String> single() {
    Map<String, String> columns = new LinkedHashMap<>();
    putSingle(columns, "id", id);
    putSingle(columns, "state", state);
    putSingle(columns, "start", start);
    putSingle(columns, "end", end);
    putSingle(columns, "duration", duration);
    return columns;
  }

  private static void putSingle(Map<String, String> columns, String role, @Nullable String column) {
    if (column != null) {
      columns.put(role, column);
    }
  }

  /** One line that says what the columns were taken for. */
  String line() {
    StringJoiner line = new StringJoiner("; ");
    line.add("parameters " + (params.isEmpty() ? "none" : names(params)));
    List<String> objectives = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      objectives.add(
          "%s (%sd)".formatted(values.get(i), directions.get(i).name().toLowerCase(Locale.ROOT)));
    }
    line.add("value " + String.join(", ", objectives));
    if (!metrics.isEmpty()) {
      line.add("metrics " + names(metrics));
    }
    if (!intermediate.isEmpty()) {
      line.add("%d steps of intermediate values".formatted(intermediate.size()));
    }
    single().forEach((role, column) -> line.add("%s %s".formatted(role, column)));
    if (!userAttrs.isEmpty()) {
      line.add("user attributes " + names(userAttrs));
    }
    if (!systemAttrs.isEmpty()) {
      line.add("system attributes " + names(systemAttrs));
    }
    return line.toString();
  }

  private static String names(Map<String, String> columns) {
    StringJoiner names = new StringJoiner(", ");
    columns.forEach(
        (name, column) ->
            names.add(column.endsWith(name) ? name : "%s (%s)".formatted(name, column)));
    return names.toString();
  }
}
