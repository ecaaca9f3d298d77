package dev.assay.analytics;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.duckdb.DuckDBResultSet;
import org.jspecify.annotations.Nullable;

/**
 * How a result is written, row by row as it comes. Text is UTF-8, bytes are base64, times are ISO
 * 8601 in UTC.
 */
public enum ResultFormat {
  /**
   * For people: aligned columns and the number of rows. NULL is {@code NULL}, line breaks are
   * escapes, and cells of more than 80 columns end in an ellipsis, unless the result has a single
   * column. The first 1,000 rows settle the widths.
   */
  TABLE {
    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) throws SQLException, IOException {
      return new TableText(cells, out).rows(result);
    }

    @Override
    void nothing(long changed, Writer out) throws IOException {
      out.write(changed > 0 ? "OK, %d rows%n".formatted(changed) : "OK%n".formatted());
    }
  },
  /**
   * RFC 4180: a header, lines that end in a line feed, NULL as nothing and an empty text as {@code
   * ""}. Nested values are JSON.
   */
  CSV {
    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) throws SQLException, IOException {
      return new CsvText(cells, out).rows(result);
    }
  },
  /**
   * An array with an object for each row. NaN and infinities are null, whole and decimal numbers
   * exact, JSON columns and nested values JSON.
   */
  JSON {
    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) throws SQLException, IOException {
      out.write("[");
      long rows = objects(cells, result, "\n", ",\n", out);
      out.write(rows == 0 ? "]\n" : "\n]\n");
      return rows;
    }

    @Override
    void nothing(long changed, Writer out) throws IOException {
      out.write("[]\n");
    }

    @Override
    boolean holdsSeveral() {
      return false;
    }
  },
  /** JSON lines: the objects of {@link #JSON}, each on a line of its own. */
  JSONL {
    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) throws SQLException, IOException {
      long rows = objects(cells, result, "", "\n", out);
      out.write(rows == 0 ? "" : "\n");
      return rows;
    }

    @Override
    String betweenResults() {
      return "";
    }
  },
  /** An Arrow IPC stream. */
  ARROW {
    @Override
    long write(DuckDBResultSet result, OutputStream out) throws SQLException, IOException {
      return ArrowStream.writeStream(result, out);
    }

    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) {
      throw new UnsupportedOperationException("an Arrow stream is not text");
    }

    @Override
    boolean holdsSeveral() {
      return false;
    }
  },
  /** An Arrow IPC file, which pandas opens with {@code read_feather}. */
  FEATHER {
    @Override
    long write(DuckDBResultSet result, OutputStream out) throws SQLException, IOException {
      return ArrowStream.writeFile(result, out);
    }

    @Override
    long rows(Cells cells, DuckDBResultSet result, Writer out) {
      throw new UnsupportedOperationException("an Arrow file is not text");
    }

    @Override
    boolean holdsSeveral() {
      return false;
    }
  };

  private static final int BUFFER = 1 << 16;

  abstract long rows(Cells cells, DuckDBResultSet result, Writer out)
      throws SQLException, IOException;

  /** Whether several results may follow each other. */
  boolean holdsSeveral() {
    return true;
  }

  /** What stands between two of them. */
  String betweenResults() {
    return "\n";
  }

  /** Writes what stands for statements without a result. */
  void nothing(long changed, Writer out) throws IOException {}

  /**
   * Writes a whole result.
   *
   * @return how many rows it had
   */
  long write(DuckDBResultSet result, OutputStream out) throws SQLException, IOException {
    Writer writer = writer(out);
    long rows = rows(new Cells(result), result, writer);
    writer.flush();
    return rows;
  }

  final void writeNothing(long changed, OutputStream out) throws IOException {
    Writer writer = writer(out);
    nothing(changed, writer);
    writer.flush();
  }

  /** Writes each row as a JSON object, without an end after the last. */
  private static long objects(
      Cells cells, DuckDBResultSet result, String begin, String between, Writer out)
      throws SQLException, IOException {
    List<String> names = cells.names();
    StringBuilder line = new StringBuilder();
    JsonText json = new JsonText(line);
    long rows = 0;
    while (result.next()) {
      line.append(rows == 0 ? begin : between).append('{');
      for (int i = 0; i < names.size(); i++) {
        line.append(i == 0 ? "" : ",");
        json.string(names.get(i));
        line.append(':');
        json.value(cells.cell(i));
      }
      out.append(line.append('}'));
      line.setLength(0);
      rows++;
    }
    return rows;
  }

  private static Writer writer(OutputStream out) {
    return new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), BUFFER);
  }

  /** A cell as text on its own: texts as they are, nested values as JSON, null as null. */
  static @Nullable String text(@Nullable Object cell) {
    if (cell == null || cell instanceof String) {
      return (String) cell;
    }
    if (cell instanceof Double real) {
      return FiniteJson.number(real);
    }
    if (cell instanceof Float real && !Float.isFinite(real)) {
      return real.toString();
    }
    if (cell instanceof Cells.Json json) {
      return json.text();
    }
    if (cell instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    return JsonText.of(cell);
  }

  /** The cells of the present row as text. */
  static List<@Nullable String> texts(Cells cells) throws SQLException {
    List<@Nullable String> texts = new ArrayList<>();
    for (int i = 0; i < cells.names().size(); i++) {
      texts.add(text(cells.cell(i)));
    }
    return texts;
  }
}
