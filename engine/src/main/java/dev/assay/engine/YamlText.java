package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.json.CanonicalJson;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * JSON as YAML 1.2 that {@link YamlDocument} reads back: a mapping's members each on a line, lists
 * and what is in them on one.
 */
final class YamlText {
  private static final Pattern PLAIN_KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]*");

  private YamlText() {}

  static String of(ObjectNode root) {
    StringBuilder text = new StringBuilder();
    block(root, "", text);
    return text.toString();
  }

  private static void block(ObjectNode mapping, String indent, StringBuilder text) {
    for (Map.Entry<String, JsonNode> member : mapping.properties()) {
      text.append(indent).append(key(member.getKey())).append(':');
      if (member.getValue() instanceof ObjectNode inner && !inner.isEmpty()) {
        text.append('\n');
        block(inner, indent + "  ", text);
      } else {
        text.append(' ').append(flow(member.getValue())).append('\n');
      }
    }
  }

  private static String key(String name) {
    return PLAIN_KEY.matcher(name).matches() ? name : CanonicalJson.compact(TextNode.valueOf(name));
  }

  private static String flow(JsonNode value) {
    if (value instanceof ObjectNode mapping) {
      StringJoiner members = new StringJoiner(", ", "{", "}");
      mapping
          .properties()
          .forEach(member -> members.add(key(member.getKey()) + ": " + flow(member.getValue())));
      return members.toString();
    }
    if (value.isArray()) {
      StringJoiner elements = new StringJoiner(", ", "[", "]");
      value.forEach(element -> elements.add(flow(element)));
      return elements.toString();
    }
    if (value.isFloatingPointNumber() && !Double.isFinite(value.doubleValue())) {
      double number = value.doubleValue();
      return Double.isNaN(number) ? ".nan" : number > 0 ? ".inf" : "-.inf";
    }
    return CanonicalJson.compact(value);
  }
}
