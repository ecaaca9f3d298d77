package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryCommandTest {
  private static final String NAME = "'; DROP \u001b[31m \ud83d\ude00 <b>";

  @TempDir private Path directory;

  private Ran summary(String... arguments) {
    String[] all = new String[arguments.length + 3];
    all[0] = "summary";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    all[arguments.length + 1] = "--store";
    all[arguments.length + 2] = directory.resolve("store").toString();
    return Ran.assay(all);
  }

  @Test
  void severalRunsStandSideBySideAndSeveralObjectivesHaveAFront() throws IOException {
    String store = directory.resolve("store").toString();
    String one =
        SmallStudy.write(directory, "\"" + NAME.replace("\u001b", "\\e") + "\"").toString();
    Ran.assay("run", one, "--store", store).exits(0);
    Path two =
        Files.writeString(
            directory.resolve("two.yaml"),
            """
            study: two
            directions: [minimize, minimize]
            trials: 6
            objective: {builtin: zdt1}
            parameters:
              x: {type: float, low: 0, high: 1}
              y: {type: float, low: 0, high: 1}
            """);
    Ran.assay("run", two.toString(), "--store", store).exits(0);

    JsonNode runs = summary("'; DROP", "two", "--json").exits(0).json().get(0).path("runs");
    assertThat(runs).hasSize(2);
    assertThat(runs.path(0).path("run").asText()).isEqualTo(NAME);
    assertThat(runs.path(0).at("/states/COMPLETE").intValue()).isEqualTo(8);
    assertThat(runs.path(0).at("/activity/trials_per_minute").doubleValue()).isPositive();
    assertThat(runs.path(0).at("/activity/median_seconds").doubleValue()).isNotNegative();
    assertThat(runs.path(1).at("/counts/total").intValue()).isEqualTo(6);
    assertThat(summary("all").exits(0).out())
        .contains(" two ", "'; DROP \\u001b[31m")
        .doesNotContain("\u001b");
    assertThat(summary("all", "--top", "101").exits(2).err()).contains("expected 1 to 100");

    assertThat(summary("two").exits(0).out())
        .contains("none alone: there are 2 objectives", "Pareto front: ", "  number ");
    JsonNode front = summary("two", "--json").exits(0).json().get(0).path("front");
    assertThat(front).isNotEmpty();
    assertThat(front.path(0).path("values")).hasSize(2);
  }
}
