package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real runs of the legacy system, from its folders to SQL and back to its own figures. */
final class LegacyRunsTest {
  @TempDir private static Path directory;

  @BeforeAll
  static void migrate() throws IOException, InterruptedException {
    assumeTrue(
        Files.isDirectory(Launcher.LEGACY),
        "the legacy runs are absent: set -Dassay.legacy=DIR to test with them");
    Launcher.Result result =
        Launcher.assay(directory, "migrate", legacy(), "--store", store().toString());
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  @Test
  void everyTrialFileIsARow() {
    assertThat(query("SELECT count(*) FROM trials WHERE trial_file IS NOT NULL")).isEqualTo("229");
  }

  @Test
  void everyFileOfARunIsInTheArchiveByteForByte() throws IOException, InterruptedException {
    Path run = Launcher.LEGACY.resolve("run_20260112_simple_v1_50t");
    Launcher.Result result =
        assay(
            "query",
            "SELECT path, size, sha256, sha256(content) AS actual FROM files"
                + " WHERE study_name = 'run_20260112_simple_v1_50t' ORDER BY path",
            "--format",
            "json");
    List<Path> files;
    try (var walk = Files.walk(run)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    JsonNode rows = Json.parse(result.out());
    assertThat(rows).hasSize(files.size());
    for (JsonNode row : rows) {
      Path file = run.resolve(row.path("path").textValue());
      assertThat(row.path("size").longValue()).isEqualTo(Files.size(file));
      assertThat(row.path("actual")).isEqualTo(row.path("sha256"));
      assertThat(row.path("sha256").textValue()).isEqualTo(sha256(file));
    }
  }

  @Test
  void aSecondMigrationAddsNothing() {
    String before = query("SELECT count(*) FROM files") + query("SELECT count(*) FROM studies");

    assertThat(assay("migrate", legacy()).exitCode()).isZero();

    assertThat(query("SELECT count(*) FROM files") + query("SELECT count(*) FROM studies"))
        .isEqualTo(before);
  }

  @Test
  void summariesAreTheLegacyToolsOwn() throws IOException {
    JsonNode expected =
        Json.parse(Files.readAllBytes(Launcher.LEGACY.resolve("expected_summaries.json")));
    assertThat(expected).isNotEmpty();
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, JsonNode> run : expected.properties()) {
      Launcher.Result result = assay("summary", run.getKey(), "--top", "5", "--json");
      assertThat(result.exitCode()).as(result.err()).isZero();
      differences(run.getKey(), run.getValue(), Json.parse(result.out()), wrong);
    }
    assertThat(wrong).isEmpty();
  }

  private static void differences(
      String run, JsonNode expected, JsonNode actual, List<String> wrong) {
    differ(run + " counts", expected.path("counts"), actual.path("counts"), wrong);
    for (String field : List.of("total_duration_seconds", "score_versions")) {
      if (expected.has(field)) {
        differ(run + " " + field, expected.path(field), actual.path(field), wrong);
      }
    }
    JsonNode best = expected.path("best");
    JsonNode actualBest = actual.path("best");
    differ(run + " best", best.path("trial_id"), actualBest.path("trial_id"), wrong);
    differ(run + " best", best.path("trial_file"), actualBest.path("trial_file"), wrong);
    differ(run + " best", best.path("score"), actualBest.path("score"), wrong);
    for (String metric : List.of("num_trades", "sharpe_ratio")) {
      differ(
          run + " best " + metric,
          best.path(metric),
          actualBest.path("metrics").path(metric),
          wrong);
    }
    JsonNode top = expected.path("top5");
    for (int i = 0; i < top.size(); i++) {
      JsonNode entry = actual.path("top").path(i);
      differ(run + " top " + i, top.path(i).path(0), entry.path("trial_file"), wrong);
      differ(run + " top " + i, top.path(i).path(1), entry.path("score"), wrong);
    }
  }

  private static void differ(String what, JsonNode expected, JsonNode actual, List<String> wrong) {
    if (!expected.equals(actual)) {
      wrong.add("%s: expected %s, found %s".formatted(what, expected, actual));
    }
  }

  private static String sha256(Path file) throws IOException, InterruptedException {
    return Launcher.run(directory, List.of("sha256sum", file.toAbsolutePath().toString()))
        .out()
        .substring(0, 64);
  }

  /** The single value of a query. */
  private static String query(String sql) {
    Launcher.Result result = assay("query", sql, "--format", "csv");
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result.lines().get(1);
  }

  private static Launcher.Result assay(String command, String... arguments) {
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of(arguments));
    all.addAll(List.of("--store", store().toString()));
    return Launcher.here(all.toArray(String[]::new));
  }

  private static String legacy() {
    return Launcher.LEGACY.toAbsolutePath().toString();
  }

  private static Path store() {
    return directory.resolve("store");
  }
}
