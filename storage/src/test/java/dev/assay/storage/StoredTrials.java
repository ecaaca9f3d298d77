package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Reads the finished trials of a store as others see them: what the manifest names, through SQL.
 */
final class StoredTrials implements AutoCloseable {
  private final Connection duckdb;

  /** A trial; its value is NaN where it has none. */
  record Row(String study, long number, long id, String state, double value) {
    /** Without its id, of which a step that is done again uses up more. */
    String text() {
      return "%s %d %s %s".formatted(study, number, state, value);
    }
  }

  StoredTrials() throws SQLException {
    duckdb = DriverManager.getConnection("jdbc:duckdb:");
  }

  /** By study and number. Says where a trial is there twice, or a study's numbers have a hole. */
  List<Row> read(Path store) throws IOException, SQLException {
    JsonNode manifest = Json.parse(Files.readAllBytes(store.resolve("manifest.json")));
    Map<Long, String> studies = new HashMap<>();
    manifest
        .path("studies")
        .forEach(
            study ->
                studies.put(study.path("study_id").longValue(), study.path("name").textValue()));
    List<Row> rows = new ArrayList<>();
    String files = files(store, manifest, part -> !part.path("kind").textValue().equals("files"));
    if (!files.isEmpty()) {
      try (Statement statement = duckdb.createStatement();
          ResultSet result =
              statement.executeQuery(
                  "SELECT study_id, number, trial_id, state, value FROM read_parquet([%s]) ORDER BY ALL"
                      .formatted(files))) {
        while (result.next()) {
          double value = result.getDouble(5);
          rows.add(
              new Row(
                  String.valueOf(studies.get(result.getLong(1))),
                  result.getLong(2),
                  result.getLong(3),
                  result.getString(4),
                  result.wasNull() ? Double.NaN : value));
        }
      }
    }
    requireEachOnce(rows);
    return rows;
  }

  /** The files of a study's archive, each as its path and its size, sorted. */
  List<String> archive(Path store, String study) throws IOException, SQLException {
    JsonNode manifest = Json.parse(Files.readAllBytes(store.resolve("manifest.json")));
    long id = -1;
    for (JsonNode each : manifest.path("studies")) {
      id = each.path("name").textValue().equals(study) ? each.path("study_id").longValue() : id;
    }
    long wanted = id;
    List<String> archive = new ArrayList<>();
    String files =
        files(
            store,
            manifest,
            part ->
                part.path("kind").textValue().equals("files")
                    && part.path("study_id").longValue() == wanted);
    if (!files.isEmpty()) {
      try (Statement statement = duckdb.createStatement();
          ResultSet result =
              statement.executeQuery(
                  "SELECT path || ' ' || octet_length(content) FROM read_parquet([%s]) ORDER BY 1"
                      .formatted(files))) {
        while (result.next()) {
          archive.add(result.getString(1));
        }
      }
    }
    return archive;
  }

  private static String files(Path store, JsonNode manifest, Predicate<JsonNode> wanted) {
    List<String> files = new ArrayList<>();
    for (JsonNode part : manifest.path("files")) {
      if (wanted.test(part)) {
        files.add("'" + store.resolve(part.path("path").textValue()) + "'");
      }
    }
    return String.join(", ", files);
  }

  private static void requireEachOnce(List<Row> rows) {
    assertThat(rows).extracting(Row::id).doesNotHaveDuplicates();
    String study = "";
    long number = 0;
    for (Row row : rows) {
      number = row.study().equals(study) ? number + 1 : 0;
      study = row.study();
      assertThat(row.number())
          .as("numbers of %s, of which there are %s", study, rows)
          .isEqualTo(number);
    }
  }

  @Override
  public void close() throws SQLException {
    duckdb.close();
  }
}
