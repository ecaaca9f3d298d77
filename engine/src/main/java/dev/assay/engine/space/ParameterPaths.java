package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** The parameters of a trial by dotted path. */
public final class ParameterPaths {
  private ParameterPaths() {}

  /** Every value that is not an object, by its dotted path, in order. */
  public static Map<String, JsonNode> of(ObjectNode params) {
    Map<String, JsonNode> values = new LinkedHashMap<>();
    collect("", params, values);
    return values;
  }

  private static void collect(String prefix, ObjectNode params, Map<String, JsonNode> values) {
    for (Map.Entry<String, JsonNode> member : params.properties()) {
      String path = prefix + member.getKey();
      if (member.getValue() instanceof ObjectNode nested) {
        collect(path + ".", nested, values);
      } else {
        values.put(path, member.getValue());
      }
    }
  }
}
