package dev.assay.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.engine.sampler.Samplers;
import dev.assay.storage.Direction;
import dev.assay.storage.Durability;
import dev.assay.storage.TrialFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StudyFileReaderTest {
  private static final String SPACE = "\nparameters: {x: {type: int, low: 0, high: 9}}\n";

  @TempDir private Path folder;

  private StudyFile read(String yaml) throws IOException {
    return StudyFileReader.read(Files.writeString(folder.resolve("my.study.yaml"), yaml));
  }

  @Test
  void shortForm() throws IOException {
    StudyFile study =
        read(
            """
            study: branin
            description: two dimensions, three minima
            direction: maximize
            sampler: grid
            trials: 200
            workers: 8
            seed: -42
            timeout: 10m
            objective: {builtin: branin, noise: 0}
            constraints: {min_trades: 25}
            trial_files: none
            durability: full
            parameters:
              x: {type: float, low: -5, high: 10, step: 0.5}
            """);
    assertThat(study.name()).isEqualTo("branin");
    assertThat(study.directions()).containsExactly(Direction.MAXIMIZE);
    assertThat(study.sampler().name()).isEqualTo("grid");
    assertThat(study.maxTrials()).isEqualTo(200);
    assertThat(study.workers()).isEqualTo(8);
    assertThat(study.seed()).isEqualTo(-42);
    assertThat(study.timeout()).isEqualTo(Duration.ofMinutes(10));
    assertThat(study.objective()).hasToString("{\"builtin\":\"branin\",\"noise\":0}");
    assertThat(study.constraints()).hasToString("{\"min_trades\":25}");
    assertThat(study.space().size()).isEqualTo(31);
    assertThat(study.onDuplicate()).isEqualTo(OnDuplicate.SKIP);
    assertThat(study.trialFiles()).isEqualTo(TrialFiles.NONE);
    assertThat(study.durability()).isEqualTo(Durability.FULL);
    assertThat(study.resume()).isNull();
    assertThat(study.scoreVersion()).isNull();
    assertThat(study.meta()).isEmpty();
    assertThat(study.notHonoured()).isEmpty();
  }

  @Test
  void whatIsLeftOutHasDefaults() throws IOException {
    StudyFile study = read(SPACE);
    assertThat(study.name()).isEqualTo("my.study");
    assertThat(study.directions()).containsExactly(Direction.MINIMIZE);
    assertThat(study.sampler().name()).isEqualTo(Samplers.DEFAULT_NAME);
    assertThat(study.maxTrials()).isNull();
    assertThat(study.workers()).isNull();
    assertThat(study.seed()).isNull();
    assertThat(study.timeout()).isNull();
    assertThat(study.objective()).isNull();
    assertThat(study.constraints()).isEmpty();
    assertThat(study.onDuplicate()).isEqualTo(OnDuplicate.SKIP);
    assertThat(study.trialFiles()).isNull();
    assertThat(study.durability()).isNull();
    assertThat(study.notHonoured()).isEmpty();
  }

  @Test
  void everyKeyMayBeNull() throws IOException {
    StudyFile study =
        read(
            """
            study: null
            direction:
            sampler: ~
            trials: null
            workers: null
            seed: null
            timeout: null
            objective: null
            constraints: null
            meta: null\
            """
                + SPACE);
    assertThat(study.name()).isEqualTo("my.study");
    assertThat(study.sampler().name()).isEqualTo(Samplers.DEFAULT_NAME);
    assertThat(study.notHonoured()).isEmpty();
  }

  @Test
  void bothFormsMayBeMixedWhereTheyAgree() throws IOException {
    StudyFile study =
        read(
            """
            trials: 7
            direction: minimize
            sampler: {name: random, seed: 3}
            objective: {builtin: sphere}
            meta:
              symbol: tX
              runs:
                strategy: optuna
                max_trials: 7
                max_concurrent: 2
                resume: true
                score_version: v2
                optuna: {study_name: mixed, direction: minimize, timeout_seconds: 1.5, n_jobs: 4}
            """
                + SPACE);
    assertThat(study.name()).isEqualTo("mixed");
    assertThat(study.sampler().name()).isEqualTo("random");
    assertThat(study.seed()).isEqualTo(3);
    assertThat(study.maxTrials()).isEqualTo(7);
    assertThat(study.workers()).isEqualTo(2);
    assertThat(study.timeout()).isEqualTo(Duration.ofMillis(1500));
    assertThat(study.resume()).isTrue();
    assertThat(study.scoreVersion()).isEqualTo("v2");
    assertThat(study.directions()).containsExactly(Direction.MINIMIZE);
    assertThat(study.meta().path("symbol").textValue()).isEqualTo("tX");
    assertThat(study.notHonoured()).containsExactly("meta.runs.optuna.n_jobs");
  }

  @Test
  void legacySamplerByNameOrTypeOrTextOrSilence() throws IOException {
    String optuna = "meta: {runs: {strategy: optuna, optuna: {sampler: %s}}}" + SPACE;
    assertThat(read(optuna.formatted("{name: random, kwargs: {}}")).sampler().name())
        .isEqualTo("random");
    assertThat(read(optuna.formatted("{type: cmaes}")).sampler().name()).isEqualTo("cmaes");
    assertThat(read(optuna.formatted("random")).sampler().name()).isEqualTo("random");
    assertThat(read(optuna.formatted("null")).sampler().name()).isEqualTo("tpe");
    assertThat(read("meta: {runs: {strategy: optuna}}" + SPACE).sampler().name()).isEqualTo("tpe");
    assertThat(read("meta: {runs: {optuna: {study_name: s}}}" + SPACE).sampler().name())
        .isEqualTo(Samplers.DEFAULT_NAME);
    assertThat(read("meta: {runs: {max_trials: null}}" + SPACE).maxTrials()).isNull();
    assertThat(read("meta: {runs: {max_trials: 3}}" + SPACE).directions())
        .as("the legacy optimizer maximizes")
        .containsExactly(Direction.MAXIMIZE);
  }

  @Test
  void theSamplersSeedComesBeforeTheBootstraps() throws IOException {
    String runs =
        "meta: {runs: {strategy: optuna, optuna: {bootstrap_random_trials: 3, bootstrap_seed:"
            + " 42%s}}}"
            + SPACE;
    StudyFile with = read(runs.formatted(", sampler: {type: random, kwargs: {seed: 43}}"));
    assertThat(with.seed()).isEqualTo(43);
    assertThat(with.bootstrap()).isEqualTo(new StudyFile.Bootstrap(3, 42L));
    assertThat(with.notHonoured()).isEmpty();
    StudyFile without = read(runs.formatted(""));
    assertThat(without.seed()).isEqualTo(42);
    assertThat(without.bootstrap()).isEqualTo(new StudyFile.Bootstrap(3, 42L));
    assertThat(read("seed: 5\n" + runs.formatted(", sampler: {kwargs: {seed: 5}}")).seed())
        .isEqualTo(5);
  }

  @Test
  void whatHasNoEffectIsNamed() throws IOException {
    StudyFile study =
        read(
            """
            study: s
            trails: 5
            colour: red
            sampler: {type: random, kwargs: {n_startup_trials: 3}, sede: 1}
            meta:
              warmup_bars: 10
              flavour: x
              runs:
                strategy: grid
                maxtrials: 3
                use_sample_range: false
                sample_start: "2025-01-01"
                bootstrap_random_trials: 50
                validation: {enabled: true, top_n: 3}
                promotion: {enabled: false}
                optuna:
                  storage: null
                  n_jobs: 1
                  end_at: "2026-01-20T08:00:00"
                  pruner: {name: median}
                  sampler: {type: tpe}
            parameters:
              x: {type: float, low: 0, high: 1, comment: c}
            """
                .replace("strategy: grid", "strategy: optuna")
                .replace("sampler: {type: tpe}", "sampler: {type: random}"));
    assertThat(study.notHonoured())
        .containsExactlyInAnyOrder(
            "trails (did you mean trials?)",
            "colour",
            "sampler.sede (did you mean seed?)",
            "meta.flavour",
            "meta.runs.maxtrials (did you mean max_trials?)",
            "meta.runs.sample_start (use_sample_range is not true)",
            "meta.runs.optuna.end_at",
            "parameters.x.comment");
    List<String> ofSampler = new ArrayList<>();
    study.sampler().make(Samplers::named, ofSampler);
    assertThat(ofSampler).containsExactly("sampler.kwargs.n_startup_trials");
    assertThat(requireNonNull(study.pruner()).name()).isEqualTo("median");
  }

  @Test
  void commandsGetWhatIsSaidOfTheStages() throws IOException {
    StudyFile study =
        read(
            """
            constraints: {min_trades: 25}
            meta:
              symbol: tX
              warmup_bars: 150
              use_sample_range: true
              runs:
                use_sample_range: true
                sample_start: "2024-01-01"
                sample_end: "2024-12-31"
                validation:
                  top_n: 3
                  use_sample_range: yes
                  sample_start: "2025-01-01"
                  sample_end: "2025-06-30"
                  resume: false
                  top: 4
            """
                + SPACE);
    assertThat(study.settings())
        .hasToString(
            """
            {"stage":"search","symbol":"tX","warmup_bars":"150",\
            "sample_start":"2024-01-01","sample_end":"2024-12-31"}\
            """);
    Validation validation = requireNonNull(study.validation());
    assertThat(validation.path()).isEqualTo("meta.runs.validation");
    assertThat(validation.topN()).isEqualTo(3);
    assertThat(validation.constraints()).isEqualTo(study.constraints());
    assertThat(validation.settings().path("stage").textValue()).isEqualTo("validation");
    assertThat(validation.settings().path("sample_end").textValue()).isEqualTo("2025-06-30");
    assertThat(study.notHonoured())
        .containsExactlyInAnyOrder(
            "meta.use_sample_range",
            "meta.runs.validation.resume (a validation goes on where it was)",
            "meta.runs.validation.top");
    StudyFile none = read("meta: {runs: {validation: {enabled: false, top_n: 3}}}" + SPACE);
    assertThat(none.validation()).isNull();
    assertThat(none.notHonoured()).isEmpty();
    assertThat(read("validation: {constraints: {}}" + SPACE).notHonoured())
        .containsExactly("validation (its top_n is not 1 or more)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "validation: {top_n: 2}\\nmeta: {runs: {validation: {top_n: 2}}} | validation stands beside"
            + " meta.runs.validation, expected one of the two",
        "directions: [minimize, maximize]\\nvalidation: {top_n: 2} | validation ranks trials by one"
            + " score, the study has 2",
        "meta: {runs: {use_sample_range: true, sample_start: a}} | meta.runs.sample_end is missing,"
            + " expected sample_start and sample_end together",
        "validation: {top_n: 1, use_sample_range: on, sample_start: b, sample_end: a} |"
            + " validation.sample_start is text 'b', expected a day up to sample_end, a",
      })
  void stagesThatMakeNoSenseAreSaid(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n") + SPACE))
        .isInstanceOf(StudyFileException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aGridHasNoUseForTheOptunaSampler() throws IOException {
    StudyFile study =
        read(
            "meta: {runs: {strategy: grid, optuna: {sampler: {type: tpe}, pruner: none}}}" + SPACE);
    assertThat(study.sampler().name()).isEqualTo("grid");
    assertThat(study.notHonoured())
        .containsExactly("meta.runs.optuna.sampler (the strategy is grid)");
  }

  @ParameterizedTest
  @CsvSource({
    "90, PT1M30S",
    "0.25, PT0.25S",
    "30s, PT30S",
    "10m, PT10M",
    "2h, PT2H",
    "1d, PT24H",
    "1.5 h, PT1H30M"
  })
  void timeouts(String timeout, Duration expected) throws IOException {
    assertThat(read("timeout: " + timeout + SPACE).timeout()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "trials: many | line 1: trials is text 'many', expected a whole number of at most 64 bits",
        "study: s\\ntrials: 0 | line 2: trials is 0, expected 1 to 9223372036854775807",
        "trials: 2.5 | line 1: trials is 2.5, expected a whole number",
        "workers: 5000 | line 1: workers is 5000, expected 1 to 4096",
        "workers: -1 | line 1: workers is -1, expected 1 to 4096",
        "seed: abc | line 1: seed is text 'abc', expected a whole number",
        "seed: 99999999999999999999 | line 1: seed is 99999999999999999999, expected a whole number"
            + " of at most 64 bits",
        "study: 12 | line 1: study is 12, expected text: put it in quotes",
        "study: '' | line 1: study has 0 characters, expected a name of 1 to 600",
        "study: \"a\\0b\" | line 1: study holds the character U+0000, expected a name without it",
        "study: [a] | line 1: study is a list of 1, expected text",
        "direction: up | line 1: direction is text 'up', expected minimize or maximize",
        "directions: [up] | line 1: directions has text 'up' in it, expected minimize or maximize",
        "directions: [minimize]\\n"
            + "direction: minimize | line 1: directions stands beside direction, expected one of"
            + " the two",
        "retries: -1 | line 1: retries is -1, expected 0 to 1000",
        "timeout: 10 minutes | line 1: timeout is text '10 minutes', expected seconds above 0, or"
            + " text such as 30s, 10m, 2h, 1d",
        "timeout: 0 | line 1: timeout is 0, expected seconds above 0",
        "timeout: -5 | line 1: timeout is -5, expected seconds above 0",
        "timeout: .inf | line 1: timeout is Infinity, expected seconds above 0",
        "timeout: true | line 1: timeout is true, expected seconds above 0",
        "objective: branin | line 1: objective is text 'branin', expected a mapping",
        "constraints: [1] | line 1: constraints is a list of 1, expected a mapping",
        "sampler: [random] | line 1: sampler is a list of 1, expected a mapping",
        "sampler: 3 | line 1: sampler is 3, expected text",
        "sampler: {type: random, name: grid} | line 1: sampler.type is random but sampler.name is"
            + " grid, expected one of them or the same",
        "sampler: {type: random, seed: 1}\\n"
            + "seed: 2 | line 2: seed is 2 but sampler.seed is 1, expected one of them or the same",
        "meta: 3 | line 1: meta is 3, expected a mapping",
        "meta:\\n  runs: x | line 2: meta.runs is text 'x', expected a mapping",
        "meta:\\n"
            + "  runs:\\n"
            + "    strategy: hyperband | line 3: meta.runs.strategy is text 'hyperband', expected"
            + " grid or optuna",
        "meta:\\n"
            + "  runs:\\n"
            + "    max_trials: all | line 3: meta.runs.max_trials is text 'all', expected a whole"
            + " number",
        "on_duplicate: maybe | line 1: on_duplicate is text 'maybe', expected skip, wait, reuse or"
            + " count",
        "trial_files: some | line 1: trial_files is text 'some', expected keep, compacted or none",
        "durability: half | line 1: durability is text 'half', expected normal or full",
        "meta:\\n"
            + "  runs:\\n"
            + "    resume: maybe | line 3: meta.runs.resume is text 'maybe', expected true or"
            + " false",
        "meta:\\n"
            + "  runs:\\n"
            + "    optuna:\\n"
            + "      timeout_seconds: soon | line 4: meta.runs.optuna.timeout_seconds is text"
            + " 'soon', expected seconds",
        "trials: 5\\n"
            + "meta: {runs: {max_trials: 6}} | line 1: trials is 5 but meta.runs.max_trials is 6,"
            + " expected one of them or the same",
        "workers: 5\\n"
            + "meta: {runs: {max_concurrent: 6}} | line 1: workers is 5 but"
            + " meta.runs.max_concurrent is 6",
        "study: a\\n"
            + "meta: {runs: {optuna: {study_name: b}}} | line 1: study is a but"
            + " meta.runs.optuna.study_name is b",
        "sampler: random\\n"
            + "meta: {runs: {strategy: grid}} | line 1: sampler is random but meta.runs.strategy is"
            + " grid",
        "sampler: random\\n"
            + "meta: {runs: {strategy: optuna, optuna: {sampler: tpe}}} | line 1: sampler is random"
            + " but meta.runs.optuna.sampler is tpe",
        "timeout: 1m\\n"
            + "meta: {runs: {optuna: {timeout_seconds: 61}}} | line 1: timeout is PT1M but"
            + " meta.runs.optuna.timeout_seconds is PT1M1S",
        "direction: minimize\\n"
            + "meta: {runs: {optuna: {direction: maximize}}} | line 1: direction is MINIMIZE but"
            + " meta.runs.optuna.direction is MAXIMIZE",
      })
  void saysWhereWhatWasFoundAndExpected(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n") + SPACE))
        .isInstanceOf(StudyFileException.class)
        .hasMessageStartingWith("study file %s: %s", folder.resolve("my.study.yaml"), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "study: s | parameters is missing, expected a mapping of parameters",
        "paramters: {x: 1} | parameters is missing, expected a mapping of parameters; found"
            + " paramters (did you mean parameters?)",
        "parameters: | line 1: parameters is null, expected a mapping",
        "parameters: {} | line 1: no parameter is declared",
        "parameters: [x] | line 1: parameters is a list of 1, expected a mapping",
        "parameters:\\n"
            + "  a:\\n"
            + "    x: {type: float, low: 1} | line 3: parameter a.x: high is missing, expected a"
            + " finite number",
        "parameters:\\n"
            + "  x:\\n"
            + "    type: float\\n"
            + "    low: 3\\n"
            + "    high: 1 | line 2: parameter x: low is 3, expected no more than high, which is 1",
        "parameters:\\n  x: 1\\n  x: 2 | line 3, column 3: key 'x' is there twice",
        "- a | it holds a list of 1, expected a mapping with parameters:",
        "just text | it holds text 'just text', expected a mapping with parameters:",
        "a: [1 | line 1, column 6: expected ',' or ']'",
      })
  void badFilesAreRefused(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
        .isInstanceOf(StudyFileException.class)
        .hasMessageStartingWith("study file %s: %s", folder.resolve("my.study.yaml"), message);
  }

  @Test
  void filesThatAreNotText() throws IOException {
    Path absent = folder.resolve("absent.yaml");
    assertThatThrownBy(() -> StudyFileReader.read(absent))
        .isInstanceOf(StudyFileException.class)
        .hasMessage("study file %s: there is no such file", absent);
    assertThatThrownBy(() -> StudyFileReader.read(folder))
        .isInstanceOf(StudyFileException.class)
        .hasMessage("study file %s: it is a directory, expected a YAML file", folder);
    Path latin =
        Files.write(folder.resolve("l.yaml"), "a: é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> StudyFileReader.read(latin))
        .hasMessage("study file %s: it is not UTF-8 text, expected YAML", latin);
    Path nul = Files.write(folder.resolve("n.yaml"), new byte[] {'a', ':', ' ', 0});
    assertThatThrownBy(() -> StudyFileReader.read(nul)).isInstanceOf(StudyFileException.class);
    Path huge = Files.writeString(folder.resolve("h.yaml"), "# " + "x".repeat(2_000_000));
    assertThatThrownBy(() -> StudyFileReader.read(huge))
        .hasMessage("study file %s: it has 2000002 bytes, expected up to 2000000", huge);
  }

  @Test
  void saysWhetherToWaitForTheOutcomeOfADuplicate() throws IOException {
    assertThat(read("on_duplicate: wait" + SPACE).onDuplicate()).isEqualTo(OnDuplicate.WAIT);
    assertThat(read("on_duplicate: skip" + SPACE).onDuplicate()).isEqualTo(OnDuplicate.SKIP);
  }
}
