package dev.assay.analytics;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Finds the statements of a text, as DuckDB's own lexer does: what stands in strings, quoted names
 * and comments neither ends a statement nor is a parameter. For one text, by one thread.
 */
final class SqlScanner {
  private final String text;
  private int at;

  /** Where the statement begins; -1 before its first token. */
  private int begin = -1;

  private int end;
  private final Set<String> parameters = new LinkedHashSet<>();
  private final List<Found> found = new ArrayList<>();

  SqlScanner(String text) {
    this.text = text;
  }

  /**
   * A statement as it stands in its text.
   *
   * @param sql from its first token to its last
   * @param line where it begins in its text, from 1
   * @param parameters the names that follow a {@code $}, in the order of their first places
   */
  record Found(String sql, int line, List<String> parameters) {}

  /** The statements in their order, those left out that are empty. */
  List<Found> statements() {
    while (at < text.length()) {
      int token = at;
      char c = text.charAt(at);
      if (c == ';') {
        at++;
        finish();
      } else if (Character.isWhitespace(c) || Character.isSpaceChar(c)) {
        at++;
      } else if (text.startsWith("--", at)) {
        skipTo("\n");
      } else if (text.startsWith("/*", at)) {
        skipComment();
      } else {
        skipToken(c);
        begin = begin < 0 ? token : begin;
        end = at;
      }
    }
    finish();
    return found;
  }

  private void finish() {
    if (begin >= 0) {
      found.add(new Found(text.substring(begin, end), line(), List.copyOf(parameters)));
    }
    begin = -1;
    parameters.clear();
  }

  private int line() {
    return 1 + (int) text.chars().limit(begin).filter(c -> c == '\n').count();
  }

  /** Past the next {@code mark}, or to the end. */
  private void skipTo(String mark) {
    int found = text.indexOf(mark, at);
    at = found < 0 ? text.length() : found + mark.length();
  }

  /** Comments may hold comments. */
  private void skipComment() {
    int depth = 0;
    do {
      if (text.startsWith("/*", at)) {
        depth++;
        at += 2;
      } else if (text.startsWith("*/", at)) {
        depth--;
        at += 2;
      } else {
        at++;
      }
    } while (depth > 0 && at < text.length());
  }

  private void skipToken(char c) {
    if (c == '\'' || c == '"') {
      at++;
      // A doubled quote ends one and begins the next.
      skipTo(String.valueOf(c));
    } else if (c == '$') {
      skipDollar();
    } else if (isNameStart(c)) {
      String name = name();
      if (name.equalsIgnoreCase("e") && at < text.length() && text.charAt(at) == '\'') {
        skipEscapes();
      }
    } else {
      at++;
    }
  }

  /** A string with backslashes, from its opening quote. */
  private void skipEscapes() {
    at++;
    while (at < text.length() && text.charAt(at) != '\'') {
      at += text.charAt(at) == '\\' ? 2 : 1;
    }
    at = Math.min(at + 1, text.length());
  }

  /** {@code $name}, or a string between {@code $tag$}. */
  private void skipDollar() {
    int start = at++;
    String name = at < text.length() && isNameStart(text.charAt(at)) ? plainName() : "";
    if (at < text.length() && text.charAt(at) == '$') {
      at++;
      skipTo(text.substring(start, at));
    } else if (!name.isEmpty()) {
      parameters.add(name);
    }
  }

  private static boolean isNameStart(char c) {
    return c == '_' || c >= 0x80 || Character.isLetter(c);
  }

  /** A name without {@code $} in it. */
  private String plainName() {
    int start = at;
    while (at < text.length() && isNamePart(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private String name() {
    int start = at;
    while (at < text.length() && (isNamePart(text.charAt(at)) || text.charAt(at) == '$')) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean isNamePart(char c) {
    return isNameStart(c) || (c >= '0' && c <= '9');
  }
}
