package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PrintableText;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something in which two things differ.
 *
 * @param name its dotted path
 * @param first null where the first of the two has nothing of that name
 * @param second null where the second has nothing of that name
 */
public record Difference(String name, @Nullable JsonNode first, @Nullable JsonNode second) {
  /** The leaves in which two objects differ, those of the first in its order, then the others. */
  static List<Difference> of(ObjectNode first, ObjectNode second) {
    return of(leaves(first), leaves(second));
  }

  /** The members in which two objects differ, whatever is inside of them. */
  static List<Difference> ofMembers(ObjectNode first, ObjectNode second) {
    return of(members(first), members(second));
  }

  private static List<Difference> of(Map<String, JsonNode> first, Map<String, JsonNode> second) {
    Set<String> names = new LinkedHashSet<>(first.keySet());
    names.addAll(second.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String name : names) {
      if (!Objects.equals(first.get(name), second.get(name))) {
        differences.add(new Difference(name, first.get(name), second.get(name)));
      }
    }
    return differences;
  }

  private static Map<String, JsonNode> members(ObjectNode object) {
    Map<String, JsonNode> members = new LinkedHashMap<>();
    object.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
    return members;
  }

  private static Map<String, JsonNode> leaves(ObjectNode object) {
    Map<String, JsonNode> leaves = new LinkedHashMap<>();
    ParameterLeaves.visit(object, Set.of(), (name, path, value) -> leaves.put(name, value));
    return leaves;
  }

  /** Members {@code name}, {@code first} and {@code second}, each; null where there is none. */
  static ArrayNode toJson(List<Difference> differences) {
    ArrayNode list = Json.object().putArray("differences");
    for (Difference each : differences) {
      ObjectNode node = list.addObject().put("name", each.name());
      node.set("first", each.first());
      node.set("second", each.second());
    }
    return list;
  }

  /** A table for a person, a line each; long texts are cut. */
  static List<String> toLines(
      String title, String first, String second, List<Difference> differences, int most) {
    List<String> lines = new ArrayList<>();
    if (differences.isEmpty()) {
      return lines;
    }
    lines.add("");
    TextTable table = new TextTable(List.of(title, shown(first), shown(second)));
    differences.stream()
        .limit(most)
        .forEach(
            each ->
                table.add(List.of(shown(each.name()), text(each.first()), text(each.second()))));
    lines.addAll(table.lines());
    if (differences.size() > most) {
      lines.add(" and %d more".formatted(differences.size() - most));
    }
    return lines;
  }

  private static String text(@Nullable JsonNode value) {
    return value == null
        ? "–"
        : shown(value.isTextual() ? value.textValue() : CanonicalJson.compact(value));
  }

  private static String shown(String text) {
    return DisplayWidth.cut(PrintableText.of(text));
  }
}
