package dev.assay.engine.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command line as words, by the shell's rules of quoting and nothing else of the shell: words are
 * separated by white space; {@code '…'} is literal; in {@code "…"} a backslash makes {@code "} and
 * {@code \} literal; elsewhere it makes any character literal. Nothing is expanded.
 */
final class CommandWords {
  /** Words that mean something to a shell, and would be handed over as plain text here. */
  private static final Set<String> OPERATORS =
      Set.of("|", "||", "&", "&&", ";", "<", ">", ">>", "2>", "2>&1", "&>");

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./{}-]+");

  private final String text;
  private final List<String> words = new ArrayList<>();
  private final StringBuilder word = new StringBuilder();
  private boolean inWord;
  private boolean quoted;
  private int at;

  private CommandWords(String text) {
    this.text = text;
  }

  /**
   * Splits {@code text}.
   *
   * @throws IllegalArgumentException where a quote does not end, a backslash ends the text, or a
   *     word that is not quoted is an operator of the shell; the message completes "the command"
   */
  static List<String> split(String text) {
    return new CommandWords(text).split();
  }

  private List<String> split() {
    while (at < text.length()) {
      char character = text.charAt(at++);
      if (Character.isWhitespace(character)) {
        endWord();
        continue;
      }
      inWord = true;
      switch (character) {
        case '\'', '"' -> quotation(character);
        case '\\' -> {
          quoted = true;
          word.append(escaped());
        }
        default -> word.append(character);
      }
    }
    endWord();
    return words;
  }

  private void quotation(char quote) {
    quoted = true;
    int start = at;
    while (at < text.length()) {
      char character = text.charAt(at++);
      if (character == quote) {
        return;
      }
      boolean escape = quote == '"' && character == '\\' && at < text.length();
      if (escape && (text.charAt(at) == '"' || text.charAt(at) == '\\')) {
        character = text.charAt(at++);
      }
      word.append(character);
    }
    throw new IllegalArgumentException(
        "has a quote %s at character %d that does not end".formatted(quote, start));
  }

  private char escaped() {
    if (at == text.length()) {
      throw new IllegalArgumentException("ends with a lone backslash");
    }
    return text.charAt(at++);
  }

  private void endWord() {
    if (!inWord) {
      return;
    }
    String finished = word.toString();
    if (!quoted && OPERATORS.contains(finished)) {
      throw new IllegalArgumentException(
          "holds the shell's %s, but is not run through a shell: put it in quotes, or run sh -c"
              .formatted(finished));
    }
    words.add(finished);
    word.setLength(0);
    inWord = false;
    quoted = false;
  }

  /** The words as one line that a shell would split into the same words. */
  static String line(List<String> words) {
    return words.stream().map(CommandWords::quotedForShell).collect(Collectors.joining(" "));
  }

  private static String quotedForShell(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
