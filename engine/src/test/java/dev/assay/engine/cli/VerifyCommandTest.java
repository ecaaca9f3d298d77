package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class VerifyCommandTest {
  @TempDir private Path directory;
  private String store = "";

  @BeforeEach
  void runAStudy() throws IOException {
    store = directory.resolve("s").toString();
    Path file = SmallStudy.write(directory, "s");
    Ran.assay("run", file.toString(), "--store", store, "--quiet").exits(0);
  }

  @Test
  void aSoundStoreIsSaidToBeSound() {
    Ran ran = Ran.assay("verify", "--store", store).exits(0);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("store is sound: 1 studies, 8 trials, 1 parts checked");

    JsonNode json = Ran.assay("verify", "--store", store, "--json").exits(0).json().get(0);
    assertThat(json.path("sound").booleanValue()).isTrue();
    assertThat(json.path("trials").intValue()).isEqualTo(8);
    assertThat(json.path("faults")).isEmpty();
  }

  @Test
  void aDamagedPartIsOneLineAndTheExitCodeIsOne() throws IOException {
    Path part;
    try (Stream<Path> files = Files.walk(Path.of(store, "lake", "trials"))) {
      part = files.filter(f -> f.getFileName().toString().startsWith("part-")).toList().get(0);
    }
    Files.writeString(part, "damaged");

    Ran ran = Ran.assay("verify", "--store", store).exits(1);
    assertThat(ran.outLines()).hasSize(2);
    assertThat(ran.out())
        .startsWith("part: lake/trials/")
        .contains("has 7 bytes")
        .contains("trial numbers 0 to 7 could not be checked");
    assertThat(ran.err()).contains("store is damaged: 2 faults");

    JsonNode json = Ran.assay("verify", "--store", store, "--json").exits(1).json().get(0);
    assertThat(json.path("sound").booleanValue()).isFalse();
    assertThat(json.path("faults").get(0).path("kind").textValue()).isEqualTo("part");
  }

  @Test
  void aLiveDatabaseThatCannotBeOpenedIsAFault() throws IOException {
    Files.writeString(Path.of(store, "live.db"), "damaged ".repeat(1000));

    Ran ran = Ran.assay("verify", "--store", store).exits(1);
    assertThat(ran.outLines()).hasSize(1);
    assertThat(ran.out()).startsWith("database: live.db: ");
    assertThat(ran.err()).contains("store is damaged: 1 faults");
    assertThat(Ran.assay("verify", "--store", store, "--json").exits(1).json().get(0).at("/sound"))
        .hasToString("false");
  }

  @Test
  void whereThereIsNoStoreThatIsSaid() {
    assertThat(Ran.assay("verify", "--store", directory + "/none").exits(1).err())
        .contains("there is no store");
  }
}
