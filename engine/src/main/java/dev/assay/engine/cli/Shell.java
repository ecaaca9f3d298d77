package dev.assay.engine.cli;

import java.util.regex.Pattern;

/** Words for a POSIX shell to read. */
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");
  private static final Pattern SPECIAL_IN_DOUBLE_QUOTES = Pattern.compile("[\"$`\\\\!]");

  private Shell() {}

  /** {@code text} as one word, in quotes only where it needs them. */
  static String quoted(String text) {
    if (PLAIN.matcher(text).matches()) {
      return text;
    }
    if (!SPECIAL_IN_DOUBLE_QUOTES.matcher(text).find()) {
      return '"' + text + '"';
    }
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
