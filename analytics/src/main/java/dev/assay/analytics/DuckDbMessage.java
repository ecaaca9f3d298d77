package dev.assay.analytics;

import java.sql.SQLException;

/** DuckDB's messages, as a person wants them: without Java's words, with what helps. */
public final class DuckDbMessage {
  private static final String LOST = "Invalid Input Error: Invalid result set";

  private DuckDbMessage() {}

  /** Whether the driver lost the message: a streamed result that failed before its first row. */
  public static boolean isLost(SQLException e) {
    return LOST.equals(text(e));
  }

  /** Whether something that the text names is not there. */
  static boolean isOfNames(SQLException e) {
    return text(e).startsWith("Catalog Error") || text(e).startsWith("Binder Error");
  }

  static AnalyticsException failed(SQLException e) {
    String text = text(e);
    return new AnalyticsException(text + hint(text), e);
  }

  /** What went wrong, as DuckDB says it. */
  public static String text(SQLException e) {
    String text = String.valueOf(e.getMessage()).strip();
    String prefix = "java.sql.SQLException: ";
    while (text.startsWith(prefix)) {
      text = text.substring(prefix.length());
    }
    return text;
  }

  private static String hint(String text) {
    if (text.startsWith("Catalog Error: Table") && text.contains("does not exist")) {
      return "\n\nViews: " + Views.NAMES;
    }
    if (text.startsWith("Out of Memory Error")) {
      return "\n\nThe query may take more: SET memory_limit = '4GB'; in front of it";
    }
    if (text.equals(LOST)) {
      return " (the query failed before its first row)";
    }
    return "";
  }
}
