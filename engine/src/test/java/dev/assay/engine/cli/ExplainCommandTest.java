package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Comparing trials and runs. */
final class ExplainCommandTest {
  private static final String LOG = "one\n\u001b[31mred\ttwo\n";

  @TempDir private Path directory;

  @BeforeEach
  void fill() {
    try (Store store = Store.open(directory)) {
      add(store, "up", Direction.MAXIMIZE, 10);
      add(store, "down", Direction.MINIMIZE, 12);
    }
  }

  private static void add(Store store, String name, Direction direction, int trials) {
    StudySettings settings =
        new StudySettings(name, List.of(direction), Json.object(), Json.object(), null);
    try (StudyImport adding = store.beginImport(settings)) {
      for (int i = 0; i < trials; i++) {
        String file = "trial_%03d".formatted(i);
        adding.addFile(file + ".log", file + ".json", LOG.getBytes(StandardCharsets.UTF_8));
        adding.addTrial(
            FrozenTrial.builder()
                .number(i)
                .state(i == 0 ? TrialState.FAIL : TrialState.COMPLETE)
                .value(i == 3 ? Double.NaN : i)
                .params(Json.object().put("same", 1).put("'; DROP\u001b", i))
                .metrics(Json.object().put("m", i / 2))
                .trialFile(file + ".json")
                .signature("s" + i)
                .build());
      }
      adding.commit();
    }
  }

  private Ran assay(String terminal, String... arguments) {
    String[] all = new String[arguments.length + 2];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    all[arguments.length] = "--store";
    all[arguments.length + 1] = directory.toString();
    return Ran.with(Map.of("ASSAY_OUTPUT_TERMINAL", terminal), "", all);
  }

  @Test
  void trialStandsWhereItsValueIsAndDiffersWhereItDiffers() {
    JsonNode node = assay("0", "explain", "up", "8", "--json").exits(0).json().get(0);
    assertThat(node.path("rank").toString())
        .isEqualTo("{\"place\":2,\"trials\":8,\"percentile\":%s}".formatted(100.0 * 6 / 7));
    assertThat(node.at("/other/number").intValue()).isEqualTo(9);
    assertThat(node.path("parameters").toString())
        .isEqualTo("[{\"name\":\"'; DROP\\u001B\",\"first\":8,\"second\":9}]");
    assertThat(node.path("metrics")).isEmpty();
    assertThat(node.path("files").toString())
        .isEqualTo("[{\"name\":\"trial_008.log\",\"bytes\":%d}]".formatted(LOG.length()));
    String text = assay("0", "explain", "down", "trial_008", "--with", "0").exits(0).out();
    assertThat(text)
        .contains("place 7 of 10 complete trials, better than 33.3 % of the others")
        .contains("compared with trial 0 (trial_000.json): FAIL, value 0.0")
        .contains("'; DROP\\u001b │ 8 │ 0", "m ", "files: trial_008.log")
        .doesNotContain("same", "\u001b");
    assertThat(assay("0", "explain", "up", "0").exits(0).out()).doesNotContain("place");
    assertThat(assay("0", "explain", "up", "9", "--json").exits(0).json().get(0).path("other"))
        .as("the best has none to be compared with")
        .isEqualTo(NullNode.getInstance());
    assertThat(assay("0", "explain", "up", "77").exits(2).err()).contains("no trial '77'");
  }

  @Test
  void filesAreAsTheyWereAndGiveNoOrdersToATerminal() {
    assertThat(assay("0", "explain", "up", "4", "--log").exits(0).out()).isEqualTo(LOG);
    assertThat(assay("1", "explain", "up", "4", "--file", "trial_004.log").exits(0).out())
        .isEqualTo("one\n\\u001b[31mred\\ttwo\n");
    assertThat(assay("0", "explain", "up", "4", "--file", "../store.json").exits(2).err())
        .contains("no file '../store.json'; it has trial_004.log");
  }

  @Test
  void runsDifferInWhatDiffers() {
    JsonNode node = assay("0", "diff", "up", "down", "--json").exits(0).json().get(0);
    assertThat(node.path("settings").toString())
        .isEqualTo(
            "[{\"name\":\"directions\",\"first\":[\"MAXIMIZE\"],\"second\":[\"MINIMIZE\"]}]");
    assertThat(node.path("common_signatures").intValue()).isEqualTo(9);
    assertThat(node.path("best_parameters").toString()).contains("\"first\":9,\"second\":1");
    assertThat(node.findValuesAsText("name"))
        .contains("counts.total", "states.COMPLETE", "best")
        .doesNotContain("counts.failed");
    assertThat(assay("0", "diff", "up", "down").exits(0).out())
        .contains("sets of parameters that both have evaluated: 9", "counts.total")
        .doesNotContain("\u001b");
    assertThat(assay("0", "diff", "up", "no").exits(2).err()).contains("no run 'no'");
  }
}
