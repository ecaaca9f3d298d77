package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The validation at the end of {@code assay run}. */
@Timeout(120)
final class RunValidationTest {
  private static final String LEGACY =
      """
      study: sample
      direction: minimize
      trials: 6
      workers: 2
      seed: 5
      objective: {command: [sh, objective.sh, "{x}", "{sample_start}"]}
      meta:
        symbol: tBTCUSD
        runs:
          use_sample_range: true
          sample_start: "2024-01-01"
          sample_end: "2024-12-31"
          validation:
            enabled: true
            use_sample_range: true
            sample_start: "2025-01-01"
            sample_end: "2025-12-31"
            top_n: 3
            constraints: {min_n: 2, scoring_thresholds: {}}
      parameters:
        x: {type: int, low: 0, high: 5}
      """;

  private static final String SCRIPT =
      """
      base=0
      if [ $ASSAY_STAGE = validation ]; then base=100; echo $1 >> validated; fi
      if [ $base$1 = 1001 ] && [ -e broken ]; then exit 3; fi
      echo "{\\"score\\": $((base + $1)), \\"metrics\\": {\\"n\\": $1},"\\
           "\\"from\\": \\"$2 $ASSAY_SAMPLE_END $ASSAY_SYMBOL\\"}"
      """;

  @TempDir private Path directory;

  private Ran run(String yaml, String... more) throws IOException {
    Path file = Files.writeString(directory.resolve("study.yaml"), yaml);
    String[] args = new String[more.length + 5];
    args[0] = "run";
    args[1] = file.toString();
    args[2] = "--store";
    args[3] = directory.resolve("store").toString();
    args[4] = "--quiet";
    System.arraycopy(more, 0, args, 5, more.length);
    return Ran.assay(args);
  }

  @Test
  void theBestTrialsAreEvaluatedOnceMoreOnTheSettingsOfTheValidation() throws IOException {
    Files.writeString(directory.resolve("objective.sh"), SCRIPT);
    Files.createFile(directory.resolve("broken"));

    Ran first = run(LEGACY).exits(0);

    assertThat(first.err())
        .contains("without effect: ")
        .contains("meta.runs.validation.constraints");
    List<String> table =
        first.outLines().stream().dropWhile(line -> !line.startsWith("Validation")).toList();
    assertThat(table.get(0))
        .isEqualTo("Validation: 2 of the best 3 trials, in study sample-validation");
    assertThat(table.get(1)).matches(" +trial +score +validation +constraints");
    assertThat(table.get(2)).matches(" +\\d +0 +100  broken");
    assertThat(table.get(3)).matches(" +\\d +1 +FAIL");
    assertThat(table.get(4)).matches(" +\\d +2 +102  hold");

    Files.delete(directory.resolve("broken"));
    JsonNode last = run(LEGACY, "--json").exits(0).json().get(0);

    assertThat(Files.readAllLines(directory.resolve("validated")))
        .containsExactlyInAnyOrder("0", "1", "2", "1");
    assertThat(last.path("this_run").path("trials").intValue()).isZero();
    JsonNode validation = last.path("validation");
    assertThat(validation.path("study").textValue()).isEqualTo("sample-validation");
    assertThat(validation.path("run_directory").textValue()).endsWith("2-sample-validation");
    for (int i = 0; i < 3; i++) {
      JsonNode trial = validation.path("trials").path(i);
      assertThat(trial.path("score").doubleValue()).isEqualTo(i);
      assertThat(trial.at("/validation/state").textValue()).isEqualTo("COMPLETE");
      assertThat(trial.at("/validation/score").doubleValue()).isEqualTo(100 + i);
      assertThat(trial.at("/validation/constraints_ok").booleanValue()).isEqualTo(i == 2);
    }
    assertFiles(validation.path("trials").path(2));
  }

  /** The files of the trial that is third best. */
  private void assertFiles(JsonNode trial) throws IOException {
    Path run = directory.resolve("store/runs/1-sample");
    String name = "trial_%03d.json";
    JsonNode searched =
        Json.parse(
            Files.readAllBytes(run.resolve(name.formatted(trial.path("number").intValue() + 1))));
    assertThat(searched.path("from").textValue()).isEqualTo("2024-01-01 2024-12-31 tBTCUSD");
    int again = trial.at("/validation/number").intValue() + 1;
    JsonNode validated =
        Json.parse(Files.readAllBytes(run.resolve("validation").resolve(name.formatted(again))));
    assertThat(validated.path("from").textValue()).isEqualTo("2025-01-01 2025-12-31 tBTCUSD");
    assertThat(validated.path("stage").textValue()).isEqualTo("validation");
    assertThat(validated.path("validated_trial")).isEqualTo(trial.path("number"));
    assertThat(validated.path("parameters")).isEqualTo(searched.path("parameters"));
  }

  @Test
  void aValidationMayHaveAnObjectiveOfItsOwn() throws IOException {
    String yaml =
        """
        study: sample
        trials: 9
        workers: 3
        seed: 5
        objective: {builtin: sphere}
        validation: {top_n: 100, objective: {builtin: rosenbrock}}
        parameters:
          x: {type: int, low: 0, high: 8}
          y: {type: int, low: 1, high: 90}
        """;
    List<JsonNode> lines = run(yaml, "--json").exits(0).json();
    assertThat(lines).hasSize(10);
    JsonNode trials = lines.get(9).at("/validation/trials");
    assertThat(trials).hasSize(9);
    double before = 0;
    for (JsonNode trial : trials) {
      assertThat(trial.path("score").doubleValue()).isGreaterThanOrEqualTo(before);
      before = trial.path("score").doubleValue();
      assertThat(trial.at("/validation/score").doubleValue()).isNotEqualTo(before);
    }
    assertThat(run(yaml.replace("rosenbrock", "hill")).exits(2).err())
        .contains("objective.builtin is text 'hill'");
  }

  @Test
  void aStudyOfTheValidationsNameIsNotTouched() throws IOException {
    String yaml =
        """
        study: %s
        trials: 1
        objective: {builtin: sphere}
        parameters: {x: {type: int, low: 0, high: 8}}
        """;
    run(yaml.formatted("sample-validation")).exits(0);
    assertThat(run(yaml.formatted("sample") + "validation: {top_n: 1}\n").exits(1).err())
        .contains(
            "study 'sample-validation' is there already and is no validation of study 'sample':"
                + " give the study another name");
  }
}
