package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.JsonLimitException;
import dev.assay.storage.migrate.BoundedLines;
import dev.assay.storage.migrate.Sizes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an Optuna journal file: a JSON object a line, each an operation. */
final class JournalFile {
  private static final String BEGINNING = "{\"op_code\":";

  private static final Pattern CODE = Pattern.compile("\\{\"op_code\": ?(\\d{1,2})[,}]");

  private JournalFile() {}

  /** What is done with the operations, in their order. */
  interface Operations {
    /**
     * @throws RefusedException where the operation has not the members that it should have
     */
    void apply(int code, ObjectNode line) throws RefusedException;

    /**
     * A line is whole, and beyond what is read.
     *
     * @param code -1 where it cannot be told
     * @param number of the line, from 1
     * @param reason what was found, and what to do
     * @throws RefusedException where the rest says another thing without this line
     */
    void leaveOut(int code, long number, String reason) throws RefusedException;
  }

  /** Whether a file begins as a journal does. */
  static boolean isJournal(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      String start = new String(in.readNBytes(64), StandardCharsets.ISO_8859_1);
      return start.replace(" ", "").startsWith(BEGINNING);
    }
  }

  /**
   * Gives all whole lines to {@code operations}.
   *
   * @param longest the longest line that is read, in bytes
   * @return whether the last line is cut off; it is left out
   * @throws RefusedException where a line is none of a journal
   */
  static boolean read(Path file, long longest, Operations operations)
      throws IOException, RefusedException {
    try (BoundedLines lines = new BoundedLines(Files.newInputStream(file), longest)) {
      for (BoundedLines.Line line = lines.next(); line != null; line = lines.next()) {
        if (lines.isCut()) {
          return true;
        }
        byte[] content = line.content();
        if (content != null) {
          apply(line, content, operations);
        } else {
          operations.leaveOut(
              code(line),
              line.number(),
              "%s are more than the %s that fit into this JVM (give it more memory, such as ASSAY_JAVA_OPTS=-Xmx4g)"
                  .formatted(Sizes.text(line.bytes()), Sizes.text(longest)));
        }
      }
      return false;
    }
  }

  /** What a line does, as far as its beginning tells; -1 where that is not clear. */
  private static int code(BoundedLines.Line line) {
    Matcher code = CODE.matcher(line.start());
    return code.lookingAt() ? Integer.parseInt(code.group(1)) : -1;
  }

  private static void apply(BoundedLines.Line line, byte[] content, Operations operations)
      throws RefusedException {
    try {
      JsonNode parsed = Json.parse(content);
      if (!(parsed instanceof ObjectNode operation) || !parsed.path("op_code").isInt()) {
        throw new RefusedException("it is no object with a whole number op_code");
      }
      operations.apply(parsed.path("op_code").intValue(), operation);
    } catch (JsonLimitException e) {
      // One that ends otherwise may be two, of which the first was cut off.
      int code = content[content.length - 1] == '}' ? code(line) : -1;
      String reason =
          "%s, of which %s".formatted(Sizes.text(line.bytes()), String.valueOf(e.getMessage()));
      operations.leaveOut(code, line.number(), reason);
    } catch (JsonProcessingException e) {
      throw new RefusedException(
          "line %d of the journal cannot be read as JSON (%s); put back a copy of the file"
              .formatted(line.number(), e.getMessage()));
    } catch (RefusedException e) {
      throw new RefusedException("line %d of the journal: %s".formatted(line.number(), e.reason()));
    }
  }
}
