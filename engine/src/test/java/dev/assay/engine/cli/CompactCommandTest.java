package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class CompactCommandTest {
  private static final String STUDY =
      """
      study: %s
      direction: maximize
      objective: {builtin: sphere}
      parameters:
        x: {type: float, low: -1.0, high: 1.0}
      """;

  @TempDir private Path directory;
  private String store = "";

  @BeforeEach
  void runTwoStudiesThreeTimes() throws IOException {
    store = directory.resolve("s").toString();
    for (String study : new String[] {"first", "second"}) {
      Path file = Files.writeString(directory.resolve(study), STUDY.formatted(study));
      for (String trials : new String[] {"2", "4", "6"}) {
        Ran.assay("run", file.toString(), "--store", store, "--quiet", "--trials", trials).exits(0);
      }
    }
  }

  private Ran compact(String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "compact";
    arguments[1] = "--store";
    arguments[2] = store;
    System.arraycopy(more, 0, arguments, 3, more.length);
    return Ran.assay(arguments);
  }

  @Test
  void theNamedRunIsCompactedAndTheOthersAreLeft() {
    String trials = answer();

    Ran ran = compact("fir").exits(0);

    assertThat(ran.outLines()).hasSize(1);
    assertThat(ran.out())
        .startsWith("first: 0 trials sealed; trials: 3 parts, ")
        .contains(" -> 1 parts, ");
    assertThat(answer()).isEqualTo(trials);

    JsonNode runs = compact("first", "second", "--json").exits(0).json().get(0).path("runs");
    assertThat(runs).hasSize(2);
    assertThat(runs.get(0).path("trials").path("parts_before").intValue()).isEqualTo(1);
    assertThat(runs.get(1).path("study").textValue()).isEqualTo("second");
    assertThat(runs.get(1).path("trials").path("parts_before").intValue()).isEqualTo(3);
    assertThat(runs.get(1).path("trials").path("parts_after").intValue()).isEqualTo(1);
    assertThat(answer()).isEqualTo(trials);
  }

  private String answer() {
    String sql = "SELECT study_name, number, value, record FROM trials ORDER BY ALL";
    return Ran.assay("query", sql, "--store", store, "--format", "csv").exits(0).out();
  }

  @Test
  void allMeansEveryRun() {
    assertThat(compact("all").exits(0).outLines()).hasSize(2);
    Ran.assay("verify", "--store", store).exits(0);
  }

  @Test
  void aWrongNameTouchesNothing() {
    assertThat(compact("first", "nope").exits(2).err()).contains("nope").hasLineCount(1);
    assertThat(compact().exits(2).err()).contains("RUN");
    JsonNode first = compact("first", "--json").exits(0).json().get(0).path("runs").get(0);
    assertThat(first.path("trials").path("parts_before").intValue()).isEqualTo(3);
    assertThat(Ran.assay("compact", "all", "--store", directory + "/none").exits(1).err())
        .contains("there is no store");
  }
}
