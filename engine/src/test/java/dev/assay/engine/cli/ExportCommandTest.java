package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ExportCommandTest {
  private static final String STUDY =
      """
      study: own
      direction: maximize
      trials: 6
      workers: 1
      seed: 7
      objective:
        command: ["sh", "-c", "echo '{{\\"score\\": 0.5, \\"metrics\\": {{\\"m\\": 1}}}}'"]
      parameters:
        group:
          rate: {type: float, low: 1e-5, high: 1.0, log: true}
          kind: {type: grid, values: [[1, 2], "a", null]}
        zones: {type: fixed, value: {type: inner, low: -0.0}}
        "a.b": "1e3"
      """;

  @TempDir private Path directory;
  private String store = "";

  @BeforeEach
  void runAStudy() throws IOException {
    store = directory.resolve("store").toString();
    Path file = Files.writeString(directory.resolve("own.yaml"), STUDY);
    Ran.assay("run", file.toString(), "--store", store).exits(0);
  }

  private Ran export(String target, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("export", "own", "--to", directory.resolve(target) + "", "--store"));
    words.add(store);
    words.addAll(List.of(more));
    return Ran.assay(words.toArray(String[]::new));
  }

  /** The records of a study's trials but for the ids that a store gives. */
  private List<String> records(String from) throws IOException {
    Path file = directory.resolve("records.jsonl");
    Ran.assay("export", "own", "--to", file.toString(), "--store", from, "--force").exits(0);
    List<String> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      ObjectNode record = (ObjectNode) Json.parse(line);
      record.remove("trial_id");
      records.add(CanonicalJson.sorted(record));
    }
    return records;
  }

  @Test
  void aStudyLeavesForOptunaAndComesBackFieldByField() throws IOException {
    JsonNode report = export("own.db", "--json").exits(0).json().get(0);
    assertThat(report.path("studies").path(0).path("states").path("COMPLETE").intValue())
        .isEqualTo(6);
    assertThat(report.path("bytes").longValue()).isEqualTo(Files.size(directory.resolve("own.db")));
    String other = directory.resolve("other").toString();
    Ran.assay("migrate", directory.resolve("own.db").toString(), "--store", other).exits(0);
    assertThat(records(other)).hasSize(6).isEqualTo(records(store));

    export("own.jsonl").exits(0);
    Files.writeString(directory.resolve("own.jsonl"), "{\"number\": ", StandardOpenOption.APPEND);
    assertThat(directory.resolve("own.jsonl")).content().contains("MAXIMIZE");
    String third = directory.resolve("third").toString();
    Ran torn = Ran.assay("migrate", directory.resolve("own.jsonl") + "", "--store", third).exits(0);
    assertThat(torn.out()).contains("6 trials (6 complete)", "quarantined own.jsonl line 7");
    assertThat(records(third)).isEqualTo(records(store));

    byte[] before = Files.readAllBytes(directory.resolve("own.db"));
    assertThat(export("own.db").exits(1).err()).contains("is there already", "--force");
    assertThat(Files.readAllBytes(directory.resolve("own.db"))).isEqualTo(before);
    export("own.db", "--force").exits(0);
    Files.createFile(directory.resolve("own.db-wal"));
    assertThat(export("own.db", "--force").exits(1).err()).contains("own.db-wal belongs to");
  }

  @Test
  void everyOtherFormIsWrittenWholeAndNothingIsLeftBesideIt() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    Path leftover = directory.resolve(".o.csv.%d-1.0.tmp".formatted(ended.pid()));
    Files.createFile(leftover);
    List<Path> others =
        List.of(
            directory.resolve(".o.csv.%d-1.0.tmp2".formatted(ended.pid())),
            directory.resolve(".p.csv.%d-1.0.tmp-wal".formatted(ended.pid())),
            directory.resolve(
                ".o.csv.%d-%d.9.tmp-wal"
                    .formatted(
                        ProcessHandle.current().pid(),
                        ProcessHandle.current()
                            .info()
                            .startInstant()
                            .orElseThrow()
                            .toEpochMilli())));
    for (Path other : others) {
      Files.createFile(other);
    }
    for (String name :
        List.of("o.journal", "o.csv", "o.parquet", "o.arrow", "o.arrows", "o.jsonl")) {
      assertThat(export(name).exits(0).out()).contains("own: 6 trials: 6 COMPLETE");
    }
    assertThat(leftover).doesNotExist();
    assertThat(others).allSatisfy(other -> assertThat(other).exists());
    assertThat(Files.readAllLines(directory.resolve("o.csv"))).hasSize(7);
    assertThat(Files.readAllBytes(directory.resolve("o.arrow")))
        .startsWith("ARROW1".getBytes(StandardCharsets.US_ASCII))
        .endsWith("ARROW1".getBytes(StandardCharsets.US_ASCII));
    assertThat(Files.readAllBytes(directory.resolve("o.arrows"))).startsWith(-1, -1, -1, -1);
    assertThat(Files.readAllLines(directory.resolve("o.journal"))).hasSize(7);
    export("run", "--format", "run").exits(0);
    assertThat(directory.resolve("run/trial_001.json")).exists();
    assertThat(export("run").exits(1).err()).contains("a directory with files in it");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
    assertThat(export("store/store.json", "--format", "jsonl", "--force").exits(2).err())
        .contains("inside the store");
    export("store/new/o.db").exits(2);
    Ran.assay("export", "own", "--to", "", "--store", store).exits(2);
    assertThat(export("o.what").exits(2).err()).contains("add --format");
    assertThat(export("o.csv", "--format", "xml").exits(2).err()).contains("expected optuna");
  }

  @Test
  void theConfigOfATrialRunsItsParametersAgain() throws IOException {
    Ran.assay("export-config", "own", "9", "--store", store).exits(2);
    String text = Ran.assay("export-config", "own", "3", "--store", store).exits(0).out();
    Path file = Files.writeString(directory.resolve("again.yaml"), text);
    String other = directory.resolve("other").toString();
    Ran.assay("run", file.toString(), "--store", other).exits(0);
    String question = "SELECT signature FROM trials WHERE number = %d AND state = 'COMPLETE'";
    assertThat(Ran.assay("query", question.formatted(0), "--store", other).exits(0).out())
        .contains("1 row")
        .isEqualTo(Ran.assay("query", question.formatted(3), "--store", store).exits(0).out());
  }
}
