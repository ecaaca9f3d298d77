package dev.assay.engine.objective;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a command's output line by line, and remembers the last line that says something and the
 * last line that is a JSON object and no report. Holds one line in memory, of at most {@value
 * #MAX_LINE} bytes; of a longer one the start counts as text, and it is never a result.
 *
 * <p>Safe to share between threads.
 */
final class OutputLines {
  /** The longest line that is read as a result. */
  static final int MAX_LINE = 8 << 20;

  private static final int MAX_TEXT = 300;

  private final Predicate<ObjectNode> reports;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private boolean tooLong;
  private byte[] lastText = {};
  private @Nullable ObjectNode lastObject;
  private boolean sawTooLong;

  /**
   * @param reports gets each line that is a JSON object, and says whether it is a report
   */
  OutputLines(Predicate<ObjectNode> reports) {
    this.reports = reports;
  }

  /** Takes the first {@code length} of {@code bytes}. */
  synchronized void write(byte[] bytes, int length) {
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == '\n') {
        append(bytes, start, i - start);
        endLine();
        start = i + 1;
      }
    }
    append(bytes, start, length - start);
  }

  private void append(byte[] bytes, int from, int length) {
    int fits = Math.min(length, MAX_LINE - line.size());
    line.write(bytes, from, fits);
    tooLong |= fits < length;
  }

  private void endLine() {
    byte[] bytes = line.toByteArray();
    boolean cut = tooLong;
    line.reset();
    tooLong = false;
    int start = 0;
    int end = bytes.length;
    while (start < end && isSpace(bytes[start])) {
      start++;
    }
    while (end > start && isSpace(bytes[end - 1])) {
      end--;
    }
    if (start == end) {
      return;
    }
    lastText = Arrays.copyOfRange(bytes, start, Math.min(end, start + MAX_TEXT));
    sawTooLong |= cut && bytes[start] == '{';
    if (!cut && bytes[start] == '{' && bytes[end - 1] == '}') {
      parse(Arrays.copyOfRange(bytes, start, end));
    }
  }

  private void parse(byte[] text) {
    try {
      if (Json.parse(text) instanceof ObjectNode object && !reports.test(object)) {
        lastObject = object;
      }
    } catch (JsonProcessingException notJson) {
      // A line in braces that is not JSON is ordinary output.
    }
  }

  private static boolean isSpace(byte character) {
    return character == ' ' || character == '\t' || character == '\r';
  }

  /** Takes what stands after the last line's end as a line. */
  synchronized void end() {
    endLine();
  }

  /** The last line that is not blank, on one line, cut at 300 bytes; empty where there is none. */
  synchronized String lastText() {
    return new String(lastText, StandardCharsets.UTF_8).replaceAll("\\p{Cntrl}+", " ").strip();
  }

  /** The last line that is a JSON object and no report. */
  synchronized @Nullable ObjectNode lastObject() {
    return lastObject;
  }

  /** Whether a line that could have been a JSON object was too long to be one. */
  synchronized boolean sawTooLong() {
    return sawTooLong;
  }
}
