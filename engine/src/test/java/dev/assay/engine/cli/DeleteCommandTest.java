package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class DeleteCommandTest {
  private static final Map<String, String> TERMINAL = Map.of("ASSAY_INTERACTIVE", "1");

  @TempDir private Path directory;
  private String store = "";
  private String file = "";

  @BeforeEach
  void runAStudy() throws IOException {
    store = directory.resolve("s").toString();
    file = SmallStudy.write(directory, "s").toString();
    runIt();
  }

  private void runIt() {
    Ran.assay("run", file, "--store", store, "--quiet").exits(0);
  }

  private String trials() {
    return Ran.assay(
            "query", "SELECT count(*) AS n FROM trials", "--store", store, "--format", "csv")
        .exits(0)
        .outLines()
        .get(1);
  }

  @Test
  void aStudyIsDeletedAndCanBeBegunAnew() {
    JsonNode json =
        Ran.assay("delete", "s", "--store", store, "--yes", "--json").exits(0).json().get(0);

    assertThat(json.path("study").textValue()).isEqualTo("s");
    assertThat(json.path("study_id").intValue()).isEqualTo(1);
    assertThat(json.path("trials").intValue()).isEqualTo(8);
    assertThat(json.path("parts").intValue()).isEqualTo(1);
    assertThat(json.path("bytes").longValue()).isPositive();
    assertThat(trials()).isEqualTo("0");
    assertThat(directory.resolve("s/runs/1-s")).doesNotExist();
    assertThat(Ran.assay("summary", "s", "--store", store).exits(2).err()).contains("no run 's'");
    Ran.assay("verify", "--store", store).exits(0);

    runIt();
    assertThat(trials()).isEqualTo("8");
    assertThat(directory.resolve("s/runs/2-s/trial_008.json")).exists();
  }

  @Test
  void itsValidationGoesWithIt() throws IOException {
    Files.writeString(Path.of(file), Files.readString(Path.of(file)) + "validation: {top_n: 3}\n");
    runIt();
    assertThat(trials()).isEqualTo("11");

    assertThat(Ran.assay("delete", "s", "--store", store).exits(2).err())
        .contains("deleting 's' with 8 trials and its validation with 3");
    JsonNode json =
        Ran.assay("delete", "s", "--store", store, "--yes", "--json").exits(0).json().get(0);

    assertThat(json.path("trials").intValue()).isEqualTo(8);
    assertThat(json.path("validation").path("study").textValue()).isEqualTo("s-validation");
    assertThat(json.path("validation").path("trials").intValue()).isEqualTo(3);
    assertThat(trials()).isEqualTo("0");
  }

  @Test
  void withoutATerminalItIsToBeAskedForOutright() {
    assertThat(Ran.with(Map.of(), "y\n", "delete", "s", "--store", store).exits(2).err())
        .contains("deleting 's' with 8 trials")
        .contains("give --yes")
        .hasLineCount(1);
    assertThat(trials()).isEqualTo("8");
  }

  @Test
  void onATerminalThePersonIsAsked() {
    for (String no : new String[] {"n\n", "\n", "", "yesterday\n"}) {
      assertThat(Ran.with(TERMINAL, no, "delete", "s", "--store", store).exits(1).err())
          .contains("Delete 's' with 8 trials")
          .contains("[y/N]")
          .contains("nothing was deleted");
    }
    assertThat(trials()).isEqualTo("8");

    assertThat(Ran.with(TERMINAL, "Y\n", "delete", "s", "--store", store).exits(0).out())
        .startsWith("deleted 's': 8 trials, 1 parts, ");
    assertThat(trials()).isEqualTo("0");
  }

  @Test
  void whatIsNotThereIsSaid() {
    assertThat(Ran.assay("delete", "nope", "--store", store, "--yes").exits(2).err())
        .contains("there is no run 'nope'");
    assertThat(Ran.assay("delete", "s", "--store", directory + "/none", "--yes").exits(1).err())
        .contains("there is no store");
    assertThat(trials()).isEqualTo("8");
  }
}
