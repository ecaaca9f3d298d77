package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Nested parameters on one level, by dotted path, as Optuna knows parameters. */
public final class FlatParameters {
  private FlatParameters() {}

  /**
   * The parameters by dotted path, in their order. An object with members is a group, unless it is
   * itself one of {@code declared}. Of two with the same path the last one stands.
   *
   * @param declared dotted paths of the parameters that have a distribution
   */
  public static Map<String, JsonNode> of(ObjectNode params, Set<String> declared) {
    Map<String, JsonNode> flat = new LinkedHashMap<>();
    add("", params, declared, flat);
    return flat;
  }

  private static void add(
      String prefix, ObjectNode group, Set<String> declared, Map<String, JsonNode> flat) {
    for (Map.Entry<String, JsonNode> member : group.properties()) {
      String path = prefix + member.getKey();
      if (member.getValue() instanceof ObjectNode inner
          && !inner.isEmpty()
          && !declared.contains(path)) {
        add(path + ".", inner, declared, flat);
      } else {
        flat.put(path, member.getValue());
      }
    }
  }
}
