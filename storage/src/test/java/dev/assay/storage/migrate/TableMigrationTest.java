package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableMigrationTest {
  /** As trials_dataframe().to_csv() writes a study, its index included. */
  private static final String OPTUNA =
      """
      ,number,value,datetime_start,datetime_complete,duration,params_amp,params_depth,params_lr,user_attrs_note,state
      0,0,0.25,2026-11-23 16:40:30.753772,2026-11-23 16:40:30.754340,0 days 00:00:00.000568,False,6.0,1e-05,"a, ""b""
      c",COMPLETE
      1,1,,2026-11-23 16:40:31.000000,2026-11-23 16:40:32.500000,0 days 00:00:01.500000,True,,0.5,,FAIL
      2,2,inf,2026-11-23 16:40:33,2026-11-23 16:40:34,0 days 00:00:01,True,3.0,0.25,,PRUNED
      3,3,,,,,,,,,WAITING
      """;

  @TempDir Path temporary;
  private Path folder;
  private Store store;

  @BeforeEach
  void openStore() throws IOException {
    folder = Files.createDirectories(temporary.toRealPath().resolve("tables"));
    store = Store.open(temporary.resolve("store"));
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  private static TableMapping mapping(String params, String value) {
    return new TableMapping(
        null,
        List.of(params),
        TableMapping.Dots.KEPT,
        List.of(value),
        List.of(),
        List.of(),
        null,
        null,
        null,
        null);
  }

  private SourceReport migrate(Path file, TableMapping mapping, ZoneId zone) {
    return run(store, file, mapping, zone);
  }

  private SourceReport run(@Nullable Store target, Path file, TableMapping mapping, ZoneId zone) {
    List<SourceReport> reports =
        TableMigration.run(
            target,
            KnownRuns.of(store.studies()),
            List.of(file),
            mapping,
            zone,
            MigrationListener.NONE);
    assertThat(reports).hasSize(1);
    return reports.get(0);
  }

  private SourceReport migrate(Path file, TableMapping mapping) {
    return migrate(file, mapping, ZoneOffset.UTC);
  }

  private List<Object> rows(String study) {
    return trials(study).stream()
        .<Object>map(trial -> List.of(trial.params().toString(), trial.values(), trial.state()))
        .toList();
  }

  @Test
  void decimalCommasJsonLinesAndCompressedTablesAreRead() throws Exception {
    TableMapping mapping = mapping("lr,kind", "score");
    List<Object> expected =
        List.of(
            List.of("{\"lr\":0.5,\"kind\":\"64,32\"}", List.of(1.25), TrialState.COMPLETE),
            List.of("{\"lr\":0.001,\"kind\":\"8\"}", List.of(3.0), TrialState.PRUNED));
    Path commas =
        file("c.csv", "lr;kind;score;state\n0,5;64,32,16;1,25;COMPLETE\n1e-3;8;3;PRUNED\n");
    // A list among numbers with points stays a text, as does one among texts.
    file("p.csv", "lr;kind;score;state\n0.5;64,32;1.25;COMPLETE\n1e-3;8;3;PRUNED\n");
    Path lines =
        file(
            "l.jsonl",
            """
            {"lr":0.5,"kind":"64,32","score":1.25,"state":"COMPLETE","o":{"a":[1]}}
            {"lr":1e-3,"kind":"8","score":3.0,"state":"PRUNED","o":null}
            """);
    Path zipped = folder.resolve("z.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      out.write(Files.readAllBytes(lines));
    }
    assertThat(reasons(migrate(commas, mapping)))
        .contains("numbers with decimal commas in lr, score");
    migrate(lines, mapping);
    SourceReport expanded = migrate(zipped, mapping);
    migrate(folder.resolve("p.csv"), mapping);
    assertThat(expanded.study()).isEqualTo("z");
    assertThat(rows("p")).isEqualTo(expected);
    assertThat(rows("l")).isEqualTo(expected);
    assertThat(rows("z")).isEqualTo(expected);
    assertThat(trials("z").get(0).userAttrs()).hasToString("{\"o\":{\"a\":[1]}}");
    assertThat(rows("c").get(0))
        .isEqualTo(
            List.of("{\"lr\":0.5,\"kind\":\"64,32,16\"}", List.of(1.25), TrialState.COMPLETE));
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
      for (int i = 0; i < 1200; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    assertThat(migrate(zipped, mapping).reason()).contains("expands to more than 1.1 GB");
  }

  private static List<String> reasons(SourceReport report) {
    return report.findings().stream().map(Finding::reason).toList();
  }

  @Test
  void optunasNamedObjectivesAreKnownAndTwoHeaderLinesRefused() throws Exception {
    SourceReport named =
        migrate(
            file("n.csv", "number,value_loss,params_x,state\n0,0.5,1,COMPLETE\n"),
            TableMapping.NONE);
    assertThat(named.states()).isEqualTo(Map.of(TrialState.COMPLETE, 1L));
    assertThat(rows("n").get(0).toString()).contains("[0.5]");
    Path two = file("t.csv", "number,values,values,params,state\n,loss,acc,x,\n0,1,2,3,COMPLETE\n");
    assertThat(migrate(two, TableMapping.NONE).reason()).contains("multi_index=False");
    Path texts = file("a.csv", "lr,score,note\n1,2,x\n");
    assertThatThrownBy(() -> migrate(texts, TableMapping.NONE))
        .hasMessageEndingWith("--params lr,note --value score");
  }

  private StudyRecord study(String name) {
    return store.studies().stream()
        .filter(study -> study.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private List<FrozenTrial> trials(String study) {
    try (Stream<FrozenTrial> trials = store.trials(study(study).id())) {
      return trials.toList();
    }
  }

  private static JsonNode json(String text) throws JsonProcessingException {
    return Json.parse(text);
  }

  /** The files of all archives: path and content, taken together from their pieces. */
  private byte[] archived(String path) throws Exception {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT content FROM read_parquet('%s/lake/files/*/*.parquet') WHERE path = '%s' ORDER BY piece"
                    .formatted(store.directory(), path.replace("'", "''")))) {
      while (rows.next()) {
        content.write(rows.getBytes(1));
      }
    }
    return content.toByteArray();
  }

  @Test
  void aTableOfOptunaIsTakenWholeWithoutBeingExplained() throws Exception {
    Path file = file("sweep.csv", OPTUNA);

    SourceReport report = migrate(file, TableMapping.NONE, ZoneId.of("Europe/Stockholm"));

    assertThat(report.outcome()).isEqualTo(SourceReport.Outcome.TAKEN);
    assertThat(report.trials()).isEqualTo(new Tally(4, 4, 0, 0, 0));
    assertThat(report.findings())
        .extracting(Finding::reason)
        .anySatisfy(
            reason ->
                assertThat(reason).contains("parameters amp, depth, lr; value value (minimized)"));
    List<FrozenTrial> trials = trials("sweep");
    assertThat(trials)
        .extracting(FrozenTrial::number, FrozenTrial::state, FrozenTrial::values)
        .containsExactly(
            tuple(0L, TrialState.COMPLETE, List.of(0.25)),
            tuple(1L, TrialState.FAIL, List.of()),
            tuple(2L, TrialState.PRUNED, List.of(Double.POSITIVE_INFINITY)),
            tuple(3L, TrialState.WAITING, List.of()));
    FrozenTrial first = trials.get(0);
    assertThat(first.params()).isEqualTo(json("{\"amp\": false, \"depth\": 6, \"lr\": 1e-05}"));
    assertThat(first.signature()).isEqualTo(Signatures.shared().parameterSignature(first.params()));
    assertThat(first.userAttrs()).isEqualTo(json("{\"note\": \"a, \\\"b\\\"\\nc\"}"));
    assertThat(first.start()).isEqualTo(Instant.parse("2026-11-23T15:40:30.753772Z"));
    assertThat(first.durationSeconds()).isEqualTo(0.000568);
    assertThat(first.legacyTrialId()).isEqualTo(json("0"));
    assertThat(trials.get(1).params()).isEqualTo(json("{\"amp\": true, \"lr\": 0.5}"));
    assertThat(trials.get(1).error()).isEqualTo("FAIL");
    assertThat(trials.get(3).signature()).isNull();
    assertThat(archived("sweep.csv")).isEqualTo(OPTUNA.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void aTableComesInOnceForEachMeaningOfItsColumns() throws Exception {
    Path file = file("t.csv", "lr,depth,score\n0.1,1,5\n0.1,1,7\n");
    TableMapping one = mapping("lr,depth", "score");

    SourceReport dry = run(null, file, one, ZoneOffset.UTC);
    assertThat(dry.trials().taken()).isEqualTo(2);
    assertThat(store.studies()).isEmpty();

    assertThat(migrate(file, one).study()).isEqualTo("t");
    assertThat(migrate(file, one).outcome()).isEqualTo(SourceReport.Outcome.ALREADY_THERE);
    Path moved = Files.copy(file, folder.resolve("moved.csv"));
    SourceReport again = migrate(moved, one);
    assertThat(again.outcome()).isEqualTo(SourceReport.Outcome.ALREADY_THERE);
    assertThat(again.reason()).contains("t.csv");
    SourceReport other = migrate(file, mapping("rate=lr", "score"));
    assertThat(other.study()).isEqualTo("t (2)");
    Files.writeString(file, "lr,depth,score\n0.1,1,6\n");
    assertThat(migrate(file, one).study()).isEqualTo("t (3)");

    List<FrozenTrial> twins = trials("t");
    assertThat(twins).extracting(FrozenTrial::value).containsExactly(5.0, 7.0);
    String signature = twins.get(0).signature();
    assertThat(signature).isEqualTo(twins.get(1).signature());
    assertThat(store.findHolder(study("t").id(), String.valueOf(signature)))
        .isEqualTo(new Claim.Duplicate(twins.get(0).id(), TrialState.COMPLETE, List.of(5.0)));
    assertThat(trials("t (2)").get(0))
        .satisfies(
            trial -> {
              assertThat(trial.params()).isEqualTo(json("{\"rate\": 0.1}"));
              assertThat(trial.userAttrs()).isEqualTo(json("{\"depth\": 1}"));
            });
  }

  @Test
  void rowsThatCannotBeReadAreNamedByTheirLinesAndTheOthersComeIn() throws Exception {
    Path file = folder.resolve("torn.csv");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(
        "\uFEFFlr;score;note\r\n0.1;1;\"x;y\"\r\n0.2;2\r\n".getBytes(StandardCharsets.UTF_8));
    bytes.write(new byte[] {(byte) 0xff, (byte) 0xfe});
    bytes.write(
        ";3;\r\n0.4;4;5;6\r\n0.5;none;\r\n;;\r\n0.6;6;\r\n".getBytes(StandardCharsets.UTF_8));
    Files.write(file, bytes.toByteArray());

    SourceReport report = migrate(file, mapping("lr", "score"));

    assertThat(report.trials()).isEqualTo(new Tally(7, 3, 0, 1, 3));
    assertThat(report.files().quarantined()).isEqualTo(1);
    assertThat(report.findings())
        .filteredOn(finding -> finding.kind() == Finding.Kind.QUARANTINED)
        .extracting(Finding::path)
        .containsExactly("torn.csv line 3", "torn.csv line 4", "torn.csv line 5");
    assertThat(report.findings())
        .extracting(Finding::line)
        .contains("salvaged: 1 cells of 'score' are no numbers, such as 'none'");
    assertThat(trials("torn"))
        .extracting(FrozenTrial::params, FrozenTrial::state, FrozenTrial::userAttrs)
        .containsExactly(
            tuple(json("{\"lr\": 0.1}"), TrialState.COMPLETE, json("{\"note\": \"x;y\"}")),
            tuple(json("{\"lr\": 0.5}"), TrialState.FAIL, json("{\"score\": \"none\"}")),
            tuple(json("{\"lr\": 0.6}"), TrialState.COMPLETE, json("{}")));
    assertThat(archived("torn.csv")).isEqualTo(bytes.toByteArray());
  }

  @Test
  void theCellsOfAParquetFileKeepTheirKindsAndItsTrackersWordsBecomeStates() throws Exception {
    Path file = folder.resolve("runs.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          COPY (SELECT 'r1' AS run_id, 'FINISHED' AS status, 0.1::FLOAT AS "params.f", 0.1 AS "params.d",
            5::TINYINT AS "params.i", 99999999999999999999::DECIMAL(20,0) AS "params.h", true AS "params.b",
            [1, 2] AS "params.l", {'a': 1.5, 'b': 'x'} AS "params.s", DATE '2024-01-02' AS "params.date",
            'NaN'::DOUBLE AS "metrics.loss", 2.5 AS "metrics.acc", 1::DOUBLE AS "odd ""name'",
            TIMESTAMPTZ '2024-01-02 03:04:05.5+02' AS start_time, NULL::TIMESTAMP AS end_time
           UNION ALL SELECT 'r2', 'KILLED', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 3, 'inf', NULL,
            NULL, NULL) TO '%s' (FORMAT parquet)
          """
              .formatted(file));
    }

    SourceReport report =
        migrate(
            file,
            new TableMapping(
                "mlflow/run",
                List.of(),
                TableMapping.Dots.KEPT,
                List.of("metrics.acc", "metrics.loss"),
                List.of(Direction.MAXIMIZE, Direction.MINIMIZE),
                List.of(),
                null,
                null,
                null,
                null));

    assertThat(report.states()).isEqualTo(Map.of(TrialState.FAIL, 2L));
    StudyRecord study = study("mlflow/run");
    assertThat(study.directions()).containsExactly(Direction.MAXIMIZE, Direction.MINIMIZE);
    FrozenTrial first = trials("mlflow/run").get(0);
    assertThat(first.params())
        .isEqualTo(
            json(
                "{\"f\": 0.10000000149011612, \"d\": 0.1, \"i\": 5, \"h\": 99999999999999999999,"
                    + " \"b\": true, \"l\": [1, 2], \"s\": {\"a\": 1.5, \"b\": \"x\"},"
                    + " \"date\": \"2024-01-02\"}"));
    assertThat(first.values()).containsExactly(2.5, Double.NaN);
    assertThat(first.error()).isEqualTo("no value");
    assertThat(first.start()).isEqualTo(Instant.parse("2024-01-02T01:04:05.500Z"));
    assertThat(first.userAttrs())
        .isEqualTo(json("{\"odd \\\"name'\": 1.0, \"status\": \"FINISHED\"}"));
    assertThat(first.legacyTrialId()).isEqualTo(json("\"r1\""));
    assertThat(trials("mlflow/run").get(1))
        .satisfies(
            trial -> {
              assertThat(trial.error()).isEqualTo("KILLED");
              assertThat(trial.values()).containsExactly(Double.POSITIVE_INFINITY, 3.0);
            });
  }

  @Test
  void aLargeFileWithAnyNameIsStreamedIntoTheArchiveAndNoOtherFileIsRead() throws Exception {
    Random random = new Random(5);
    String rows =
        random
            .doubles(40_000)
            .mapToObj(x -> x + ",\"" + Double.toHexString(x) + "\"," + 2 * x)
            .collect(Collectors.joining("\n", "a.x,a.note,score\n", "\n"));
    file("it's a.csv", "a.x,a.note,score\n1,2,3\n");
    Path file = file("it's *[a-z]?.csv", rows);
    assertThat(Files.size(file)).isGreaterThan(1 << 20);

    SourceReport report =
        migrate(
            file,
            new TableMapping(
                "big",
                List.of("a.*"),
                TableMapping.Dots.LEVELS,
                List.of("score"),
                List.of(Direction.MAXIMIZE),
                List.of(),
                null,
                null,
                null,
                null));

    assertThat(report.trials().taken()).isEqualTo(40_000);
    assertThat(archived("it's *[a-z]?.csv")).isEqualTo(Files.readAllBytes(file));
    double first = new Random(5).nextDouble();
    assertThat(trials("big").get(0).params())
        .isEqualTo(Json.object().put("x", first).put("note", Double.toHexString(first)));
  }

  @Test
  void theReaderOpensNoOtherFile() throws Exception {
    Path file = file("t.csv", "lr,score\n1,2\n");
    Path other = file("other.csv", "lr,score\n1,2\n");
    try (Connection connection = TableReader.connect(file);
        Statement statement = connection.createStatement()) {
      try (ResultSet own = statement.executeQuery("FROM read_text('%s')".formatted(file))) {
        assertThat(own.next()).isTrue();
      }
      for (String sql :
          List.of(
              "SELECT * FROM read_text('%s')".formatted(other),
              "SELECT * FROM glob('%s/*')".formatted(folder),
              "COPY (SELECT 1) TO '%s'".formatted(folder.resolve("out.csv")),
              "ATTACH '%s'".formatted(folder.resolve("x.db")),
              "SET enable_external_access = true")) {
        assertThatThrownBy(
                () -> {
                  try (Statement another = connection.createStatement()) {
                    another.execute(sql);
                  }
                })
            .as(sql)
            .isInstanceOf(SQLException.class)
            .hasMessageMatching("(?s).*(disabled by configuration|has been locked).*");
      }
    }
  }

  @Test
  void whatIsNoTableIsRefusedAndWhatCannotBeToldIsAsked() throws Exception {
    Path cut = file("cut.parquet", "PAR1 and nothing more");
    Path mixed = file("mixed.csv", "lr,score\r\n1,2\n3,4\r\n");
    Path utf16 = folder.resolve("utf16.csv");
    Files.write(utf16, "\uFEFFlr,score\n".getBytes(StandardCharsets.UTF_16LE));
    for (Path bad : List.of(cut, mixed, utf16, file("empty.csv", ""))) {
      SourceReport report = migrate(bad, mapping("lr", "score"));
      assertThat(report.outcome()).as("%s", report).isEqualTo(SourceReport.Outcome.REFUSED);
      assertThat(report.reason()).isNotBlank();
    }
    Path plain = file("plain.csv", "lr,depth,the score\n1,2,3\n");
    assertThatThrownBy(() -> migrate(plain, TableMapping.NONE))
        .isInstanceOf(TableMappingException.class)
        .hasMessageContaining("the columns are lr, depth, the score")
        .hasMessageContaining("--params lr,depth --value 'the score'");
    assertThatThrownBy(() -> migrate(plain, mapping("lr,dept", "the score")))
        .hasMessageContaining("--params: there is no column 'dept'");
    assertThatThrownBy(() -> migrate(plain, mapping("*", "depth")))
        .hasMessageContaining("'depth' was chosen before");
    assertThat(store.studies()).isEmpty();
    migrate(file("none.csv", "lr,score\n"), mapping("lr", "score"));
    assertThat(trials("none")).isEmpty();
  }

  @Test
  void aTableThatChangesWhileItIsReadIsNotTaken() throws Exception {
    Path file = file("t.csv", "lr,score\n" + "1,2\n".repeat(2000));
    MigrationListener writer =
        new MigrationListener() {
          @Override
          public void progress(long filesDone, long bytesDone) {
            try {
              Files.writeString(file, "lr,score\n" + "3,4\n".repeat(2000));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          }
        };

    SourceReport report =
        TableMigration.run(
                store,
                KnownRuns.of(List.of()),
                List.of(file),
                mapping("lr", "score"),
                ZoneOffset.UTC,
                writer)
            .get(0);

    assertThat(report.outcome()).isEqualTo(SourceReport.Outcome.REFUSED);
    assertThat(report.reason()).contains("changed while it was read");
    assertThat(store.studies()).isEmpty();
  }
}
