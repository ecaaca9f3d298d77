package dev.assay.storage.optuna;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads an Optuna journal file: a JSON object a line, each an operation. */
final class JournalFile {
  private static final String BEGINNING = "{\"op_code\":";

  private JournalFile() {}

  /** What is done with the operations, in their order. */
  interface Operations {
    /**
     * @throws RefusedException where the operation has not the members that it should have
     */
    void apply(int code, ObjectNode line) throws RefusedException;
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
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long number = 1;
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next != '\n') {
          line.write(next);
          if (line.size() > longest) {
            throw new RefusedException(
                "line %d has more than the %d bytes that fit into this JVM; give it more memory (-Xmx)"
                    .formatted(number, longest));
          }
        } else {
          apply(number, line.toByteArray(), operations);
          line.reset();
          number++;
        }
      }
      return line.size() > 0;
    }
  }

  private static void apply(long number, byte[] line, Operations operations)
      throws RefusedException {
    try {
      JsonNode parsed = Json.parse(line);
      if (!(parsed instanceof ObjectNode operation) || !parsed.path("op_code").isInt()) {
        throw new RefusedException("it is no object with a whole number op_code");
      }
      operations.apply(parsed.path("op_code").intValue(), operation);
    } catch (JsonProcessingException e) {
      throw new RefusedException(
          "line %d of the journal cannot be read as JSON (%s); put back a copy of the file"
              .formatted(number, e.getMessage()));
    } catch (RefusedException e) {
      throw new RefusedException("line %d of the journal: %s".formatted(number, e.reason()));
    }
  }
}
