package dev.assay.engine;

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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * One YAML document as JSON, by the core schema of YAML 1.2: {@code no}, {@code on} and dates are
 * text, {@code 012} is twelve, {@code 1e-5} is a number. Keys are text as written. The merge key
 * {@code <<} of YAML 1.1 works; what it brings stands after the mapping's own keys. A key given
 * twice, a tag of another language, a nesting deeper than {@value #MAX_DEPTH}, more than {@value
 * #MAX_NODES} values after aliases are resolved, and a second document are errors.
 *
 * @param root what the document holds
 * @param lines the line, from 1, of each key by its dotted path
 */
record YamlDocument(JsonNode root, Map<String, Integer> lines) {
  static final int MAX_DEPTH = 100;
  static final int MAX_NODES = 200_000;
  private static final int MAX_DIGITS = 1000;

  /**
   * Reads {@code text}.
   *
   * @throws StudyFileException with line and column
   */
  static YamlDocument parse(String text) {
    LoadSettings settings = LoadSettings.builder().setSchema(new CoreSchema()).build();
    try {
      refuseDepthAndSecondDocument(settings, text);
      Optional<Node> node = new Compose(settings).composeString(text);
      if (node.isEmpty()) {
        throw new StudyFileException("it is empty, expected a mapping");
      }
      Conversion conversion = new Conversion();
      JsonNode root = conversion.json("", node.get());
      return new YamlDocument(root, Map.copyOf(conversion.lines));
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      String context =
          e.getContext() == null || e.getContext().isBlank()
              ? ""
              : " (%s)".formatted(e.getContext());
      throw new StudyFileException(at(mark) + e.getProblem() + context, e);
    } catch (YamlEngineException e) {
      throw new StudyFileException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Without recursion, unlike composing, which a deep document would let run out of stack. */
  private static void refuseDepthAndSecondDocument(LoadSettings settings, String text) {
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(text)) {
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        case DocumentStart -> documents++;
        default -> {}
      }
      if (depth > MAX_DEPTH) {
        throw new StudyFileException(
            at(event.getStartMark()) + "nested deeper than " + MAX_DEPTH + " levels");
      }
      if (documents > 1) {
        throw new StudyFileException(
            at(event.getStartMark()) + "a second document starts, expected one");
      }
    }
  }

  private static String at(Optional<Mark> mark) {
    return mark.map(m -> "line %d, column %d: ".formatted(m.getLine() + 1, m.getColumn() + 1))
        .orElse("");
  }

  /** Turns nodes into JSON, once. */
  private static final class Conversion {
    private final Map<String, Integer> lines = new HashMap<>();
    private int nodes;
    private int depth;

    JsonNode json(String path, Node node) {
      nodes++;
      depth++;
      if (nodes > MAX_NODES) {
        throw problem(
            node,
            "more than %d values, aliases counted as what they stand for".formatted(MAX_NODES));
      }
      if (depth > MAX_DEPTH) {
        throw problem(
            node, "nested deeper than %d levels, or an alias inside itself".formatted(MAX_DEPTH));
      }
      try {
        if (node instanceof MappingNode mapping) {
          expectTag(mapping, Tag.MAP);
          return mapping(path, mapping);
        }
        if (node instanceof SequenceNode sequence) {
          expectTag(sequence, Tag.SEQ);
          return sequence(path, sequence);
        }
        return scalar((ScalarNode) node);
      } finally {
        depth--;
      }
    }

    private ObjectNode mapping(String path, MappingNode mapping) {
      ObjectNode object = JsonNodeFactory.instance.objectNode();
      Set<String> own = new HashSet<>();
      for (NodeTuple member : mapping.getValue()) {
        String key = key(member.getKeyNode());
        if (!own.add(key)) {
          throw problem(
              member.getKeyNode(), "key '%s' is there twice, expected it once".formatted(key));
        }
        String memberPath = path.isEmpty() ? key : path + "." + key;
        member
            .getKeyNode()
            .getStartMark()
            .ifPresent(mark -> lines.putIfAbsent(memberPath, mark.getLine() + 1));
        object.set(key, json(memberPath, member.getValueNode()));
      }
      return object;
    }

    private ArrayNode sequence(String path, SequenceNode sequence) {
      ArrayNode array = JsonNodeFactory.instance.arrayNode();
      for (Node element : sequence.getValue()) {
        array.add(json(path + "[" + array.size() + "]", element));
      }
      return array;
    }

    private static String key(Node node) {
      if (!(node instanceof ScalarNode scalar)) {
        throw problem(node, "a key is a list or a mapping, expected text");
      }
      return scalar.getValue();
    }

    private static JsonNode scalar(ScalarNode scalar) {
      String text = scalar.getValue();
      Tag tag = scalar.getTag();
      if (tag.equals(Tag.STR)) {
        return TextNode.valueOf(text);
      }
      if (tag.equals(Tag.NULL)) {
        return NullNode.instance;
      }
      if (tag.equals(Tag.BOOL)) {
        return BooleanNode.valueOf(text.toLowerCase(Locale.ROOT).equals("true"));
      }
      try {
        if (tag.equals(Tag.INT)) {
          return whole(scalar, text);
        }
        if (tag.equals(Tag.FLOAT)) {
          return real(scalar, text);
        }
      } catch (NumberFormatException e) {
        throw problem(scalar, "'%s' is not a number, as its tag says".formatted(text));
      }
      throw unknownTag(scalar);
    }

    private static JsonNode whole(ScalarNode scalar, String text) {
      if (text.length() > MAX_DIGITS) {
        throw problem(
            scalar,
            "a number has %d digits, expected up to %d".formatted(text.length(), MAX_DIGITS));
      }
      BigInteger value;
      if (text.startsWith("0x")) {
        value = new BigInteger(text.substring(2), 16);
      } else if (text.startsWith("0o")) {
        value = new BigInteger(text.substring(2), 8);
      } else {
        value = new BigInteger(text);
      }
      if (value.bitLength() < Integer.SIZE) {
        return IntNode.valueOf(value.intValue());
      }
      return value.bitLength() < Long.SIZE
          ? LongNode.valueOf(value.longValue())
          : BigIntegerNode.valueOf(value);
    }

    private static JsonNode real(ScalarNode scalar, String text) {
      String plain = text.toLowerCase(Locale.ROOT);
      if (plain.endsWith(".inf")) {
        return DoubleNode.valueOf(
            plain.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
      }
      if (plain.equals(".nan")) {
        return DoubleNode.valueOf(Double.NaN);
      }
      double value = Double.parseDouble(plain);
      if (Double.isInfinite(value)) {
        throw problem(
            scalar, "%s is too large for a double (infinity is written .inf)".formatted(text));
      }
      return DoubleNode.valueOf(value);
    }

    private static void expectTag(Node node, Tag expected) {
      if (!node.getTag().equals(expected)) {
        throw unknownTag(node);
      }
    }

    private static StudyFileException unknownTag(Node node) {
      return problem(node, "tag %s is not read, expected plain YAML".formatted(node.getTag()));
    }

    private static StudyFileException problem(Node node, String text) {
      return new StudyFileException(at(node.getStartMark()) + text);
    }
  }
}
