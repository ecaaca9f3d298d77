package dev.assay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlDocumentTest {
  private static JsonNode value(String yaml) {
    return YamlDocument.parse("v: " + yaml + "\n").root().path("v");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "no | \"no\"",
        "yes | \"yes\"",
        "on | \"on\"",
        "2025-04-01 | \"2025-04-01\"",
        "2026-01-20T08:00:00 | \"2026-01-20T08:00:00\"",
        "12:30:45 | \"12:30:45\"",
        "012 | 12",
        "0o12 | 10",
        "0x1F | 31",
        "+3 | 3",
        "-3 | -3",
        "1_000 | \"1_000\"",
        "9007199254740993 | 9007199254740993",
        "18446744073709551616 | 18446744073709551616",
        "1e-5 | 1.0E-5",
        "1e-05 | 1.0E-5",
        "1.0e-4 | 1.0E-4",
        ".5 | 0.5",
        "5. | 5.0",
        "0.30 | 0.3",
        "3.0 | 3.0",
        "true | true",
        "False | false",
        "~ | null",
        "null | null",
        "Null | null",
        " | null",
        "'null' | \"null\"",
        "\"1\" | \"1\"",
        "!!str 1 | \"1\"",
        "!!float 1 | 1.0",
        "[a, [1, 2.0], {b: c}] | [\"a\",[1,2.0],{\"b\":\"c\"}]",
        "{1: a, true: b, null: c, 1.50: d} | {\"1\":\"a\",\"true\":\"b\",\"null\":\"c\",\"1.50\":\"d\"}",
      })
  void scalarsAreThoseOfTheCoreSchema(String yaml, String json) {
    assertThat(value(yaml == null ? "" : yaml)).hasToString(json);
  }

  @Test
  void numbersThatAreNotFinite() {
    assertThat(value(".inf").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(value("+.Inf").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(value("-.INF").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(value(".nan").doubleValue()).isNaN();
    assertThat(value("nan")).hasToString("\"nan\"");
  }

  @Test
  void keysKeepTheirOrderAndTheirLine() {
    YamlDocument document = YamlDocument.parse("b: 1\na:\n  d: 2\n\n  c:\n    - x\n");
    assertThat(document.root()).hasToString("{\"b\":1,\"a\":{\"d\":2,\"c\":[\"x\"]}}");
    assertThat(document.lines())
        .containsEntry("b", 1)
        .containsEntry("a", 2)
        .containsEntry("a.d", 3)
        .containsEntry("a.c", 5);
  }

  @Test
  void aliasesAndMergeKeysWork() {
    JsonNode root =
        YamlDocument.parse(
                """
                base: &base {type: float, low: 0, high: 1}
                more: &more {low: 5, step: 0.5}
                x: *base
                y:
                  <<: *base
                  high: 2
                z: {<<: [*more, *base], high: 9}
                """)
            .root();
    assertThat(root.path("x")).isEqualTo(root.path("base"));
    assertThat(root.path("y")).hasToString("{\"high\":2,\"type\":\"float\",\"low\":0}");
    assertThat(root.path("z"))
        .hasToString("{\"high\":9,\"low\":5,\"step\":0.5,\"type\":\"float\"}");
  }

  @Test
  void byteOrderMarkAndWindowsLinesAreRead() {
    assertThat(YamlDocument.parse("\uFEFFa: 1\r\nb: two\r\n").root())
        .hasToString("{\"a\":1,\"b\":\"two\"}");
    assertThat(YamlDocument.parse("%YAML 1.2\n---\na: 1\n...\n").root()).hasToString("{\"a\":1}");
    assertThat(YamlDocument.parse("{\"a\": [1, 2.5, null]}").root())
        .hasToString("{\"a\":[1,2.5,null]}");
  }

  private static void assertRefused(String yaml, String message) {
    assertThatThrownBy(() -> YamlDocument.parse(yaml))
        .isInstanceOf(StudyFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void problemsComeWithLineAndColumn() {
    assertRefused("a: 1\nb:\n  c: 2\n  c: 3\n", "line 4, column 3: key 'c' is there twice");
    assertRefused("{a: 1, b: 2, a: 3}", "line 1, column 14: key 'a' is there twice");
    assertRefused("a: [1, 2\nb: 3\n", "line 2, column ");
    assertRefused("a: 1\n b: 2\n", "line 2, column ");
    assertRefused("a:\n\t- 1\n", "line 2, column 1: ");
    assertRefused("a: 'open\n", "line 2, column 1: ");
    assertRefused("a: *nowhere\n", "line 1, column 4: ");
    assertRefused(
        "a: !!python/tuple [1]\n", "line 1, column 4: tag tag:yaml.org,2002:python/tuple");
    assertRefused("a: !!binary aGk=\n", "line 1, column 4: tag tag:yaml.org,2002:binary");
    assertRefused("a: !!int x\n", "line 1, column 4: 'x' is not a number");
    assertRefused("a: 1e999\n", "line 1, column 4: 1e999 is too large for a double");
    assertRefused("a: 1" + "0".repeat(2000), "line 1, column 4: a number has 2001 digits");
    assertRefused("? [1, 2]\n: 3\n", "line 1, column 3: a key is a list or a mapping");
    assertRefused("a: 1\n---\nb: 2\n", "line 2, column 1: a second document starts");
    assertRefused("x: 1\n<<: 3\n", "line 3, column 1: Expected mapping node");
    assertRefused("a: \u0007", "");
    assertRefused("", "it is empty");
    assertRefused("# only a comment\n", "it is empty");
  }

  @Test
  void bombsAreBounded() {
    assertRefused("[".repeat(100_000), "nested deeper than 100 levels");
    assertRefused("a: " + "{a: ".repeat(100_000), "nested deeper than 100 levels");
    assertRefused("- ".repeat(100_000) + "a", "nested deeper than 100 levels");
    assertRefused("a: &a [*a, *a]\n", "an alias inside itself");
    assertRefused("a: &a {b: *a}\n", "an alias inside itself");
    StringBuilder laughs = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 25; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertRefused(laughs.toString(), "more than 200000 values");
  }
}
