package dev.assay.storage.migrate;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

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

  /** What Optuna's columns of one level are called, and the upper level of the others. */
  private static final Set<String> FIRST_LEVEL_ALONE = Set.of("number", "state");

  private static final Set<String> FIRST_LEVEL =
      Set.of("params", "user_attrs", "system_attrs", "values", "intermediate_values");

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
    byte[] start;
    try (InputStream in = TableFile.open(file)) {
      start = in.readNBytes(MAX_BYTES);
    }
    if (start.length >= 2 && ((start[0] & start[1] & 0xFE) == 0xFE) && start[0] != start[1]) {
      throw new UnreadableDocumentException(
          "found UTF-16, expected UTF-8; save the table as CSV in UTF-8");
    }
    int end = recordEnd(start, 0);
    if (end == MAX_BYTES) {
      throw new UnreadableDocumentException(
          "found no end of the first line within 1 MB, expected the names of the columns");
    }
    CsvHeader header = of(text(start, 0, end));
    int second =
        end + (end + 1 < start.length && start[end] == '\r' && start[end + 1] == '\n' ? 2 : 1);
    if (second < start.length) {
      header.requireOneLevel(
          split(
              new String(start, second, recordEnd(start, second) - second, StandardCharsets.UTF_8),
              header.delimiter()));
    }
    return header;
  }

  /** pandas writes columns of two levels as two lines. */
  private void requireOneLevel(List<String> second) throws UnreadableDocumentException {
    boolean upper = false;
    boolean lower = false;
    for (int i = 0; i < Math.min(names.size(), second.size()); i++) {
      boolean empty = second.get(i).isEmpty();
      if (FIRST_LEVEL_ALONE.contains(names.get(i))) {
        upper = true;
        if (!empty) {
          return;
        }
      }
      lower |= !empty && FIRST_LEVEL.contains(names.get(i));
    }
    if (upper && lower) {
      throw new UnreadableDocumentException(
          "found a header of two lines, as pandas writes columns with multi_index=True, expected"
              + " one; write the table again with multi_index=False");
    }
  }

  private static CsvHeader of(String line) throws UnreadableDocumentException {
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

  /** Where a record ends that begins here: at an end of a line that is not inside of quotes. */
  private static int recordEnd(byte[] bytes, int begin) {
    boolean quoted = false;
    int end = begin;
    while (end < bytes.length && (quoted || (bytes[end] != '\n' && bytes[end] != '\r'))) {
      quoted ^= bytes[end++] == QUOTE;
    }
    return end;
  }

  private static String text(byte[] bytes, int begin, int end) throws UnreadableDocumentException {
    try {
      String line =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, begin, end - begin))
              .toString();
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
