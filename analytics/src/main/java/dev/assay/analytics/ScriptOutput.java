package dev.assay.analytics;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Locale;
import org.duckdb.DuckDBResultSet;

/** Where the results of a script's statements go, one after the other. */
final class ScriptOutput {
  private final ResultFormat format;
  private final OutputStream out;
  private int results;
  private long rows;
  private long changed;

  ScriptOutput(ResultFormat format, OutputStream out) {
    this.format = format;
    this.out = out;
  }

  void add(DuckDBResultSet result) throws SQLException, IOException {
    if (results > 0 && !format.holdsSeveral()) {
      throw another(format.name().toLowerCase(Locale.ROOT));
    }
    if (results > 0) {
      out.write(format.betweenResults().getBytes(StandardCharsets.UTF_8));
    }
    results++;
    rows += format.write(result, out);
  }

  void changed(long more) {
    changed += more;
  }

  /** Gives the number of rows that were written. */
  long end() throws IOException {
    if (results == 0) {
      format.writeNothing(changed, out);
    }
    return rows;
  }

  /** What is wrong where a statement gives a further result, and the format holds one. */
  static AnalyticsException another(String format) {
    return new AnalyticsException(
        "this is not the only result, and %s holds one; write csv, jsonl or table, or leave a result out"
            .formatted(format));
  }
}
