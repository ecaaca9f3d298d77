package dev.assay.storage.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as Python's {@code json.loads} does: bare {@code NaN}, {@code Infinity} and {@code
 * -Infinity} are numbers, whole numbers are unbounded and apart from real ones, real ones that are
 * too large become infinite, the last of equal keys wins and keeps the first one's place, keys keep
 * their order, and halves of surrogate pairs survive.
 *
 * <p>Against hostile input, nesting is bounded at {@value #MAX_DEPTH} levels and a number at
 * {@value #MAX_NUMBER_LENGTH} characters (Python itself refuses whole numbers of more than 4,300
 * digits). Safe to use from several threads.
 */
public final class Json {
  /** The deepest nesting that is read and written. */
  public static final int MAX_DEPTH = 1000;

  /** The longest number that is read, in characters. */
  public static final int MAX_NUMBER_LENGTH = 10_000;

  private Json() {}

  /**
   * Reads one JSON value.
   *
   * @throws JsonProcessingException when it is not exactly one JSON value; the message is one line
   *     and begins with line and column
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    return new JsonReader(text, null).document();
  }

  /**
   * Reads one JSON value without what may never be asked for: the objects in it, one level down,
   * are made out of their texts by {@code members}. In these texts there are as many closing as
   * opening brackets, and quotes are closed; whether they are JSON has not been looked at.
   *
   * @throws JsonProcessingException when the rest is not exactly one JSON value; the message is one
   *     line and begins with line and column
   */
  public static JsonNode parse(String text, Function<String, ObjectNode> members)
      throws JsonProcessingException {
    return new JsonReader(text, members).document();
  }

  /**
   * Reads one JSON value in UTF-8.
   *
   * @throws JsonProcessingException when it is not UTF-8, or not exactly one JSON value; the
   *     message is one line and begins with line and column
   */
  public static JsonNode parse(byte[] utf8) throws JsonProcessingException {
    String text = new String(utf8, StandardCharsets.UTF_8);
    // A replacement character is in the text itself, or stands for bytes that are not UTF-8.
    if (text.indexOf('\uFFFD') >= 0) {
      requireUtf8(utf8);
    }
    return parse(text);
  }

  /** An empty object. */
  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** Whether Python takes a value for true; one that is absent is not. */
  public static boolean isTruthy(@Nullable JsonNode value) {
    if (value == null || value.isNull()) {
      return false;
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isNumber()) {
      // NaN is true in Python: it is not zero.
      return value.doubleValue() != 0;
    }
    return value.isTextual() ? !value.textValue().isEmpty() : !value.isEmpty();
  }

  private static void requireUtf8(byte[] utf8) throws MalformedJsonException {
    ByteBuffer in = ByteBuffer.wrap(utf8);
    CharBuffer out = CharBuffer.allocate(utf8.length);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
    if (result.isError()) {
      int offset = in.position();
      throw MalformedJsonException.at(
          out.flip(),
          out.limit(),
          "byte %d (0x%02x) is not UTF-8; save the text as UTF-8".formatted(offset, utf8[offset]));
    }
  }
}
