package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.analytics.Views;
import dev.assay.engine.cli.Main;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** storage/FORMAT.md says what a store is: every file, column, field and key, and no other. */
final class FormatPageTest {
  /** More than the live database keeps in a row. */
  private static final int SPOOLED = 70_000;

  @TempDir private static Path directory;
  private static Path root;
  private static Store store;
  private static Connection duckdb;
  private static FormatPage page;

  @BeforeAll
  static void aStoreWithEveryKindOfFile() throws IOException, SQLException {
    page = new FormatPage("storage/FORMAT.md");
    root = directory.resolve("store");
    migrateAnUnreadableRun();
    store = Store.open(root);
    importAWholeRun();
    StudyRecord study =
        store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    finish(study, 1, "shown");
    store.refresh();
    finish(study, 2, "x".repeat(SPOOLED));
    store.flush();
    StudyRecord gone =
        store.openStudy("gone", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    store.deleteStudy(gone.id());
    Path views = Views.publish(root);
    duckdb = DriverManager.getConnection("jdbc:duckdb:;session_init_sql_file=" + views);
  }

  @AfterAll
  static void close() throws SQLException {
    duckdb.close();
    store.close();
  }

  private static void migrateAnUnreadableRun() throws IOException {
    Path run = Files.createDirectories(directory.resolve("run_1"));
    Files.writeString(run.resolve("trial_001.json"), "{\"trial_id\": ");
    PrintStream nowhere =
        new PrintStream(PrintStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    String[] migrate = {"migrate", run.toString(), "--store", root.toString()};
    assertThat(Main.run(migrate, nowhere, nowhere)).isZero();
  }

  /** One trial with everything, and one with as little as there can be. */
  private static void importAWholeRun() {
    ObjectNode params = Json.object().put("x", 1);
    try (StudyImport run =
        store.beginImport("whole", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      run.addFile("trial_001.json", "trial_001.json", new byte[] {1});
      run.addFile("run_meta.json", null, new byte[] {2});
      // More than a row group takes: it is kept in pieces.
      run.addFile("large.log", null, new byte[65 << 20]);
      run.addTrial(
          FrozenTrial.builder()
              .state(TrialState.COMPLETE)
              .value(1.5)
              .params(params)
              .distributions(params)
              .metrics(params)
              .userAttrs(params)
              .systemAttrs(params)
              .intermediateValues(new TreeMap<>(Map.of(1L, 0.5)))
              .start(Instant.EPOCH)
              .complete(Instant.EPOCH)
              .durationSeconds(0.5)
              .error("e")
              .worker("w")
              .trialKey("k")
              .signature("s")
              .trialFile("trial_001.json")
              .legacyTrialId(TextNode.valueOf("trial_001"))
              .constraintsOk(true)
              .build());
      run.addTrial(FrozenTrial.builder().state(TrialState.FAIL).build());
      run.commit();
    }
  }

  private static void finish(StudyRecord study, int x, String note) {
    Claim claim = store.claim(study.id(), Json.object().put("x", x), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(x)
            .userAttrs(Json.object().put("note", note))
            .build());
  }

  private static List<Map<String, String>> query(String sql) throws SQLException {
    List<Map<String, String>> rows = new ArrayList<>();
    try (Statement statement = duckdb.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        Map<String, String> row = new LinkedHashMap<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.put(result.getMetaData().getColumnName(i), String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }

  private static JsonNode json(String file) throws IOException {
    return Json.parse(Files.readAllBytes(root.resolve(file)));
  }

  /** The part of a kind, of the study that came in whole. */
  private static String part(String kind) throws SQLException {
    List<String> found =
        column("SELECT file FROM glob('%s/lake/%s/study=2/part-*.parquet')".formatted(root, kind));
    assertThat(found).hasSize(1);
    return "'" + found.get(0) + "'";
  }

  /** The only column of a query. */
  private static List<String> column(String sql) throws SQLException {
    return query(sql).stream().flatMap(row -> row.values().stream()).toList();
  }

  @Test
  void everyFileOfAStoreIsOnThePageAndTheOtherWayRound() throws IOException {
    Map<String, Boolean> rows = new LinkedHashMap<>();
    page.table("## Directory").forEach(row -> rows.put(row.get(0), false));
    List<String> unknown = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String path = root.relativize(file).toString();
        List<String> matching = rows.keySet().stream().filter(row -> matches(row, path)).toList();
        matching.forEach(row -> rows.put(row, true));
        boolean halfWritten = matching.isEmpty() && file.getFileName().toString().startsWith(".");
        if (matching.size() != 1 && !halfWritten) {
          unknown.add(path);
        }
      }
    }
    assertThat(unknown).as("files in a store that the page does not know").isEmpty();
    assertThat(rows)
        .as("rows of the page, and whether a store has such a file")
        .doesNotContainValue(false);
  }

  private static boolean matches(String row, String path) {
    String pattern =
        row.replace(".", "\\.")
            .replace("<id>-<name>", "\\d+(-[-a-z0-9]+)?")
            .replace("<uuid>", "[-0-9a-f]+")
            .replace("…", ".+")
            .replaceAll("<(id|number|worker)>", "\\\\d+");
    return path.matches(pattern);
  }

  @Test
  void theFieldsOfTheJsonFilesAreOnThePage() throws IOException {
    Map<String, String> store = new LinkedHashMap<>();
    fields("", json("store.json"), store);
    assertThat(store).isEqualTo(byName(page.table("## store.json"), 1));
    Map<String, String> manifest = new LinkedHashMap<>();
    fields("", json("manifest.json"), manifest);
    assertThat(manifest).isEqualTo(byName(page.table("## manifest.json"), 1));
  }

  private static Map<String, String> byName(List<List<String>> rows, int column) {
    return rows.stream()
        .collect(
            Collectors.toMap(
                row -> row.get(0), row -> row.get(column), (a, b) -> a, LinkedHashMap::new));
  }

  /** Name and type of every field, as the page has them; those of an array's objects as one. */
  private static void fields(String prefix, JsonNode object, Map<String, String> fields) {
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      String name = prefix + member.getKey();
      JsonNode value = member.getValue();
      if (value.isArray() && value.path(0).isObject()) {
        value.forEach(element -> fields(name + "[].", element, fields));
      } else {
        fields.put(name, type(value));
      }
    }
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "text";
      case BOOLEAN -> "truth value";
      case OBJECT -> "object";
      case NUMBER -> value.isIntegralNumber() ? "whole number" : "number";
      case ARRAY -> "array of " + type(value.path(0)) + "s";
      default -> value.getNodeType().toString();
    };
  }

  @Test
  void theFixedColumnsAreThoseOfEveryPart() throws Exception {
    List<List<String>> expected = page.table("## lake/trials and lake/deltas");
    String empty = "'%s/lake/trials/empty.parquet'".formatted(root);
    assertThat(columns(empty)).isEqualTo(schema(expected));
    List<List<String>> whole = columns(part("trials"));
    assertThat(whole.subList(0, expected.size())).isEqualTo(schema(expected));
    assertThat(whole.subList(expected.size(), whole.size()))
        .containsExactly(
            List.of("params_x", "INT64", "OPTIONAL"),
            List.of("metrics_x", "INT64", "OPTIONAL"),
            List.of("user_attrs_x", "INT64", "OPTIONAL"));
    nullsAreAsThePageSays(part("trials"), expected);
  }

  @Test
  void theColumnsOfTheArchiveAreThoseOfEveryPart() throws Exception {
    List<List<String>> expected = page.table("## lake/files");
    assertThat(columns("'%s/lake/files/empty.parquet'".formatted(root)))
        .isEqualTo(schema(expected));
    assertThat(columns(part("files"))).isEqualTo(schema(expected));
    nullsAreAsThePageSays(part("files"), expected);
  }

  /** Name, type and repetition of each column that a file has. */
  private static List<List<String>> columns(String file) throws SQLException {
    List<List<String>> columns = new ArrayList<>();
    List<Map<String, String>> fields = query("FROM parquet_schema(%s)".formatted(file));
    for (int i = 1; i < fields.size(); i++) {
      Map<String, String> field = fields.get(i);
      String type = field.get("type");
      if ("LIST".equals(field.get("converted_type"))) {
        // The list's own group, and its element.
        i += 2;
        type = "LIST of " + fields.get(i).get("type");
      }
      columns.add(List.of(field.get("name"), type + logical(field), field.get("repetition_type")));
    }
    return columns;
  }

  private static String logical(Map<String, String> field) {
    String logical = String.valueOf(field.get("logical_type"));
    if (logical.startsWith("TimestampType(isAdjustedToUTC=1") && logical.contains("MICROS=Micro")) {
      return " (Timestamp, µs, UTC)";
    }
    return switch (logical) {
      case "null", "ListType()" -> "";
      case "StringType()" -> " (String)";
      default -> " (" + logical + ")";
    };
  }

  private static List<List<String>> schema(List<List<String>> rows) {
    return rows.stream()
        .map(
            row ->
                List.of(row.get(0), row.get(1), row.get(2).equals("no") ? "REQUIRED" : "OPTIONAL"))
        .toList();
  }

  /** In a file that has a row with everything and a row with nothing. */
  private static void nullsAreAsThePageSays(String file, List<List<String>> rows)
      throws SQLException {
    for (List<String> row : rows) {
      assertThat(
              query(
                  "SELECT bool_or(\"%1$s\" IS NULL) AS nulls, bool_or(\"%1$s\" IS NOT NULL) AS values FROM %2$s"
                      .formatted(row.get(0), file)))
          .as("nulls and values of %s", row.get(0))
          .containsExactly(
              Map.of("nulls", row.get(2).equals("yes") ? "true" : "false", "values", "true"));
    }
  }

  @Test
  void theFieldsOfTheRecordAreOnThePage() throws Exception {
    List<JsonNode> records = new ArrayList<>();
    for (String record :
        column("SELECT record FROM %s ORDER BY number".formatted(part("trials")))) {
      records.add(Json.parse(record));
    }
    List<List<String>> expected = page.table("### record");
    Map<String, String> whole = new LinkedHashMap<>();
    records
        .get(0)
        .properties()
        .forEach(
            member ->
                whole.put(
                    member.getKey(),
                    member.getKey().equals("legacy_trial_id") ? "any" : type(member.getValue())));
    assertThat(List.copyOf(whole.entrySet()))
        .isEqualTo(List.copyOf(byName(expected, 1).entrySet()));
    List<String> never =
        expected.stream().filter(row -> row.get(2).equals("never")).map(row -> row.get(0)).toList();
    assertThat(records.get(1).properties()).extracting(Map.Entry::getKey).isEqualTo(never);
  }

  @Test
  void theKeysOfEveryPartsMetadataAreOnThePage() throws Exception {
    List<String> expected =
        page.table("## Key-value metadata").stream().map(row -> row.get(0)).toList();
    for (String kind : List.of("trials", "files")) {
      assertThat(metadata(part(kind)))
          .containsOnlyKeys(expected)
          .containsEntry("assay.format", "1")
          .containsEntry("assay.kind", kind);
      assertThat(metadata("'%s/lake/%s/empty.parquet'".formatted(root, kind)))
          .isEqualTo(Map.of("assay.format", "1", "assay.kind", "empty"));
    }
  }

  private static Map<String, String> metadata(String file) throws SQLException {
    Map<String, String> metadata = new TreeMap<>();
    query(
            "SELECT decode(key) AS k, decode(value) AS v FROM parquet_kv_metadata(%s)"
                .formatted(file))
        .forEach(row -> metadata.put(row.get("k"), row.get("v")));
    return metadata;
  }
}
