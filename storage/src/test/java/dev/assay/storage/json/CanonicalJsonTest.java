package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalJsonTest {
  @Test
  void sortsKeysByCodePointAndKeepsHalvesOfPairsInTheirPlace() throws JsonProcessingException {
    JsonNode node =
        Json.parse(
            "{\"\\ud83d\\ude00\":1,\"\\uffff\":2,\"\\ud83d\":3,\"\\ue000\":4,\"z\":5,\"Z\":6,\"\":7,"
                + "\"\\ude00\":8,\"\\ud83d\\u0041\":9,\"\\ud83d\\uffff\":10,\"\\ud83dz\\ude00\":11}");
    assertThat(CanonicalJson.sorted(node))
        .isEqualTo(
            "{\"\":7,\"Z\":6,\"z\":5,\"\\ud83d\":3,\"\\ud83dA\":9,\"\\ud83dz\\ude00\":11,"
                + "\"\\ud83d\\uffff\":10,\"\\ude00\":8,\"\\ue000\":4,\"\\uffff\":2,"
                + "\"\\ud83d\\ude00\":1}");
  }

  @Test
  void orderIsThatOfTheCodePoints() {
    SplittableRandom random = new SplittableRandom(7);
    char[] alphabet = {'a', 'b', '\uD7FF', '\uD800', '\uD83D', '\uDC00', '\uDE00', '\uE000'};
    for (int i = 0; i < 100_000; i++) {
      String a = text(random, alphabet);
      String b = text(random, alphabet);
      int expected = Arrays.compare(a.codePoints().toArray(), b.codePoints().toArray());
      assertThat(Integer.signum(CodePointOrder.INSTANCE.compare(a, b)))
          .as("%s against %s", a, b)
          .isEqualTo(Integer.signum(expected));
    }
  }

  private static String text(SplittableRandom random, char[] alphabet) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append(alphabet[random.nextInt(alphabet.length)]);
    }
    return text.toString();
  }

  /** Aa, BB and C# have one hash code, and so have keys that are made of as many of them. */
  @Test
  void keysOfEqualHashCodesAreSortedEachOnTheirOwn() {
    SplittableRandom random = new SplittableRandom(9);
    List<String> blocks = List.of("Aa", "BB", "C#", "\"\uD83D");
    for (int i = 0; i < 20_000; i++) {
      ObjectNode object = Json.object();
      for (int keys = random.nextInt(5); keys > 0; keys--) {
        String key = blocks.get(random.nextInt(4)) + blocks.get(random.nextInt(4));
        object.put(key, random.nextInt(10));
      }
      ObjectNode sorted = Json.object();
      object.properties().stream()
          .sorted(Map.Entry.comparingByKey(CodePointOrder.INSTANCE))
          .forEach(member -> sorted.set(member.getKey(), member.getValue()));
      assertThat(CanonicalJson.sorted(object)).isEqualTo(CanonicalJson.compact(sorted));
    }
  }

  @Test
  void wholeNumbersHaveTheirDigits() {
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 100_000; i++) {
      long number = random.nextLong() >> random.nextInt(64);
      AsciiBuffer out = new AsciiBuffer(1);
      out.put(number);
      assertThat(out.toString()).isEqualTo(Long.toString(number));
    }
    for (long power = 1; power < Long.MAX_VALUE / 10; power *= 10) {
      for (long number : new long[] {power - 1, power, power + 1}) {
        assertThat(CanonicalJson.compact(Json.object().put("x", number)))
            .isEqualTo("{\"x\":" + number + "}");
      }
    }
  }

  @Test
  void escapesEverythingOutsidePrintableAscii() {
    ArrayNode array = Json.object().putArray("a");
    array.add("\"\\/\b\f\n\r\t").add("\0\u001f\u007f ~").add("é\u2028日\uD83D\uDE00\uD800");
    assertThat(CanonicalJson.compact(array))
        .isEqualTo(
            "[\"\\\"\\\\/\\b\\f\\n\\r\\t\",\"\\u0000\\u001f\\u007f ~\","
                + "\"\\u00e9\\u2028\\u65e5\\ud83d\\ude00\\ud800\"]");
  }

  @Test
  void longTextsOfEscapesAreWhole() {
    String text = "é".repeat(100_000);
    assertThat(CanonicalJson.compact(Json.object().put("k", text)))
        .isEqualTo("{\"k\":\"" + "\\u00e9".repeat(100_000) + "\"}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-1",
        "2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "-10000000000000000000",
        "1000000000000000000000000000000",
        "1.0",
        "-0.0",
        "NaN",
        "Infinity",
        "-Infinity",
        "true",
        "null",
        "[]",
        "{}",
        "[[],{}]",
        "\"\""
      })
  void writesWhatItReads(String json) throws JsonProcessingException {
    assertThat(CanonicalJson.compact(Json.parse(json))).isEqualTo(json);
    assertThat(CanonicalJson.sorted(Json.parse(json))).isEqualTo(json);
    assertThat(CanonicalJson.indented(Json.parse("[]"))).isEqualTo("[]");
  }

  @ParameterizedTest
  @CsvSource({"1e400, Infinity", "-1e400, -Infinity", "-0, 0", "1E2, 100.0", "1e-400, 0.0"})
  void numbersAreWhatTheyAreInPython(String read, String written) throws JsonProcessingException {
    assertThat(CanonicalJson.compact(Json.parse(read))).isEqualTo(written);
  }

  @Test
  void compactKeepsTheOrderOfKeysAndTheFirstPlaceOfARepeatedOne() throws JsonProcessingException {
    JsonNode node = Json.parse("{\"b\": 1, \"a\": {\"d\": [1, 2.5], \"c\": null}, \"b\": 3}");
    assertThat(CanonicalJson.compact(node)).isEqualTo("{\"b\":3,\"a\":{\"d\":[1,2.5],\"c\":null}}");
    assertThat(CanonicalJson.sorted(node)).isEqualTo("{\"a\":{\"c\":null,\"d\":[1,2.5]},\"b\":3}");
  }

  @Test
  void indentedIsPythonsIndentOfTwo() throws JsonProcessingException {
    JsonNode node =
        Json.parse("{\"b\":[1,[],{}],\"a\":{\"x\":NaN,\"é\":[[1.0]]},\"e\":{},\"l\":[]}");
    String expected =
        """
        {
          "b": [
            1,
            [],
            {}
          ],
          "a": {
            "x": NaN,
            "\\u00e9": [
              [
                1.0
              ]
            ]
          },
          "e": {},
          "l": []
        }""";
    assertThat(CanonicalJson.indented(node)).isEqualTo(expected);
    assertThat(CanonicalJson.indentedBytes(node))
        .isEqualTo(expected.getBytes(StandardCharsets.US_ASCII));
    assertThat(CanonicalJson.compactBytes(node))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo(CanonicalJson.compact(node));
  }

  @Test
  void streamGetsTheSameBytesInPiecesHoweverLongTheyAre() throws Exception {
    SplittableRandom random = new SplittableRandom(11);
    String text = "é\uD83D\"\n" + "plain words ".repeat(40_000);
    ObjectNode node = Json.object().put("text", text).put(text, -0.0);
    ArrayNode numbers = node.putArray("numbers");
    for (int i = 0; i < 50_000; i++) {
      numbers.add(random.nextDouble()).add(random.nextLong()).add("é".repeat(random.nextInt(9)));
    }
    Pieces compact = new Pieces();
    Pieces indented = new Pieces();

    assertThat(CanonicalJson.compactTo(compact, node)).isEqualTo(compact.size());
    assertThat(CanonicalJson.indentedTo(indented, node)).isEqualTo(indented.size());

    assertThat(compact.toByteArray()).isEqualTo(CanonicalJson.compactBytes(node));
    assertThat(indented.toByteArray()).isEqualTo(CanonicalJson.indentedBytes(node));
    assertThat(Math.max(compact.largest, indented.largest)).isLessThan(128 * 1024);
  }

  /** Keeps what it gets, and how much that was at most at once. */
  private static final class Pieces extends ByteArrayOutputStream {
    private int largest;

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      largest = Math.max(largest, length);
    }
  }

  @Test
  void streamThatFailsIsTold() {
    OutputStream full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("no space");
          }
        };
    assertThatThrownBy(() -> CanonicalJson.compactTo(full, Json.object()))
        .isInstanceOf(IOException.class)
        .hasMessage("no space");
  }

  @Test
  void textIsGivenUpToALength() {
    for (int length : new int[] {1, 1_000, 20_000, 200_000}) {
      ObjectNode node = Json.object().put("k", "v".repeat(length));
      String whole = CanonicalJson.compact(node);
      assertThat(CanonicalJson.compactUpTo(whole.length(), node)).isEqualTo(whole);
      assertThat(CanonicalJson.compactUpTo(whole.length() - 1, node)).isNull();
    }
  }

  @Test
  void normalizedRoundsRealNumbersOnly() throws JsonProcessingException {
    JsonNode node =
        Json.parse("{\"z\":[0.30000000000000004,3,true,-1e-12],\"a\":12345678901234567890123}");
    assertThat(CanonicalJson.normalized(node))
        .isEqualTo("{\"a\":12345678901234567890123,\"z\":[0.3,3,true,-0.0]}");
  }

  @Test
  void refusesWhatJsonHasNoFormFor() {
    ObjectNode binary = Json.object().put("b", new byte[] {1});
    assertThatThrownBy(() -> CanonicalJson.sorted(binary))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "found a BINARY node, expected an object, array, text, number, boolean or null");
  }

  @Test
  void boundsItsDepth() throws JsonProcessingException {
    JsonNode node = Json.parse("[".repeat(Json.MAX_DEPTH) + "]".repeat(Json.MAX_DEPTH));
    for (String text : List.of(CanonicalJson.sorted(node), CanonicalJson.compact(node))) {
      assertThat(Json.parse(text)).isEqualTo(node);
    }
    ArrayNode deeper = Json.object().putArray("a").add(node);
    assertThatThrownBy(() -> CanonicalJson.indented(deeper))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("JSON is nested deeper than 1000 levels; make it flatter");
  }
}
