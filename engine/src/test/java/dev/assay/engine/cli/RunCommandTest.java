package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RunCommandTest {
  private static final String MIXED =
      """
      study: sample
      direction: minimize
      trials: 12
      workers: 3
      seed: 5
      objective: {builtin: sphere}
      parameters:
        x: {type: int, low: -3, high: 3}
        inner:
          y: {type: float, low: 0.0, high: 1.0, step: 0.25}
      """;

  @TempDir private Path directory;

  private Path file(String yaml) throws IOException {
    return Files.writeString(directory.resolve("study.yaml"), yaml);
  }

  private String store() {
    return directory.resolve("store").toString();
  }

  private Ran run(String yaml, String... more) throws IOException {
    String[] args = new String[more.length + 4];
    args[0] = "run";
    args[1] = file(yaml).toString();
    args[2] = "--store";
    args[3] = store();
    System.arraycopy(more, 0, args, 4, more.length);
    return Ran.assay(args);
  }

  @Test
  void printsTheBestTrialAndCommandsThatWork() throws IOException {
    Ran ran = run(MIXED).exits(0);

    assertThat(ran.out())
        .contains("Study sample: 12 trials (12 complete, 0 failed)")
        .contains("3 workers and seed 5")
        .contains("Best trial: number ")
        .contains("  x = ")
        .contains("  inner.y = ")
        .contains("Where to look next:");
    List<String> notes = ran.err().lines().toList();
    assertThat(notes).hasSize(14);
    assertThat(notes.get(12))
        .matches(
            "assay: store: 12 claims, \\d+ duplicates, \\d+ commits of \\S+ writes, "
                + "0 waits for other processes; "
                + "cache hits: \\d+ of \\d+ trial keys, \\d+ of \\d+ signatures; "
                + "[1-9]\\d* MB of memory in use");
    assertThat(notes.get(13))
        .startsWith("assay: SQLite, writer: journal_mode wal, synchronous normal, ");
    assertThat(notes.subList(0, 12))
        .allMatch(line -> line.matches("trial_0\\d\\d  \\d+\\.\\d{3} s  score \\S+  COMPLETE"));

    assertThat(directory.resolve("store/views.sql")).exists();
    List<String> commands =
        ran.outLines().stream().filter(line -> line.startsWith("  assay ")).toList();
    assertThat(commands).hasSize(2);
    String sql = commands.get(0).replaceAll(".*query \"(.*)\" --store .*", "$1");
    Ran query = Ran.assay("query", sql, "--store", store(), "--format", "csv").exits(0);
    assertThat(query.outLines()).hasSize(6);
    assertThat(query.outLines().get(0)).isEqualTo("number,value");
    assertThat(Ran.assay("summary", "sample", "--store", store()).exits(0).out())
        .contains("12 valid");
  }

  @Test
  void jsonIsALineATrialAndTheSummaryLast() throws IOException {
    Ran ran = run(MIXED, "--json", "--quiet").exits(0);

    assertThat(ran.err()).isEmpty();
    List<JsonNode> lines = ran.json();
    assertThat(lines).hasSize(13);
    for (JsonNode line : lines.subList(0, 12)) {
      assertThat(line.path("number").isIntegralNumber()).isTrue();
      assertThat(line.path("state").textValue()).isEqualTo("COMPLETE");
      assertThat(line.path("value").isNumber()).isTrue();
      assertThat(line.path("signature").textValue()).hasSize(64);
    }
    JsonNode last = lines.get(12);
    assertThat(last.path("counts").path("total").intValue()).isEqualTo(12);
    assertThat(last.path("counts").path("valid").intValue()).isEqualTo(12);
    assertThat(last.path("best").path("score").doubleValue())
        .isEqualTo(
            lines.subList(0, 12).stream()
                .mapToDouble(line -> line.path("value").doubleValue())
                .min()
                .orElseThrow());
    assertThat(last.path("study").textValue()).isEqualTo("sample");
    assertThat(last.path("exhausted").booleanValue()).isFalse();
    assertThat(last.path("interrupted").booleanValue()).isFalse();
    assertThat(last.path("this_run").path("seed").longValue()).isEqualTo(5);
  }

  @Test
  void goesOnToALargerTotalUntilTheSpaceIsExhausted() throws IOException {
    run(MIXED, "--quiet").exits(0);

    Ran more = run(MIXED, "--quiet", "--trials", "1000", "--json").exits(0);

    assertThat(more.err()).contains("going on with study 'sample', which has 12 trials");
    List<JsonNode> lines = more.json();
    assertThat(lines).hasSize(35 - 12 + 1);
    JsonNode last = lines.get(lines.size() - 1);
    assertThat(last.path("exhausted").booleanValue()).isTrue();
    assertThat(last.path("counts").path("total").intValue()).isEqualTo(35);
  }

  @Test
  void saysThatTheSpaceChangedAndGoesOn() throws IOException {
    run(MIXED, "--quiet").exits(0);

    Ran changed = run(MIXED.replace("high: 3}", "high: 4}"), "--quiet", "--trials", "14").exits(0);

    assertThat(changed.err()).contains("study 'sample' began with another search space");
    assertThat(changed.out()).contains("14 trials");
    assertThat(run(MIXED, "--quiet").exits(0).err()).doesNotContain("another search space");
    String conditional = MIXED + "    when: {x: [1, 2, 3]}\n";
    assertThat(run(conditional, "--quiet").exits(0).err()).contains("another search space");
    String named = conditional.replace("sample", "conditional");
    run(named, "--quiet").exits(0);
    assertThat(run(named, "--quiet").exits(0).err()).doesNotContain("another search space");
    assertThat(run(named.replace("[1, 2, 3]", "[1, 2]"), "--quiet").exits(0).err())
        .contains("study 'conditional' began with another search space");
  }

  @Test
  void aBadStudyFileLeavesNoStoreBehind() throws IOException {
    Ran ran = run(MIXED.replace("low: -3", "low: seven")).exits(2);

    assertThat(ran.err()).startsWith("assay: study file").contains("seven").hasLineCount(1);
    assertThat(directory.resolve("store")).doesNotExist();
  }

  @Test
  void aStudyWithoutObjectiveIsToldWhatToAdd() throws IOException {
    Ran ran = run(MIXED.replace("objective: {builtin: sphere}\n", "")).exits(2);

    assertThat(ran.err()).contains("it has no objective").contains("--objective");
    assertThat(directory.resolve("store")).doesNotExist();
  }

  @Test
  void aSamplerThatIsNotThereIsOverriddenByTheOption() throws IOException {
    String absent = MIXED + "sampler: bruteforce\n";

    assertThat(run(absent).exits(2).err()).contains("bruteforce").contains("--sampler");
    assertThat(run(absent, "--sampler", "grid", "--quiet").exits(0).out()).contains("12 trials");
  }

  @Test
  void keysWithoutEffectAreNamed() throws IOException {
    assertThat(run(MIXED + "promotion: {enabled: true}\n", "--quiet").exits(0).err())
        .contains("without effect: ")
        .contains("promotion");
  }

  @Test
  void failingTrialsAreToldAndTheExitCodeSaysSo() throws IOException {
    Ran ran = run(MIXED, "--objective", "sh -c 'echo broken >&2; exit 3'", "--json").exits(1);

    JsonNode first = ran.json().get(0);
    assertThat(first.path("state").textValue()).isEqualTo("FAIL");
    assertThat(first.path("value").isNull()).isTrue();
    assertThat(first.path("error").textValue()).contains("3");
    assertThat(ran.err()).contains("no score").contains("FAIL");
  }

  @Test
  void aMissingProgramIsAnErrorBeforeAnythingRuns() throws IOException {
    assertThat(run(MIXED, "--objective", "no-such-program-at-all {x}").exits(2).err())
        .contains("no-such-program-at-all")
        .hasLineCount(1);
    assertThat(directory.resolve("store")).doesNotExist();
  }

  @Test
  void wrongOptionsAreWrongUse() throws IOException {
    assertThat(run(MIXED, "--workers", "0").exits(2).err()).contains("--workers is 0");
    assertThat(run(MIXED, "--workers", "3000000000").exits(2).err())
        .contains("--workers is 3000000000, expected 1 to 4096");
    assertThat(run(MIXED, "--trials", "-1").exits(2).err()).contains("--trials is -1");
    assertThat(run(MIXED, "--timeout", "soon").exits(2).err()).contains("--timeout is 'soon'");
    assertThat(run(MIXED, "--colour").exits(2).err()).contains("--colour");
    assertThat(Ran.assay("run").exits(2).err()).contains("STUDY.yaml").contains("run --help");
    assertThat(Ran.assay("rum").exits(2).err()).contains("rum");
    assertThat(directory.resolve("store")).doesNotExist();
  }

  @Test
  void theEnvironmentNamesTheStoreAndTheProgram() throws IOException {
    // The variable comes before the file, as in the legacy optimizer, and the option before both.
    Path study = file(MIXED);
    Path other = directory.resolve("other store");

    Ran ran =
        Ran.with(
            Map.of(
                "ASSAY_STORE", other.toString(),
                "ASSAY_PROGRAM", "/opt/my assay/bin/assay",
                "GENESIS_MAX_CONCURRENT", "7"),
            "",
            "run",
            study.toString(),
            "--quiet");

    ran.exits(0);
    assertThat(ran.out())
        .contains("7 workers")
        .contains("\"/opt/my assay/bin/assay\" summary sample --store \"" + other + "\"");
    assertThat(other.resolve("store.json")).exists();
    Ran asked =
        Ran.with(
            Map.of("ASSAY_STORE", other.toString(), "GENESIS_MAX_CONCURRENT", "7"),
            "",
            "run",
            study.toString(),
            "--quiet",
            "--workers",
            "2");
    assertThat(asked.exits(0).out()).contains("2 workers");
    Ran bad =
        Ran.with(Map.of("GENESIS_MAX_CONCURRENT", "many"), "", "run", study.toString(), "--quiet");
    assertThat(bad.exits(2).err())
        .contains("GENESIS_MAX_CONCURRENT is 'many', expected a whole number");
  }

  @Test
  void verboseTellsWhatTheStoreDidAlsoWhereTheRestIsQuiet() throws IOException {
    assertThat(run(MIXED, "--quiet", "--verbose").exits(0).err())
        .contains("store: 12 claims, ")
        .contains("cache hits: ");
  }

  @Test
  void durabilityAndCachesAreTheUsersChoice() throws IOException {
    String all = run(MIXED, "--quiet", "--json", "--durability", "full").exits(0).out();
    Ran none = run(MIXED.replace("sample", "none"), "--cache-keys", "0", "--cache-signatures", "0");

    assertThat(all).contains("\"COMPLETE\":12");
    assertThat(none.exits(0).out()).contains("12 complete");
    assertThat(Signatures.shared().keyStatistics().limit()).isZero();
    assertThat(Signatures.shared().signatureStatistics().limit()).isZero();
    run(MIXED, "--quiet").exits(0);
    assertThat(Signatures.shared().keyStatistics().limit()).isEqualTo(10_000);
    assertThat(run(MIXED, "--durability", "half").exits(2).err())
        .contains("--durability is 'half', expected normal or full");
    assertThat(run(MIXED, "--cache-keys", "-1").exits(2).err()).contains("--cache-keys is -1");
  }

  @Test
  void theStudyFileSaysHowTrialsAreKeptAndTheCommandLineComesFirst() throws IOException {
    String yaml = "durability: full\ntrial_files: none\n" + MIXED;
    assertThat(run(yaml, "--verbose").exits(0).err()).contains("synchronous full");
    assertThat(files("1-sample")).containsExactly("best_trial.json", "run_meta.json");

    String other = yaml.replace("study: sample", "study: other");
    assertThat(
            run(other, "--verbose", "--durability", "normal", "--trial-files", "KEEP")
                .exits(0)
                .err())
        .contains("synchronous normal");
    assertThat(files("2-other")).hasSize(14).contains("trial_012.json");

    assertThat(run(yaml, "--trial-files", "keep").exits(1).err())
        .contains("study 'sample' was created with trial_files: none, asked for was keep");
    assertThat(run(yaml, "--trial-files", "some").exits(2).err())
        .contains("--trial-files is 'some', expected keep, compacted or none");
  }

  private Set<String> files(String run) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(store()).resolve("runs").resolve(run))) {
      return files
          .map(file -> file.getFileName().toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void statsShowWhatIsInTheStore() throws IOException {
    run(MIXED, "--quiet").exits(0);

    JsonNode stats = Ran.assay("stats", "--store", store(), "--json").exits(0).json().get(0);
    assertThat(stats.path("studies").path(0).path("study").asText()).isEqualTo("sample");
    assertThat(stats.path("studies").path(0).path("COMPLETE").asInt()).isEqualTo(12);
    assertThat(stats.path("pragmas").path("writer").path("journal_mode").asText()).isEqualTo("wal");
    assertThat(stats.path("pragmas").path("reader").path("query_only").asText()).isEqualTo("on");
    assertThat(stats.path("workers").path(0).path("alive").asBoolean()).isTrue();
    assertThat(Ran.assay("stats", "--store", store()).exits(0).out())
        .contains("sample: 12 complete, 0 pruned, 0 failed, 0 running; 12 signatures")
        .contains("trials, committed")
        .contains("live.db")
        .contains("SQLite, writer: journal_mode wal, synchronous normal");
    assertThat(Ran.assay("stats", "--store", directory + "/none").exits(1).err())
        .contains("there is no store");
  }

  @Test
  void aProgressLineIsDrawnOnATerminal() throws IOException {
    Path study = file(MIXED);

    Ran ran =
        Ran.with(
            Map.of("ASSAY_TERMINAL", "1"),
            "",
            "run",
            study.toString(),
            "--store",
            store(),
            "--objective",
            "sh -c 'sleep 0.2; echo \"{{\\\"score\\\": 1}}\"'");

    ran.exits(0);
    assertThat(ran.err())
        .contains("/12 trials  best 1")
        .contains("left")
        .doesNotContain("COMPLETE");
    assertThat(ran.err()).contains("\r\u001b[Kassay: store: ");
  }

  @Test
  void controlCStopsCleanly() throws Exception {
    Path study = file(MIXED);
    Path started = directory.resolve("started");
    Thread sender =
        new Thread(
            () -> {
              try {
                while (!Files.exists(started)) {
                  Thread.sleep(20);
                }
                new ProcessBuilder("kill", "-INT", "" + ProcessHandle.current().pid())
                    .start()
                    .waitFor();
              } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    sender.start();

    Ran ran =
        Ran.assay(
            "run",
            study.toString(),
            "--store",
            store(),
            "--objective",
            "sh -c 'touch " + started + "; sleep 30'");

    ran.exits(130);
    assertThat(ran.err()).contains("stopping").contains("FAIL  interrupted");
    assertThat(ran.out()).contains("ended: interrupted").contains("Where to look next");
    sender.join();
    // Each of the three workers had begun a trial, or had not come to it yet.
    assertThat(run(MIXED, "--quiet").exits(0).out())
        .containsPattern("\\(12 complete, [123] failed\\)");
  }
}
