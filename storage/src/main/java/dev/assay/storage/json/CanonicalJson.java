package dev.assay.storage.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON byte for byte as Python's {@code json.dumps} does, always in ASCII: characters
 * outside it are escaped, those above U+FFFF as two surrogates; floating-point numbers are Python's
 * {@code repr}, whole numbers are unbounded and never gain a decimal point; NaN and infinities are
 * bare literals.
 *
 * <p>Every method throws {@link IllegalArgumentException} for a tree nested deeper than {@link
 * Json#MAX_DEPTH}, for whole numbers of more than {@link Json#MAX_NUMBER_LENGTH} characters and for
 * nodes that JSON has no form for (binary, POJO, missing). A tree must not change while it is
 * written. Safe to use from several threads.
 */
public final class CanonicalJson {
  private static final int TYPICAL_LENGTH = 2048;
  private static final int INDENT = 2;

  /** How much goes to a stream at once, in bytes; a little more where a number is long. */
  private static final int PIECE = 32 * 1024;

  private enum Form {
    /** Keys by code point. */
    SORTED,
    /** Keys by code point, floating-point numbers rounded to 10 decimals. */
    NORMALIZED,
    /** Keys in the order in which they were set. */
    COMPACT,
    /** As {@link #COMPACT}, a member a line. */
    INDENTED
  }

  private final Form form;
  private final AsciiBuffer out;

  /** Counts what it takes, and passes it on. */
  private static final class Counting extends FilterOutputStream {
    private long count;

    Counting(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
      count += length;
    }
  }

  /** Ends the writing of a document that is longer than wanted. */
  private static final class TooLong extends IOException {
    static final OutputStream THROWING =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new TooLong();
          }

          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            throw new TooLong();
          }
        };
  }

  private CanonicalJson(Form form, AsciiBuffer out) {
    this.form = form;
    this.out = out;
  }

  /** {@code json.dumps(x, sort_keys=True, separators=(",", ":"))}. */
  public static String sorted(JsonNode node) {
    return write(node, Form.SORTED).toString();
  }

  /** {@link #sorted} as bytes, for a column; not to be changed. */
  public static ByteBuffer sortedBytes(JsonNode node) {
    AsciiBuffer out = write(node, Form.SORTED);
    return ByteBuffer.wrap(out.array(), 0, out.length());
  }

  /** {@link #sorted} with every floating-point number rounded as by {@code round(x, 10)}. */
  public static String normalized(JsonNode node) {
    return write(node, Form.NORMALIZED).toString();
  }

  /** {@code json.dumps(x, separators=(",", ":"))}: keys keep their order. */
  public static String compact(JsonNode node) {
    return write(node, Form.COMPACT).toString();
  }

  /**
   * {@link #compact} where that has no more than {@code most} bytes; null where it is longer, which
   * is known as soon as so much is written.
   */
  public static @Nullable String compactUpTo(int most, JsonNode node) {
    AsciiBuffer out = new AsciiBuffer(TYPICAL_LENGTH, TooLong.THROWING, most);
    try {
      new CanonicalJson(Form.COMPACT, out).value(node, 0);
      out.settle();
    } catch (UncheckedIOException e) {
      return null;
    }
    return out.toString();
  }

  /**
   * {@link #compact} to a stream, in pieces: a document of any length takes little memory.
   *
   * @return how many bytes were written
   */
  public static long compactTo(OutputStream out, JsonNode node) throws IOException {
    return write(node, Form.COMPACT, out);
  }

  /** {@link #indented} to a stream, as {@link #compactTo}. */
  public static long indentedTo(OutputStream out, JsonNode node) throws IOException {
    return write(node, Form.INDENTED, out);
  }

  /** {@link #compact} as bytes, for a file. */
  public static byte[] compactBytes(JsonNode node) {
    return write(node, Form.COMPACT).toByteArray();
  }

  /** {@code json.dumps(x, indent=2)}: keys keep their order; no newline at the end. */
  public static String indented(JsonNode node) {
    return write(node, Form.INDENTED).toString();
  }

  /** {@link #indented} as bytes, for a file. */
  public static byte[] indentedBytes(JsonNode node) {
    return write(node, Form.INDENTED).toByteArray();
  }

  /** {@link #sorted}, put to what the buffer holds. */
  static void writeSorted(JsonNode node, AsciiBuffer out) {
    new CanonicalJson(Form.SORTED, out).value(node, 0);
  }

  /** {@link #normalized}, put to what the buffer holds. */
  static void writeNormalized(JsonNode node, AsciiBuffer out) {
    new CanonicalJson(Form.NORMALIZED, out).value(node, 0);
  }

  private static AsciiBuffer write(JsonNode node, Form form) {
    AsciiBuffer out = new AsciiBuffer(TYPICAL_LENGTH);
    new CanonicalJson(form, out).value(node, 0);
    return out;
  }

  private static long write(JsonNode node, Form form, OutputStream out) throws IOException {
    Counting counting = new Counting(out);
    AsciiBuffer buffer = new AsciiBuffer(TYPICAL_LENGTH, counting, PIECE);
    try {
      new CanonicalJson(form, buffer).value(node, 0);
      buffer.end();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return counting.count;
  }

  private void value(JsonNode node, int depth) {
    out.settle();
    // Asking for the class of the most common leaves costs less than asking them for their type.
    if (node instanceof DoubleNode real) {
      real(real.doubleValue());
    } else if (node instanceof TextNode text) {
      out.putQuoted(text.textValue());
    } else if (node instanceof IntNode whole) {
      out.put(whole.longValue());
    } else {
      anyValue(node, depth);
    }
  }

  private void anyValue(JsonNode node, int depth) {
    switch (node.getNodeType()) {
      case OBJECT -> object((ObjectNode) node, inside(depth));
      case ARRAY -> array(node, inside(depth));
      case STRING -> out.putQuoted(node.textValue());
      case NUMBER -> number(node);
      case BOOLEAN -> out.put(node.booleanValue() ? "true" : "false");
      case NULL -> out.put("null");
      default ->
          throw new IllegalArgumentException(
              "found a %s node, expected an object, array, text, number, boolean or null"
                  .formatted(node.getNodeType()));
    }
  }

  private static int inside(int depth) {
    if (depth == Json.MAX_DEPTH) {
      throw new IllegalArgumentException(
          "JSON is nested deeper than %d levels; make it flatter".formatted(Json.MAX_DEPTH));
    }
    return depth + 1;
  }

  private void number(JsonNode node) {
    if (!node.isIntegralNumber()) {
      real(node.doubleValue());
    } else if (node.canConvertToLong()) {
      out.put(node.longValue());
    } else {
      out.put(wholeNumber(node.bigIntegerValue()));
    }
  }

  private void real(double x) {
    if (form == Form.NORMALIZED) {
      PythonFloat.writeRounded(x, out);
    } else {
      PythonFloat.write(x, out);
    }
  }

  /** Bounded as {@link Json} reads it: what is stored must be readable. */
  private static String wholeNumber(BigInteger number) {
    // A decimal digit is more than three bits, and those of a longer number take seconds to find.
    boolean isTooLong = number.bitLength() > 4 * Json.MAX_NUMBER_LENGTH;
    String digits = isTooLong ? "" : number.toString();
    if (isTooLong || digits.length() > Json.MAX_NUMBER_LENGTH) {
      throw new IllegalArgumentException(
          "a whole number has more than %d characters; write it as text"
              .formatted(Json.MAX_NUMBER_LENGTH));
    }
    return digits;
  }

  private void array(JsonNode node, int depth) {
    out.put('[');
    boolean first = true;
    for (Iterator<JsonNode> elements = node.elements(); elements.hasNext(); ) {
      separate(first, depth);
      first = false;
      value(elements.next(), depth);
    }
    end(first, depth - 1);
    out.put(']');
  }

  private void object(ObjectNode node, int depth) {
    out.put('{');
    if (form == Form.SORTED || form == Form.NORMALIZED) {
      sortedMembers(node, depth);
    } else {
      boolean first = true;
      for (Map.Entry<String, JsonNode> member : node.properties()) {
        member(member, first, depth);
        first = false;
      }
    }
    end(node.isEmpty(), depth - 1);
    out.put('}');
  }

  private void sortedMembers(ObjectNode node, int depth) {
    int count = node.size();
    String[] keys = new String[count];
    JsonNode[] values = new JsonNode[count];
    int place = 0;
    int hash = count;
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      String key = member.getKey();
      keys[place] = key;
      values[place] = member.getValue();
      hash = 31 * hash + key.hashCode();
      place++;
    }
    SortedKeys sorted = SortedKeys.of(keys, hash);
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.put(',');
      }
      out.put(sorted.json(i));
      value(values[sorted.place(i)], depth);
    }
  }

  private void member(Map.Entry<String, JsonNode> member, boolean first, int depth) {
    separate(first, depth);
    out.putQuoted(member.getKey());
    out.put(':');
    if (form == Form.INDENTED) {
      out.put(' ');
    }
    value(member.getValue(), depth);
  }

  private void separate(boolean first, int depth) {
    if (!first) {
      out.put(',');
    }
    newLine(depth);
  }

  private void end(boolean empty, int depth) {
    if (!empty) {
      newLine(depth);
    }
  }

  private void newLine(int depth) {
    if (form == Form.INDENTED) {
      out.put('\n');
      out.repeat(' ', INDENT * depth);
    }
  }
}
