package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A trial's parameters for people. */
final class ParameterText {
  private ParameterText() {}

  /** A line {@code path = value} for each of {@code paths} that is there, in their order. */
  static List<String> lines(ObjectNode params, Collection<String> paths) {
    Map<String, JsonNode> flat = new LinkedHashMap<>();
    flatten("", params, flat);
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      JsonNode value = flat.get(path);
      if (value != null) {
        lines.add(path + " = " + (value.isTextual() ? value.textValue() : value.toString()));
      }
    }
    return lines;
  }

  private static void flatten(String prefix, ObjectNode node, Map<String, JsonNode> flat) {
    node.properties()
        .forEach(
            member -> {
              String path = prefix + member.getKey();
              flat.put(path, member.getValue());
              if (member.getValue() instanceof ObjectNode inner) {
                flatten(path + ".", inner, flat);
              }
            });
  }
}
