package dev.assay.analytics;

import java.io.IOException;
import java.io.Writer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A result as RFC 4180 has it, but with line feeds, which is what other command-line tools read.
 */
final class CsvText {
  private final Cells cells;
  private final Writer out;

  CsvText(Cells cells, Writer out) {
    this.cells = cells;
    this.out = out;
  }

  long rows(ResultSet result) throws SQLException, IOException {
    line(cells.names());
    long rows = 0;
    while (result.next()) {
      line(ResultFormat.texts(cells));
      rows++;
    }
    return rows;
  }

  private void line(List<? extends @Nullable String> texts) throws IOException {
    out.write(line(new StringBuilder(), texts).toString());
  }

  /** Appends a row; null is an empty field. */
  static StringBuilder line(StringBuilder out, List<? extends @Nullable String> texts) {
    String separator = "";
    for (String text : texts) {
      out.append(separator);
      if (text != null) {
        out.append(needsQuotes(text) ? '"' + text.replace("\"", "\"\"") + '"' : text);
      }
      separator = ",";
    }
    return out.append('\n');
  }

  private static boolean needsQuotes(String text) {
    return text.isEmpty()
        || text.indexOf('"') >= 0
        || text.indexOf(',') >= 0
        || text.indexOf('\n') >= 0
        || text.indexOf('\r') >= 0;
  }
}
