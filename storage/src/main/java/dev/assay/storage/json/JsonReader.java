package dev.assay.storage.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads one text with Python's grammar. Jackson's parser is not used for it: it refuses keys with
 * half a surrogate pair, takes INF for infinity, and bounds the parts of a number but not the
 * whole. Used once, by one thread.
 */
final class JsonReader {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final char END = '\uFFFF';
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /** Whole numbers of up to this many characters fit into a long. */
  private static final int LONG_DIGITS = 18;

  /** What makes the nodes of the objects that are members of the outermost one; null: this. */
  private final @Nullable Function<String, ObjectNode> members;

  private final String text;
  private final int length;
  private int at;

  JsonReader(String text, @Nullable Function<String, ObjectNode> members) {
    this.members = members;
    this.text = text;
    this.length = text.length();
  }

  JsonNode document() throws MalformedJsonException {
    JsonNode node = value(0);
    skipSpace();
    if (at < length) {
      throw expected("the end after the JSON value");
    }
    return node;
  }

  private JsonNode value(int depth) throws MalformedJsonException {
    skipSpace();
    return switch (peek()) {
      case '{' -> depth == 1 && members != null ? members.apply(stepOver()) : object(inside(depth));
      case '[' -> array(inside(depth));
      case '"' -> NODES.textNode(string());
      case 't' -> literal("true", NODES.booleanNode(true));
      case 'f' -> literal("false", NODES.booleanNode(false));
      case 'n' -> literal("null", NODES.nullNode());
      case 'N' -> literal("NaN", NODES.numberNode(Double.NaN));
      case 'I' -> literal("Infinity", NODES.numberNode(Double.POSITIVE_INFINITY));
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw expected("a JSON value");
    };
  }

  private int inside(int depth) throws MalformedJsonException {
    if (depth == Json.MAX_DEPTH) {
      throw JsonLimitException.at(
          text, at, "nested deeper than %d levels; make it flatter".formatted(Json.MAX_DEPTH));
    }
    return depth + 1;
  }

  /** The text of an object, of which only braces, brackets and texts have been looked at. */
  private String stepOver() throws MalformedJsonException {
    int start = at;
    int open = 0;
    do {
      switch (peek()) {
        case '{', '[' -> {
          at++;
          open++;
        }
        case '}', ']' -> {
          at++;
          open--;
        }
        case '"' -> stepOverText();
        default -> {
          if (at >= length) {
            throw malformed(start, "an object begins here and has no closing brace");
          }
          at++;
        }
      }
    } while (open > 0);
    return text.substring(start, at);
  }

  private void stepOverText() throws MalformedJsonException {
    int start = at;
    boolean escaped;
    do {
      int quote = text.indexOf('"', at + 1);
      if (quote < 0) {
        throw unclosed(start);
      }
      at = quote;
      int backslashes = at;
      while (text.charAt(backslashes - 1) == '\\') {
        backslashes--;
      }
      escaped = ((at - backslashes) & 1) == 1;
    } while (escaped);
    at++;
  }

  private ObjectNode object(int depth) throws MalformedJsonException {
    ObjectNode object = NODES.objectNode();
    at++;
    skipSpace();
    if (peek() == '}') {
      at++;
      return object;
    }
    while (true) {
      if (peek() != '"') {
        throw expected("a key in double quotes");
      }
      String key = key();
      skipSpace();
      if (peek() != ':') {
        throw expected("':' after a key");
      }
      at++;
      object.set(key, value(depth));
      skipSpace();
      char next = peek();
      if (next != ',' && next != '}') {
        throw expected("',' or '}'");
      }
      at++;
      if (next == '}') {
        return object;
      }
      skipSpace();
    }
  }

  private ArrayNode array(int depth) throws MalformedJsonException {
    ArrayNode array = NODES.arrayNode();
    at++;
    skipSpace();
    if (peek() == ']') {
      at++;
      return array;
    }
    while (true) {
      array.add(value(depth));
      skipSpace();
      char next = peek();
      if (next != ',' && next != ']') {
        throw expected("',' or ']'");
      }
      at++;
      if (next == ']') {
        return array;
      }
    }
  }

  private String key() throws MalformedJsonException {
    int start = at + 1;
    int hash = 0;
    for (int i = start; i < length; i++) {
      char c = text.charAt(i);
      if (c == '"') {
        at = i + 1;
        return RecentKeys.share(text, start, i, hash);
      }
      if (c == '\\' || c < ' ') {
        break;
      }
      hash = 31 * hash + c;
    }
    return string();
  }

