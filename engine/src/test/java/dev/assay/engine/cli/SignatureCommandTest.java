package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SignatureCommandTest {
  @TempDir private Path directory;

  @Test
  void printsKeyAndSignatureOfEachLine() {
    Ran ran =
        Ran.with(
            Map.of(), "{\"x\": 0.1, \"y\": 2}\n{\"x\": 0.10000000000001, \"y\": 2}\n", "signature");

    ran.exits(0);
    // SHA-256 of {"x":0.1,"y":2}
    String plain = "03e15e6ec82e904feedfc58550334835c325fbf319553f75bcbaeed556d4b03e";
    assertThat(ran.outLines()).hasSize(2);
    String[] first = ran.outLines().get(0).split("\t", -1);
    String[] second = ran.outLines().get(1).split("\t", -1);
    assertThat(first).containsExactly(plain, plain);
    assertThat(second[0]).isNotEqualTo(first[0]);
    assertThat(second[1]).isEqualTo(plain);
  }

  @Test
  void readsAFileAndNamesABadLine() throws IOException {
    Path file = directory.resolve("p.jsonl");
    Files.writeString(file, "{\"é\": NaN}\n\n[1]\n");

    Ran ran = Ran.assay("signature", file.toString()).exits(1);

    assertThat(ran.outLines()).hasSize(1);
    assertThat(ran.err())
        .isEqualTo(
            "assay: %s line 3: found array, expected a JSON object of parameters%n"
                .formatted(file));
  }

  @Test
  void namesAMissingFileAndBytesThatAreNotUtf8() throws IOException {
    Path file = directory.resolve("latin1.jsonl");
    Files.write(file, new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}', '\n'});

    assertThat(Ran.assay("signature", directory.resolve("none").toString()).exits(2).err())
        .contains("there is no such file");
    assertThat(Ran.assay("signature", file.toString()).exits(1).err()).contains("not in UTF-8");
  }
}
