package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A trial's nested parameters on one level. */
final class ParameterLeaves {
  /** Is told of each parameter. */
  interface Visitor {
    /**
     * @param name its dotted path
     * @param path the steps to it, to be copied where it is kept
     */
    void visit(String name, List<String> path, JsonNode value);
  }

  private ParameterLeaves() {}

  /**
   * Visits the parameters in their order. An object with members is a group, unless it is itself
   * one of {@code declared}.
   *
   * @param declared dotted paths of the parameters that have a distribution
   */
  static void visit(ObjectNode params, Set<String> declared, Visitor visitor) {
    visit("", new ArrayList<>(), params, declared, visitor);
  }

  private static void visit(
      String prefix, List<String> path, ObjectNode group, Set<String> declared, Visitor visitor) {
    for (Map.Entry<String, JsonNode> member : group.properties()) {
      String name = prefix + member.getKey();
      path.add(member.getKey());
      if (member.getValue() instanceof ObjectNode inner
          && !inner.isEmpty()
          && !declared.contains(name)) {
        visit(name + ".", path, inner, declared, visitor);
      } else {
        visitor.visit(name, path, member.getValue());
      }
      path.remove(path.size() - 1);
    }
  }

  /** A path as RFC 6901 has it. */
  static String pointer(List<String> path) {
    StringBuilder pointer = new StringBuilder();
    path.forEach(step -> pointer.append('/').append(step.replace("~", "~0").replace("/", "~1")));
    return pointer.toString();
  }
}
