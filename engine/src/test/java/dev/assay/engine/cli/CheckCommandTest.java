package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckCommandTest {
  @TempDir private Path directory;

  private String file(String text) throws IOException {
    return Files.writeString(directory.resolve("study.yaml"), text).toString();
  }

  private List<String> codes(String text, Map<String, String> environment) throws IOException {
    JsonNode report =
        Ran.with(environment, "", "check", file(text), "--json").exits(ExitCode.OK).json().get(0);
    return StreamSupport.stream(report.path("warnings").spliterator(), false)
        .map(warning -> warning.path("code").textValue())
        .toList();
  }

  @Test
  void saysWhatAStudyComesTo() throws IOException {
    String study =
        file(
            """
            sampler: {type: tpe, n_startup_trials: 20, seed: 3}
            trials: 50
            workers: 3
            objective: {builtin: branin}
            parameters:
              x: {type: float, low: 0, high: 1, step: 0.25}
              g:
                y: {type: loguniform, low: 1e-5, high: 1}
            """);
    assertThat(Ran.assay("check", study, "--strict").exits(ExitCode.OK).outLines())
        .containsExactly(
            "study      study, minimize",
            "sampler    tpe: n_startup_trials 20",
            "pruner     none",
            "run        50 trials, 3 at once, no timeout",
            "objective  branin",
            "space      infinite, parameters that vary: 2: about 500 combinations with 100 values a continuous range",
            "  x    5            float 0.0 to 1.0 by 0.25",
            "  g.y  infinite     float 1e-05 to 1.0, log");
    JsonNode json = Ran.assay("check", study, "--json").exits(ExitCode.OK).json().get(0);
    assertThat(json.at("/space/combinations").isNull()).isTrue();
    assertThat(json.at("/space/combinations_without_continuous").intValue()).isEqualTo(5);
    assertThat(json.at("/objective/runnable").booleanValue()).isTrue();
    assertThat(json.at("/sampler/options/n_startup_trials").intValue()).isEqualTo(20);
  }

  @Test
  void warnsOfSpacesThatDoNotSuitTheRun() throws IOException {
    assertThat(
            codes(
                """
                trials: 9
                timeout: 1h
                objective: {builtin: sphere}
                parameters:
                  one: {type: int, low: 3, high: 3}
                  two: {type: grid, values: [1, 2]}
                  far: {type: float, low: 0.1, high: 1, step: 0.4}
                """,
                Map.of()))
        .containsExactly(
            "small-space", "more-trials-than-combinations", "one-value", "step-does-not-divide");
    assertThat(
            codes(
                """
                trials: 8
                objective: {command: no-such-program-anywhere}
                parameters:
                  a: {type: grid, values: [1, 2]}
                  b: {type: grid, values: [1, 2]}
                  c: {type: grid, values: [1, 2]}
                  d: {type: grid, values: [1, 2, 3]}
                  wide: {type: float, low: 1e-3, high: 1, when: {a: 3.5}}
                """
                    .replace(", when: {a: 3.5}", ", step: 0.9"),
                Map.of()))
        .containsExactly("narrow-parameters", "step-does-not-divide", "no-timeout", "objective");
    assertThat(
            codes(
                "{trials: 15, objective: {builtin: sphere}, parameters: {a: {type: int, low: 1, high: 5}, b: {type: int, low: 1, high: 5}}}",
                Map.of()))
        .containsExactly("duplicates-likely");
    assertThat(
            codes(
                "{sampler: grid, objective: {builtin: sphere}, parameters: {a: {type: int, low: 0, high: 1000000}}}",
                Map.of()))
        .containsExactly("large-grid", "no-end");
    assertThat(
            codes(
                "{sampler: grid, trials: 5, objective: {builtin: sphere}, parameters: {a: {type: int, low: 0, high: 1001}}}",
                Map.of()))
        .containsExactly("grid-cut-short");
    assertThat(
            codes(
                "{objective: {builtin: sphere}, parameters: {a: {type: float, low: 1e-5, high: 1}}}",
                Map.of()))
        .containsExactly("log-range", "no-end");
    assertThat(codes("{trials: 5, timeout: 1h, parameters: {a: 1}}", Map.of()))
        .containsExactly("nothing-varies", "objective");
  }

  @Test
  void warnsOfSettingsThatWorkAgainstEachOther() throws IOException {
    String legacy =
        """
        objective: {builtin: sphere}
        parameters: {a: {type: float, low: 0, high: 1}}
        meta:
          use_sample_range: true
          runs:
            strategy: optuna
            max_trials: 12
            max_concurrent: 2
            optuna:
              bootstrap_random_trials: 12
              sampler: {type: tpe, kwargs: {n_startup_trials: 12, constant_liar: false}}
        """;
    assertThat(codes(legacy, Map.of("OPTUNA_MAX_DUPLICATE_STREAK", "4")))
        .containsExactly(
            "startup-trials",
            "constant-liar",
            "bootstrap-trials",
            "duplicate-streak",
            "sample-range",
            "sample-range");
    assertThat(
            codes(
                legacy
                    .replace("max_trials: 12", "max_trials: 100")
                    .replace("constant_liar: false", "constant_liar: true")
                    .replace(
                        "  use_sample_range: true\n  runs:\n",
                        "  runs:\n    use_sample_range: true\n    sample_start: 2025-04-01\n    sample_end: 2025-05-01\n"),
                Map.of()))
        .containsExactly("startup-trials");
  }

  @Test
  void strictFailsWhereThereIsSomethingToMind() throws IOException {
    String fine =
        "{trials: 5, objective: {builtin: sphere}, parameters: {a: {type: float, low: 0, high: 1}}}";
    Ran.assay("check", file(fine), "--strict").exits(ExitCode.OK);
    Ran.assay("check", file(fine.replace("trials", "trails")), "--strict").exits(ExitCode.FAILURE);
    String warned = fine.replace("high: 1}", "high: 0}");
    assertThat(Ran.assay("check", file(warned)).exits(ExitCode.OK).out())
        .contains("warning: a can take one value only");
    Ran.assay("check", file(warned), "--strict").exits(ExitCode.FAILURE);
  }

  @Test
  void badFilesAreRefused() throws IOException {
    assertThat(
            Ran.assay("check", file("parameters: {a: {type: int, low: 2}}"))
                .exits(ExitCode.USAGE)
                .err())
        .contains("parameter a: high is missing");
    Ran.assay("check", directory.resolve("absent.yaml").toString()).exits(ExitCode.USAGE);
    assertThat(
            Ran.assay(
                    "check",
                    file("{sampler: grid, parameters: {a: {type: float, low: 0, high: 1}}}"))
                .exits(ExitCode.USAGE)
                .err())
        .contains("continuous range");
  }

  @Test
  void allLegacyStudyFilesCanBeChecked() throws IOException {
    Path configs = Path.of(System.getProperty("assay.legacy", "absent"), "configs");
    assumeThat(configs).isDirectory();
    try (Stream<Path> files = Files.list(configs)) {
      for (Path file : files.toList()) {
        JsonNode report =
            Ran.assay("check", file.toString(), "--json").exits(ExitCode.OK).json().get(0);
        assertThat(report.at("/space/combinations").bigIntegerValue()).as("%s", file).isPositive();
      }
    }
  }
}
