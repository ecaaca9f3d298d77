package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandWordsTest {
  @Test
  void wordsAreSplitAtWhiteSpace() {
    assertThat(CommandWords.split("  python\tbacktest.py\n --fast 3 "))
        .containsExactly("python", "backtest.py", "--fast", "3");
    assertThat(CommandWords.split(" ")).isEmpty();
  }

  @Test
  void quotesKeepWhatIsInThem() {
    assertThat(CommandWords.split("a 'b  c' \"d  'e'\" '' f'g h'\"i j\"k"))
        .containsExactly("a", "b  c", "d  'e'", "", "fg hi jk");
  }

  @Test
  void backslashesMakeTheNextCharacterLiteral() {
    assertThat(CommandWords.split("a\\ b \\'c \"d\\\"e\\\\f\\n\" 'g\\'"))
        .containsExactly("a b", "'c", "d\"e\\f\\n", "g\\");
  }

  @Test
  void nothingIsExpanded() {
    assertThat(CommandWords.split("echo $HOME `ls` *.py ~ a|b 'x' \"|\" \\;"))
        .containsExactly("echo", "$HOME", "`ls`", "*.py", "~", "a|b", "x", "|", ";");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a | b", "a && b", "a > out", "a 2>&1", "a ;"})
  void anOperatorOfTheShellIsAnError(String text) {
    assertThatThrownBy(() -> CommandWords.split(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not run through a shell: put it in quotes, or run sh -c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a 'b", "a \"b", "a \"b\\\""})
  void aQuoteThatDoesNotEndIsAnError(String text) {
    assertThatThrownBy(() -> CommandWords.split(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at character 3 that does not end");
  }

  @Test
  void aLoneBackslashIsAnError() {
    assertThatThrownBy(() -> CommandWords.split("a \\")).hasMessage("ends with a lone backslash");
  }

  @Test
  void aLineSplitsIntoTheWordsItWasMadeOf() {
    List<String> words = List.of("sh", "-c", "echo 'a' \"b\" $c", "", "{x}", "a\\b", "ä|");
    assertThat(CommandWords.split(CommandWords.line(words))).isEqualTo(words);
  }
}
