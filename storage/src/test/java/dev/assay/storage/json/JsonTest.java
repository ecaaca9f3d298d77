package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void numbersKeepTheirKind() throws JsonProcessingException {
    assertThat(Json.parse("1")).isEqualTo(IntNode.valueOf(1));
    assertThat(Json.parse("-0")).isEqualTo(IntNode.valueOf(0));
    assertThat(Json.parse("1.0")).isEqualTo(DoubleNode.valueOf(1.0));
    assertThat(Json.parse("1e2")).isEqualTo(DoubleNode.valueOf(100.0));
    assertThat(Json.parse("-0.0")).isEqualTo(DoubleNode.valueOf(-0.0));
    assertThat(Json.parse("1e999").doubleValue()).isEqualTo(Double.POSITIVE_INFINITY);
    assertThat(Json.parse("-1e999").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Json.parse("NaN").doubleValue()).isNaN();
    assertThat(Json.parse("-Infinity").doubleValue()).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(Json.parse("18446744073709551616").bigIntegerValue())
        .isEqualTo(BigInteger.ONE.shiftLeft(64));
  }

  @Test
  void theLastOfEqualKeysWinsInTheFirstOnesPlace() throws JsonProcessingException {
    JsonNode node = Json.parse("{\"a\":1,\"b\":2,\"a\":3}");
    assertThat(node.fieldNames()).toIterable().containsExactly("a", "b");
    assertThat(node.get("a")).isEqualTo(IntNode.valueOf(3));
  }

  @Test
  void halvesOfSurrogatePairsSurvive() throws JsonProcessingException {
    byte[] json = "{\"\\ud800\":\"\\udc00x\"}".getBytes(StandardCharsets.UTF_8);
    JsonNode node = Json.parse(json);
    assertThat(node.get("\uD800").textValue()).isEqualTo("\uDC00x");
    assertThat(CanonicalJson.compact(node)).isEqualTo("{\"\\ud800\":\"\\udc00x\"}");
  }

  @Test
  void takesUtf8AndItsReplacementCharacter() throws JsonProcessingException {
    byte[] json = "[\"é日😀\uFFFD\"]".getBytes(StandardCharsets.UTF_8);
    assertThat(Json.parse(json).get(0).textValue()).isEqualTo("é日😀\uFFFD");
  }

  @Test
  void aNumberAtTheLimitIsExactAndOneBeyondIsRefused() throws JsonProcessingException {
    String most = "7".repeat(Json.MAX_NUMBER_LENGTH);
    assertThat(CanonicalJson.compact(Json.parse(most))).isEqualTo(most);
    String huge = "7".repeat(10_000_000);
    for (String digits : List.of(most + "7", huge, "0." + huge, "-1e" + huge, "0." + most)) {
      assertRefused(
          "[" + digits + "]",
          "a number has %d characters, at most 10000 are read; write it as text"
              .formatted(digits.length()));
    }
  }

  @Test
  void everyDecimalIsTheNearestDouble() throws JsonProcessingException {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 200_000; i++) {
      String text =
          "%s%d.%de%d"
              .formatted(
                  random.nextBoolean() ? "-" : "",
                  random.nextLong(1L << random.nextInt(1, 63)),
                  random.nextLong(1L << random.nextInt(1, 63)),
                  random.nextInt(-40, 40) * (random.nextInt(8) == 0 ? 10 : 1));
      assertThat(Json.parse(text).doubleValue()).as(text).isEqualTo(Double.parseDouble(text));
    }
    for (String text :
        List.of(
            "0.0",
            "-0.0",
            "0e5",
            "1e22",
            "1e23",
            "1e-22",
            "9007199254740993.0",
            "9007199254740991e22",
            "1E+2",
            "1e0000000002",
            "123456789012345678e-30",
            "4.9e-324")) {
      assertThat(Json.parse(text).doubleValue()).as(text).isEqualTo(Double.parseDouble(text));
    }
  }

  @Test
  void nestingBeyondTheLimitIsRefused() {
    String message = "nested deeper than 1000 levels; make it flatter";
    assertRefused("[".repeat(1001) + "]".repeat(1001), message);
    assertRefused("[".repeat(100_000), message);
    assertRefused("{\"a\":".repeat(100_000), message);
  }

  @Test
  void manyKeysOfOneHashAreRead() throws JsonProcessingException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < 1 << 12; i++) {
      json.append(i == 0 ? "\"" : ",\"");
      for (int bit = 0; bit < 12; bit++) {
        json.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      json.append("\":0");
    }
    assertThat(Json.parse(json.append('}').toString())).hasSize(1 << 12);
  }

  @Test
  void aVeryLongKeyIsRead() throws JsonProcessingException {
    String key = "k".repeat(200_000);
    assertThat(Json.parse("{\"" + key + "\":1}").has(key)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " \n",
        "{",
        "[1,",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "[01]",
        "[1.]",
        "[.5]",
        "[+1]",
        "[-]",
        "[1e]",
        "[0x10]",
        "[INF]",
        "[-INF]",
        "[+INF]",
        "[+Infinity]",
        "[+NaN]",
        "[-NaN]",
        "[nan]",
        "[Inf]",
        "[True]",
        "[nul]",
        "\"\n\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"open",
        "// comment\n1",
        "1 2",
        "{} {}",
        "{}]",
        "\uFEFF{}",
        "[1 2]"
      })
  void refusesWhatPythonRefuses(String json) {
    assertThatThrownBy(() -> Json.parse(json))
        .isInstanceOf(MalformedJsonException.class)
        .message()
        .matches("line \\d+, column \\d+: .+");
    assertThatThrownBy(() -> Json.parse(json.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "``|line 1, column 1: found nothing, expected a JSON value",
        "{\"a\": 1} {}|line 1, column 10: found '{', expected the end after the JSON value",
        "`{\"a\": 1}\n  x`|line 2, column 3: found 'x', expected the end after the JSON value",
        "{\"a\"|line 1, column 5: found the end of the text, expected ':' after a key",
        "{\"a\":1,}|line 1, column 8: found '}', expected a key in double quotes",
        "[1 2]|line 1, column 4: found '2', expected ',' or ']'",
        "{\"a\":1 2}|line 1, column 8: found '2', expected ',' or '}'",
        "[INF]|line 1, column 2: found 'I', expected a JSON value",
        "[01]|line 1, column 2: a number begins with a superfluous 0; leave it out",
        "[\"x]|line 1, column 2: a text begins here and has no closing quote",
        "[\"\\x\"]|line 1, column 4: found 'x', expected one of \" \\ / b f n r t u after a backslash",
        "[\"\\u12g4\"]|line 1, column 7: found 'g', expected four hexadecimal digits after \\u",
        "`[\"\t\"]`|line 1, column 3: found U+0009, expected an escape such as \\n: control characters may not stand in a text",
        "\uFEFF{}|line 1, column 1: found U+FEFF (a byte order mark: save the text without it), expected a JSON value"
      })
  void saysWhereAndWhatTheErrorIs(String json, String message) {
    assertThatThrownBy(() -> Json.parse(json)).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ff", "c080", "eda080", "f4908080", "e282", "80"})
  void refusesBytesThatAreNotUtf8(String hex) {
    byte[] bad = HexFormat.of().parseHex(hex);
    byte[] json = new byte[9 + bad.length];
    System.arraycopy("[1,\n\"é\"".getBytes(StandardCharsets.UTF_8), 0, json, 0, 8);
    json[7] = ' ';
    System.arraycopy(bad, 0, json, 8, bad.length);
    json[json.length - 1] = '"';
    assertThatThrownBy(() -> Json.parse(json))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessage(
            "line 2, column 4: byte 8 (0x%s) is not UTF-8; save the text as UTF-8"
                .formatted(hex.substring(0, 2)));
  }

  private static void assertRefused(String json, String message) {
    assertThatThrownBy(() -> Json.parse(json))
        .isInstanceOf(MalformedJsonException.class)
        .hasMessageEndingWith(": " + message);
  }
}
