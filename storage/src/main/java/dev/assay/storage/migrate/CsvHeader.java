package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The first line of a CSV file.
 *
 * @param delimiter the one of comma, semicolon, tab and bar that the line has most of
 * @param names as they stand there: some may be empty or equal
 */
record CsvHeader(char delimiter, List<String> names) {
  private static final String DELIMITERS = ",;\t|";
  private static final char QUOTE = '"';
  private static final int MAX_BYTES = 1 << 20;

  CsvHeader {
    names = List.copyOf(names);
  }

  /**
   * Reads it.
   *
   * @throws UnreadableDocumentException where there is none
   * @throws IOException where the file cannot be read
   */
  static CsvHeader of(Path file) throws IOException, UnreadableDocumentException {
    String line = firstRecord(file);
    if (line.isBlank()) {
      throw new UnreadableDocumentException(
          "found no first line with the names of the columns, expected a table with one");
    }
    long[] counts = new long[DELIMITERS.length()];
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      quoted ^= c == QUOTE;
      int delimiter = DELIMITERS.indexOf(c);
      if (!quoted && delimiter >= 0) {
        counts[delimiter]++;
      }
    }
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      most = counts[i] > counts[most] ? i : most;
    }
    char delimiter = DELIMITERS.charAt(most);
    return new CsvHeader(delimiter, split(line, delimiter));
  }

  /** The bytes up to the first end of a line that is not inside of quotes, as text. */
  private static String firstRecord(Path file) throws IOException, UnreadableDocumentException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(MAX_BYTES);
    }
    if (start.length >= 2 && ((start[0] & start[1] & 0xFE) == 0xFE) && start[0] != start[1]) {
      throw new UnreadableDocumentException(
          "found UTF-16, expected UTF-8; save the table as CSV in UTF-8");
    }
    boolean quoted = false;
    int end = 0;
    while (end < start.length && (quoted || (start[end] != '\n' && start[end] != '\r'))) {
      quoted ^= start[end++] == QUOTE;
    }
    if (end == MAX_BYTES) {
      throw new UnreadableDocumentException(
          "found no end of the first line within 1 MB, expected the names of the columns");
    }
    try {
      String line =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(start, 0, end)).toString();
      return line.startsWith("\uFEFF") ? line.substring(1) : line;
    } catch (CharacterCodingException e) {
      throw new UnreadableDocumentException(
          "found a first line that is not UTF-8; save the table as CSV in UTF-8");
    }
  }

  private static List<String> split(String line, char delimiter) {
    List<String> names = new ArrayList<>();
    StringBuilder name = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == QUOTE && quoted && i + 1 < line.length() && line.charAt(i + 1) == QUOTE) {
        name.append(line.charAt(++i));
      } else if (c == QUOTE) {
        quoted = !quoted;
      } else if (c == delimiter && !quoted) {
        names.add(name.toString().strip());
        name.setLength(0);
      } else {
        name.append(c);
      }
    }
    names.add(name.toString().strip());
    return names;
  }
}
