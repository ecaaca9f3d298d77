package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Java's own values as the JSON that a study file would have in their place. */
final class PlainJson {
  private PlainJson() {}

  /**
   * A new node.
   *
   * @throws SpaceException for a value that JSON does not have
   */
  static JsonNode of(@Nullable Object value) {
    if (value == null) {
      return NullNode.instance;
    }
    if (value instanceof JsonNode node) {
      return node.deepCopy();
    }
    if (value instanceof Boolean flag) {
      return BooleanNode.valueOf(flag);
    }
    if (value instanceof Number number) {
      return number(number);
    }
    if (value instanceof Enum<?> constant) {
      return TextNode.valueOf(constant.name());
    }
    if (value instanceof CharSequence text) {
      return TextNode.valueOf(text.toString());
    }
    if (value instanceof List<?> list) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      list.forEach(each -> array.add(of(each)));
      return array;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      map.forEach((name, each) -> object.set(String.valueOf(name), of(each)));
      return object;
    }
    throw new SpaceException(
        "",
        "a value is a %s, expected text, a number, true or false, null, a list or a map"
            .formatted(value.getClass().getName()));
  }

  private static JsonNode number(Number number) {
    if (number instanceof BigInteger big && big.bitLength() >= Long.SIZE) {
      return BigIntegerNode.valueOf(big);
    }
    boolean whole =
        number instanceof Integer
            || number instanceof Long
            || number instanceof Short
            || number instanceof Byte
            || number instanceof BigInteger;
    if (!whole) {
      // A float as it is written: 0.1f is 0.1.
      return DoubleNode.valueOf(
          number instanceof Float ? Double.parseDouble(number.toString()) : number.doubleValue());
    }
    long value = number.longValue();
    return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
  }
}