  private String string() throws MalformedJsonException {
    int start = ++at;
    while (at < length) {
      char c = text.charAt(at);
      if (c == '"') {
        return text.substring(start, at++);
      }
      if (c == '\\') {
        return stringWithEscapes(start);
      }
      requireNoControl(c);
      at++;
    }
    throw unclosed(start - 1);
  }

  private String stringWithEscapes(int start) throws MalformedJsonException {
    StringBuilder out = new StringBuilder(2 * (at - start) + 16).append(text, start, at);
    while (at < length) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c == '\\') {
        at++;
        out.append(escape());
      } else {
        requireNoControl(c);
        at++;
        out.append(c);
      }
    }
    throw unclosed(start - 1);
  }

  private void requireNoControl(char c) throws MalformedJsonException {
    if (c < ' ') {
      throw expected("an escape such as \\n: control characters may not stand in a text");
    }
  }

  private char escape() throws MalformedJsonException {
    char escaped =
        switch (peek()) {
          case '"' -> '"';
          case '\\' -> '\\';
          case '/' -> '/';
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> 'u';
          default -> throw expected("one of \" \\ / b f n r t u after a backslash");
        };
    at++;
    return escaped == 'u' ? hexadecimal() : escaped;
  }

  private char hexadecimal() throws MalformedJsonException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      char c = peek();
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        throw expected("four hexadecimal digits after \\u");
      }
      value = 16 * value + digit;
      at++;
    }
    return (char) value;
  }

  private JsonNode literal(String word, JsonNode node) throws MalformedJsonException {
    if (!text.startsWith(word, at)) {
      throw expected("a JSON value");
    }
    at += word.length();
    return node;
  }

  private JsonNode number() throws MalformedJsonException {
    int start = at;
    if (peek() == '-') {
      at++;
      if (peek() == 'I') {
        return literal("Infinity", NODES.numberNode(Double.NEGATIVE_INFINITY));
      }
    }
    int first = at;
    digits();
    if (at - first > 1 && text.charAt(first) == '0') {
      throw malformed(first, "a number begins with a superfluous 0; leave it out");
    }
    boolean real = false;
    if (peek() == '.') {
      at++;
      digits();
      real = true;
    }
    if (peek() == 'e' || peek() == 'E') {
      at++;
      if (peek() == '+' || peek() == '-') {
        at++;
      }
      digits();
      real = true;
    }
    if (at - start > Json.MAX_NUMBER_LENGTH) {
      throw JsonLimitException.at(
          text,
          start,
          "a number has %d characters, at most %d are read; write it as text"
              .formatted(at - start, Json.MAX_NUMBER_LENGTH));
    }
    return real ? NODES.numberNode(DecimalText.toDouble(text, start, at)) : whole(start);
  }

  private JsonNode whole(int start) {
    if (at - start > LONG_DIGITS) {
      return NODES.numberNode(new BigInteger(text.substring(start, at)));
    }
    long value = Long.parseLong(text, start, at, 10);
    return (int) value == value ? NODES.numberNode((int) value) : NODES.numberNode(value);
  }

  private void digits() throws MalformedJsonException {
    int start = at;
    while (at < length && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw expected("a digit");
    }
  }

  private void skipSpace() {
    while (at < length) {
      char c = text.charAt(at);
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
        return;
      }
      at++;
    }
  }

  /** The next character; at the end of the text one that is nowhere in the grammar. */
  private char peek() {
    return at < length ? text.charAt(at) : END;
  }

  private MalformedJsonException expected(String what) {
    String found;
    if (at >= length) {
      found = length == 0 ? "nothing" : "the end of the text";
    } else {
      char c = text.charAt(at);
      found = c > ' ' && c <= '~' ? "'%c'".formatted(c) : "U+%04X".formatted((int) c);
      if (c == BYTE_ORDER_MARK) {
        found += " (a byte order mark: save the text without it)";
      }
    }
    return malformed(at, "found %s, expected %s".formatted(found, what));
  }

  private MalformedJsonException unclosed(int offset) {
    return malformed(offset, "a text begins here and has no closing quote");
  }

  private MalformedJsonException malformed(int offset, String message) {
    return MalformedJsonException.at(text, offset, message);
  }
}
