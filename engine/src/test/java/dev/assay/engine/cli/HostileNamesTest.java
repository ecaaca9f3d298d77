package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names of studies, parameters, metrics and attributes may be anything, and come through every
 * view, macro, format and export as they are.
 */
@Timeout(300)
final class HostileNamesTest {
  private static final List<String> NAMES =
      List.of(
          "it's",
          "'; DROP VIEW trials; --",
          "\"quoted\"",
          "study=1",
          "a/../b\\c",
          "Case",
          "cASE",
          "😀 ünï",
          "tab\tnew\nline",
          "$dollar ${x} %s %_*",
          "a,b;c|d",
          "<script>alert(1)</script>",
          "values_0",
          "number",
          "x".repeat(600),
          "😀".repeat(300));

  @TempDir private Path directory;
  private String store = "";

  private Ran query(String sql, String... more) {
    List<String> words = new ArrayList<>(List.of("query", sql, "--store", store));
    words.addAll(List.of(more));
    return Ran.assay(words.toArray(String[]::new)).exits(0);
  }

  /**
   * Each study has two trials, and each of those a parameter, metric and attribute of each name.
   */
  private void fill() {
    try (Store open = Store.open(Path.of(store))) {
      for (String name : NAMES) {
        StudyRecord study =
            open.openStudy(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object());
        for (int i = 1; i <= 2; i++) {
          ObjectNode named = Json.object();
          for (int n = 0; n < NAMES.size(); n++) {
            named.put(NAMES.get(n), 100 * i + n);
          }
          Claim claim = open.claim(study.id(), named, Json.object(), null);
          open.finish(
              ((Claim.Acquired) claim).lease(),
              FrozenTrial.builder()
                  .state(TrialState.COMPLETE)
                  .value(i)
                  .metrics(named)
                  .userAttrs(named)
                  .build());
        }
      }
    }
  }

  private static Set<String> texts(Ran ran, String field) {
    Set<String> texts = new TreeSet<>();
    ran.json().forEach(row -> texts.add(row.path(field).textValue()));
    return texts;
  }

  @Test
  void everyNameComesThroughEveryWayOut() throws IOException {
    store = directory.resolve("it's a \"store\" 😀").toString();
    fill();
    Set<String> all = new TreeSet<>(NAMES);

    for (String view :
        List.of("studies", "runs", "trials", "params", "metrics", "top_by_study()")) {
      assertThat(
              texts(
                  query("SELECT DISTINCT study_name FROM " + view, "--format=jsonl"), "study_name"))
          .as(view)
          .isEqualTo(all);
    }
    for (String view : List.of("params", "metrics")) {
      assertThat(texts(query("SELECT DISTINCT name FROM " + view, "--format=jsonl"), "name"))
          .as(view)
          .isEqualTo(all);
    }
    for (String name : NAMES) {
      throughMacros(name);
    }
    throughFormats();
    for (String name : List.of(NAMES.get(1), NAMES.get(5), NAMES.get(14), NAMES.get(15))) {
      throughExports(name);
    }
  }

  /** One study after the other: no other study's trials are among its own. */
  private void throughMacros(String name) {
    String sql =
        """
        SELECT
          (SELECT count(*) FROM trials_of($s)) AS trials,
          (SELECT any_value("params_'; DROP VIEW trials; --") FROM trials_of($s) WHERE number = 1)
            AS param,
          (SELECT ["params_Case", "params_cASE_2"] FROM trials_of($s) WHERE number = 0) AS twins,
          (SELECT max(best) FROM best_so_far($s)) AS best,
          (SELECT number FROM top_trials($s, 1)) AS top,
          (SELECT count(*) FROM top_by($s, 'metrics_"quoted"')) AS groups,
          (SELECT count(*) FROM bins_of($s, 'user_attrs_it''s', 2)) AS bins,
          (SELECT number FROM pareto_front($s)) AS front,
          (SELECT sum(trials) FROM duration_percentiles($s)) AS timed,
          (SELECT sum(trials) FROM throughput($s)) AS ended,
          (SELECT trials FROM duplicates_saved($s)) AS kept,
          (SELECT sum(value_double) FROM params WHERE study_name = $s AND name = $s) AS own
        """;
    JsonNode row = query(sql, "--param", "s=" + name, "--format=jsonl").json().get(0);
    int own = NAMES.indexOf(name);
    assertThat(row.toString())
        .as(name)
        .isEqualTo(
            "{\"trials\":2,\"param\":201,\"twins\":[105,106],\"best\":2.0,\"top\":1,\"groups\":2,"
                + "\"bins\":2,\"front\":1,\"timed\":2,\"ended\":2,\"kept\":2,\"own\":%d.0}"
                    .formatted(300 + 2 * own));
  }

  private void throughFormats() throws IOException {
    String sql = "SELECT study_name AS \"it's \"\"a\"\" 😀\" FROM studies ORDER BY study_id";
    for (String ending : List.of("csv", "json", "jsonl", "parquet", "arrow", "arrows", "txt")) {
      Path file = directory.resolve("it's; 'a' 😀." + ending);
      query(sql, "-o", file.toString());
      if (List.of("csv", "json", "jsonl", "parquet").contains(ending)) {
        Ran back =
            query(
                "SELECT * FROM read_" + reader(ending) + "($f)",
                "--param",
                "f=" + file,
                "--format=jsonl");
        assertThat(texts(back, "it's \"a\" 😀")).as(ending).isEqualTo(new TreeSet<>(NAMES));
      } else {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.UTF_8))
            .as(ending)
            .contains("'; DROP VIEW trials; --", "<script>");
      }
    }
    // Each is one line of a table, whatever it holds.
    assertThat(query(sql).outLines()).hasSize(NAMES.size() + 3);
  }

  private static String reader(String ending) {
    return switch (ending) {
      case "csv" -> "csv_auto";
      case "parquet" -> "parquet";
      default -> "json_auto";
    };
  }

  private void throughExports(String name) {
    for (String ending : List.of("csv", "parquet", "jsonl", "arrow", "db", "journal")) {
      Path file = directory.resolve("export." + ending);
      Ran.assay("export", name, "--to", file.toString(), "--force", "--store", store).exits(0);
      assertThat(file).as(ending).isNotEmptyFile();
    }
    Path file = directory.resolve("export.parquet");
    assertThat(
            query(
                    "SELECT sum(\"params_'; DROP VIEW trials; --\") AS x FROM read_parquet($f)",
                    "--param",
                    "f=" + file,
                    "--format=jsonl")
                .out())
        .isEqualTo("{\"x\":302}\n");
    Path again = directory.resolve("again " + NAMES.indexOf(name));
    Ran.assay("migrate", directory.resolve("export.jsonl").toString(), "--store", again.toString())
        .exits(0);
    assertThat(
            Ran.assay(
                    "query",
                    "SELECT DISTINCT name FROM params",
                    "--store",
                    again.toString(),
                    "--format=jsonl")
                .exits(0)
                .json())
        .extracting(row -> row.path("name").textValue())
        .containsExactlyInAnyOrderElementsOf(NAMES);
  }
}
