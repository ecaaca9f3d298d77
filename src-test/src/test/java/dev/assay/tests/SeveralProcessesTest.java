package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A narrow space, more trials than it has combinations, and several processes on one store. */
final class SeveralProcessesTest {
  private static final String STUDY =
      """
      study: narrow
      direction: minimize
      objective: {builtin: sphere}
      parameters:
        x1: {type: int, low: 1, high: 25}
        x2: {type: int, low: 1, high: 10}
      """;

  @TempDir private Path directory;

  @BeforeEach
  void writeStudy() throws IOException {
    Files.writeString(directory.resolve("narrow.yaml"), STUDY);
  }

  @Test
  void oneProcessEvaluatesEachCombinationOnceAndEndsWhenTheSpaceIsExhausted()
      throws IOException, InterruptedException {
    Launcher.Result result = Launcher.assay(directory, run(8, 1).toArray(String[]::new));

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(signatures(List.of(result))).hasSize(250);
    JsonNode end = Json.parse(result.lines().get(250));
    assertThat(end.path("exhausted").booleanValue()).isTrue();
    assertSummary();
  }

  @Test
  void twoProcessesShareTheCombinationsBetweenThem() throws IOException, InterruptedException {
    List<Launcher.Started> processes = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      List<String> command = new ArrayList<>(List.of(Launcher.ASSAY.toString()));
      command.addAll(run(4, seed));
      processes.add(Launcher.start(directory, command));
    }
    List<Launcher.Result> results = new ArrayList<>();
    for (Launcher.Started process : processes) {
      assertThat(process.process().waitFor(200, TimeUnit.SECONDS)).isTrue();
      results.add(process.result());
    }

    for (Launcher.Result result : results) {
      assertThat(result.exitCode()).as(result.err()).isZero();
      assertThat(result.err()).doesNotContain("locked");
    }
    assertThat(signatures(results)).hasSize(250);
    assertSummary();
  }

  @Test
  void everyTrialThatWasAcknowledgedSurvivesAKill() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(Launcher.ASSAY.toString()));
    command.addAll(run(4, 1));
    Launcher.Started started = Launcher.start(directory, command);
    while (started.process().isAlive() && Files.readString(started.out()).lines().count() < 20) {
      Thread.sleep(5);
    }
    started.process().descendants().forEach(ProcessHandle::destroyForcibly);
    started.process().destroyForcibly().waitFor();
    Set<String> acknowledged = new HashSet<>();
    for (String line : started.result().lines()) {
      try {
        acknowledged.add(Json.parse(line).path("signature").textValue());
      } catch (IOException torn) {
        // The line that the kill cut off was never read by anybody.
      }
    }

    Launcher.Result query =
        Launcher.assay(
            directory,
            "query",
            "SELECT signature FROM trials WHERE state = 'COMPLETE'",
            "--format",
            "json");

    assertThat(query.exitCode()).as(query.err()).isZero();
    Set<String> stored = new HashSet<>();
    Json.parse(query.out()).forEach(row -> stored.add(row.path("signature").textValue()));
    assertThat(acknowledged).hasSizeGreaterThan(10);
    acknowledged.remove(null);
    assertThat(stored).containsAll(acknowledged);
  }

  private static List<String> run(int workers, int seed) {
    return List.of(
        "run", "narrow.yaml", "--trials=1000", "--workers=" + workers, "--seed=" + seed, "--json");
  }

  /** The signatures that the runs acknowledged; none may come twice. */
  private static Set<String> signatures(List<Launcher.Result> results) throws IOException {
    Set<String> signatures = new HashSet<>();
    for (Launcher.Result result : results) {
      List<String> lines = result.lines();
      for (String line : lines.subList(0, lines.size() - 1)) {
        JsonNode trial = Json.parse(line);
        assertThat(trial.path("state").textValue()).isEqualTo("COMPLETE");
        assertThat(signatures.add(trial.path("signature").textValue())).as(line).isTrue();
      }
    }
    return signatures;
  }

  private void assertSummary() throws IOException, InterruptedException {
    Launcher.Result result = Launcher.assay(directory, "summary", "narrow", "--json");
    assertThat(result.exitCode()).as(result.err()).isZero();
    JsonNode summary = Json.parse(result.out());
    assertThat(summary.path("counts").path("total").intValue()).isEqualTo(250);
    // Directions are minimize: the best of the squares' sums is 1 + 1.
    Launcher.Result best =
        Launcher.assay(
            directory,
            "query",
            "SELECT min(value) AS best, count(DISTINCT signature) AS n, max(number) AS last FROM"
                + " trials",
            "--format",
            "csv");
    assertThat(best.out()).isEqualTo("best,n,last\n2.0,250,249\n");
  }
}
