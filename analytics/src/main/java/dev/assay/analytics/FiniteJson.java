package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;

/** JSON as the standard has it: NaN and infinities, for which it has no form, become null. */
final class FiniteJson {
  private FiniteJson() {}

  /** One line, in ASCII. */
  static String text(JsonNode node) {
    return CanonicalJson.compact(finite(node));
  }

  /** A number as JSON, or {@code null}. */
  static String text(double number) {
    return Double.isFinite(number) ? number(number) : "null";
  }

  /** The shortest decimal that is this number, as Python writes it. */
  static String number(double number) {
    return CanonicalJson.compact(DoubleNode.valueOf(number));
  }

  private static JsonNode finite(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode copy = Json.object();
      object.properties().forEach(member -> copy.set(member.getKey(), finite(member.getValue())));
      return copy;
    }
    if (node instanceof ArrayNode array) {
      ArrayNode copy = Json.object().arrayNode(array.size());
      array.forEach(element -> copy.add(finite(element)));
      return copy;
    }
    return node.isDouble() && !Double.isFinite(node.doubleValue()) ? NullNode.instance : node;
  }
}
