package dev.assay.storage.migrate;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.json.Json;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LegacyDocumentTest {
  private static final String SMALL =
      """
      {"parameters": {"a": [1, 2.5, "x\\"}é😀"]}, "score": {"score": NaN, "m": -Infinity},
       "merged_config": {"deep": [{"x": 1}]}, "t": true, "n": null, "s": "text", "i": 12345}""";

  private static LegacyDocument read(String text) throws UnreadableDocumentException {
    return LegacyDocument.read(text.getBytes(UTF_8));
  }

  @Test
  void membersAreReadInOrderWithoutTheMergedConfig() throws Exception {
    LegacyDocument document = read(SMALL);
    assertThat(document.members())
        .isEqualTo(
            Json.parse(
                """
                {"parameters": {"a": [1, 2.5, "x\\"}é😀"]}, "score": {"score": NaN, "m": -Infinity},
                 "t": true, "n": null, "s": "text", "i": 12345}"""));
    assertThat(document.members().fieldNames())
        .toIterable()
        .containsExactly("parameters", "score", "t", "n", "s", "i");
    assertThat(document.left()).containsExactly("merged_config");
    assertThat(document.salvage()).isNull();
  }

  @Test
  void lastOfEqualMembersWins() throws Exception {
    assertThat(read("{\"a\": 1, \"b\": 2, \"a\": {\"x\": 3}}").members().toString())
        .isEqualTo("{\"a\":{\"x\":3},\"b\":2}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"a\": 1}}|1|8", "{\"a\": 1} \\n {\"b\": 2}|8|11", "{\"a\": 1}garbage|7|8"})
  void whatFollowsTheObjectIsLeftOutAndSaidSo(String text, int length, int from) throws Exception {
    LegacyDocument document = read(text.replace("\\n", "\n"));
    assertThat(document.members().toString()).isEqualTo("{\"a\":1}");
    assertThat(document.salvage())
        .isEqualTo(
            "%d bytes after the JSON object were left out, from byte %d on"
                .formatted(length, from));
  }

  @Test
  void whiteSpaceAfterTheObjectIsNothing() throws Exception {
    assertThat(read("\r\n{} \t\r\n").salvage()).isNull();
  }

  @Test
  void garbageThatIsNotUtf8IsLeftOutToo() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes("{\"a\": 1}".getBytes(UTF_8));
    bytes.writeBytes(new byte[] {(byte) 0xff, 0, (byte) 0xfe});
    assertThat(LegacyDocument.read(bytes.toByteArray()).members().get("a").intValue()).isEqualTo(1);
  }

  @Test
  void byteOrderMarkIsLeftOutAndTheMembersAreFoundBehindIt() throws Exception {
    LegacyDocument document = read("\uFEFF" + SMALL);
    assertThat(document.members()).isEqualTo(read(SMALL).members());
    assertThat(document.salvage()).contains("byte order mark");
  }

  @Test
  void everyTruncationIsUnreadable() {
    byte[] whole = SMALL.getBytes(UTF_8);
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = new byte[length];
      System.arraycopy(whole, 0, cut, 0, length);
      assertThatThrownBy(() -> LegacyDocument.read(cut))
          .as("the first %d bytes", length)
          .isInstanceOf(UnreadableDocumentException.class);
    }
  }

  @Test
  void flippedBitsNeverEscapeAsAnotherError() {
    Random random = new Random(1);
    for (int round = 0; round < 5000; round++) {
      byte[] bytes = SMALL.getBytes(UTF_8);
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        LegacyDocument document = LegacyDocument.read(bytes);
        LegacyTrial.fromDocument(document, "trial_001.json");
      } catch (UnreadableDocumentException e) {
        assertThat(e.reason()).isNotBlank();
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|the file is empty",
        "' \n '|the file holds nothing but white space",
        "[1]|found an array, expected a JSON object",
        "12|found a number, expected a JSON object",
        "null|found null, expected a JSON object",
        "{\"a\": [1, 2|the JSON is cut off: the file ends after 11 bytes inside of it",
        "{\"a\" 1}|not JSON: line 1, column 6",
        "{'a': 1}|not JSON: line 1, column 2",
      })
  void reasonSaysWhatWasFound(String text, String reason) {
    assertThatThrownBy(() -> read(text)).hasMessageContaining(reason);
  }

  @Test
  void invalidUtf8IsNamedByItsPlaceEvenInMembersThatAreLeft() {
    byte[] bytes = "{\"merged_config\": \"é\"}".getBytes(UTF_8);
    bytes[20] = 'x';
    assertThatThrownBy(() -> LegacyDocument.read(bytes)).hasMessageContaining("UTF-8");
  }

  @Test
  void otherEncodingsAreUnreadable() {
    assertThatThrownBy(() -> LegacyDocument.read("{\"a\": 1}".getBytes(UTF_16LE)))
        .hasMessageContaining("expected UTF-8");
    assertThatThrownBy(() -> LegacyDocument.read("{\"a\": 1}".getBytes(UTF_16BE)))
        .hasMessageContaining("expected UTF-8");
  }

  @Test
  void deepNestingAndEndlessNumbersAreBounded() {
    assertThatThrownBy(() -> read("{\"a\": " + "[".repeat(100_000)))
        .hasMessageContaining("nested deeper than %d levels".formatted(LegacyDocument.MAX_DEPTH));
    assertThatThrownBy(() -> read("{\"a\": " + "9".repeat(10_000_000) + "}"))
        .hasMessageContaining(
            "a number of more than %d characters".formatted(Json.MAX_NUMBER_LENGTH));
  }

  @Test
  void memberOfManyMegabytesIsLeft() throws Exception {
    LegacyDocument document =
        read("{\"a\": 1, \"big\": \"%s\", \"b\": 2}".formatted("x".repeat(5 << 20)));
    assertThat(document.members().toString()).isEqualTo("{\"a\":1,\"b\":2}");
    assertThat(document.left()).containsExactly("big");
  }
}
