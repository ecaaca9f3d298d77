package dev.assay.storage.migrate;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object out of a file, without its large members. The text is read twice: once to find
 * where each member begins and ends, and then only the members that are wanted become a tree, so
 * that a document of any size costs no more than its own bytes.
 *
 * @param members all members but the left ones, in the file's order; of equal names, the last
 * @param left names of members that were left to the archived file
 * @param salvage what was wrong with the text around the object; null where nothing was
 */
record LegacyDocument(ObjectNode members, List<String> left, @Nullable String salvage) {
  /** Members that are read whatever their size: the trial cannot be understood without them. */
  private static final Set<String> NEEDED = Set.of("parameters", "score", "constraints");

  /** The merged configuration repeats in every trial: the archive keeps it once. */
  private static final String MERGED_CONFIG = "merged_config";

  /** A member whose text is longer is left without a look at it. */
  private static final int MAX_TEXT = 4 << 20;

  /** The deepest nesting that is read: what a store writes around a document nests deeper. */
  static final int MAX_DEPTH = Json.MAX_DEPTH - 8;

  private static final int CHUNK = 8192;
  private static final int MASK = 0x7f;
  private static final int MARK_LENGTH = 3;
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(Json.MAX_NUMBER_LENGTH)
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Where a member's value stands in the text. */
  private record Span(int start, int end) {
    int length() {
      return end - start;
    }
  }

  /** Where the object's members stand, and where it ends. */
  private record Outline(Map<String, Span> members, int end) {}

  LegacyDocument {
    left = List.copyOf(left);
  }

  /**
   * Reads the first JSON object of {@code utf8}. What follows it is left out and said so in {@link
   * #salvage}.
   *
   * @throws UnreadableDocumentException when there is no complete object at the beginning
   */
  static LegacyDocument read(byte[] utf8) throws UnreadableDocumentException {
    if (utf8.length == 0) {
      throw new UnreadableDocumentException("the file is empty");
    }
    int start = hasByteOrderMark(utf8) ? MARK_LENGTH : 0;
    try {
      Outline outline = outline(utf8, start);
      requireUtf8(utf8, start, outline.end());
      ObjectNode members = Json.object();
      List<String> left = new ArrayList<>();
      for (Map.Entry<String, Span> member : outline.members().entrySet()) {
        if (isLeft(member.getKey(), member.getValue())) {
          left.add(member.getKey());
        } else {
          Span span = member.getValue();
          members.set(
              member.getKey(), Json.parse(Arrays.copyOfRange(utf8, span.start(), span.end())));
        }
      }
      return new LegacyDocument(members, left, salvageOf(utf8, start, outline.end()));
    } catch (JsonEOFException e) {
      throw new UnreadableDocumentException(
          "the JSON is cut off: the file ends after %d bytes inside of it".formatted(utf8.length));
    } catch (StreamConstraintsException e) {
      throw new UnreadableDocumentException(
          "nested deeper than %d levels, or a number of more than %d characters"
              .formatted(MAX_DEPTH, Json.MAX_NUMBER_LENGTH));
    } catch (JsonProcessingException e) {
      throw new UnreadableDocumentException("not JSON: " + firstLine(e));
    } catch (IOException e) {
      // The bytes are in memory: what is left to go wrong is their encoding.
      throw new UnreadableDocumentException("not UTF-8: " + e.getMessage());
    }
  }

  /**
   * Looks whether a document ends as one does, without reading it.
   *
   * @throws UnreadableDocumentException where it is empty or cut off
   */
  static void requireEnd(byte[] utf8) throws UnreadableDocumentException {
    int end = utf8.length;
    while (end > 0 && utf8[end - 1] >= 0 && utf8[end - 1] <= ' ') {
      end--;
    }
    if (end == 0) {
      throw new UnreadableDocumentException("the file is empty");
    }
    if (utf8[end - 1] != '}' && utf8[end - 1] != ']') {
      throw new UnreadableDocumentException(
          "the JSON is cut off: the file ends after %d bytes with '%s', expected '}'"
              .formatted(utf8.length, (char) (utf8[end - 1] & MASK)));
    }
  }

  private static boolean isLeft(String name, Span span) {
    return name.equals(MERGED_CONFIG) || (span.length() > MAX_TEXT && !NEEDED.contains(name));
  }

  private static Outline outline(byte[] utf8, int start)
      throws IOException, UnreadableDocumentException {
    try (JsonParser parser = FACTORY.createParser(utf8, start, utf8.length - start)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new UnreadableDocumentException("the file holds nothing but white space");
      }
      if (first != JsonToken.START_OBJECT) {
        throw new UnreadableDocumentException(
            "found %s, expected a JSON object".formatted(describe(first)));
      }
      if (parser.currentTokenLocation().getByteOffset() < 0) {
        throw new UnreadableDocumentException("the text is UTF-16 or UTF-32, expected UTF-8");
      }
      Map<String, Span> members = new LinkedHashMap<>();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        int from = start + (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = start + (int) parser.currentLocation().getByteOffset();
        members.put(name, new Span(from, to));
      }
      return new Outline(members, start + (int) parser.currentLocation().getByteOffset());
    }
  }

  private static String describe(JsonToken token) {
    return switch (token) {
      case START_ARRAY -> "an array";
      case VALUE_STRING -> "a text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
      default -> token.asString() == null ? token.name() : token.asString();
    };
  }

  private static String firstLine(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    int end = message.indexOf('\n');
    String text = end < 0 ? message : message.substring(0, end);
    return e.getLocation() == null || text.startsWith("line ")
        ? text
        : "line %d, column %d: %s"
            .formatted(e.getLocation().getLineNr(), e.getLocation().getColumnNr(), text);
  }

  private static boolean hasByteOrderMark(byte[] utf8) {
    return utf8.length >= MARK_LENGTH
        && utf8[0] == (byte) 0xef
        && utf8[1] == (byte) 0xbb
        && utf8[2] == (byte) 0xbf;
  }

  private static @Nullable String salvageOf(byte[] utf8, int start, int end) {
    for (int i = end; i < utf8.length; i++) {
      if (utf8[i] != ' ' && utf8[i] != '\n' && utf8[i] != '\r' && utf8[i] != '\t') {
        return "%d bytes after the JSON object were left out, from byte %d on"
            .formatted(utf8.length - i, i);
      }
    }
    return start == 0 ? null : "a byte order mark before the JSON object was left out";
  }

  /** The skipped members, too, have to be UTF-8: the legacy tools refuse the whole file. */
  private static void requireUtf8(byte[] utf8, int start, int end)
      throws UnreadableDocumentException {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(utf8, start, end - start);
    CharBuffer out = CharBuffer.allocate(CHUNK);
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());
    if (result.isError()) {
      throw new UnreadableDocumentException(
          "byte %d (0x%02x) is not UTF-8".formatted(in.position(), utf8[in.position()]));
    }
  }
}
