package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.sources.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real Optuna databases, compared with what plain SQL says of them. */
final class OptunaLegacyTest {
  private static final ZoneId ZONE = ZoneId.of("Europe/Stockholm");

  @TempDir Path directory;
  private Path legacy = Path.of("");

  @BeforeEach
  void findThem() {
    legacy = Path.of(System.getProperty("assay.legacy", "legacy")).resolve("storage");
    assumeThat(legacy).as("real Optuna databases (-Dassay.legacy=DIR)").isDirectory();
  }

  private Migration.Request request() {
    return new Migration.Request(List.of(legacy), ZONE, null, TableMapping.NONE);
  }

  @Test
  void everyTrialIsAsInTheDatabase() throws Exception {
    try (Store store = Store.open(directory.resolve("store"))) {
      MigrationReport report = Migration.migrate(store, request(), MigrationListener.NONE);
      assertThat(report.hasRefused() || report.hasQuarantined()).isFalse();
      assertThat(report.sources())
          .extracting(SourceReport::outcome)
          .containsExactly(
              SourceReport.Outcome.SKIPPED,
              SourceReport.Outcome.TAKEN,
              SourceReport.Outcome.TAKEN,
              SourceReport.Outcome.TAKEN,
              SourceReport.Outcome.TAKEN);
      assertThat(report.trials().taken()).isEqualTo(155);
      assertThat(report.sources().get(0).reason()).isEqualTo("holds no studies");
      for (StudyRecord study : store.studies()) {
        try (Connection database = open(study);
            Stream<FrozenTrial> trials = store.trials(study.id())) {
          List<Map<String, Object>> found =
              trials
                  .map(
                      trial ->
                          described(
                              trial, study.systemAttrs().path("source_first_trial_id").longValue()))
                  .toList();
          assertThat(found).isEqualTo(expected(database));
        }
      }
      assertThat(store.verify().faults()).isEmpty();
      MigrationReport second = Migration.migrate(store, request(), MigrationListener.NONE);
      assertThat(second.trials().alreadyThere()).isEqualTo(155);
      assertThat(second.trials().read()).isZero();
      assertThat(store.studies()).hasSize(4);
    }
    try (Stream<Path> files = Files.list(legacy)) {
      assertThat(files).allMatch(file -> file.toString().endsWith(".db"));
    }
  }

  private static Connection open(StudyRecord study) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:sqlite:file:" + study.systemAttrs().path("source").textValue() + "?immutable=1");
  }

  private static Map<String, Object> described(FrozenTrial trial, long firstId) {
    Map<String, Object> all = new TreeMap<>();
    all.put("number", trial.number());
    all.put("state", trial.state().name());
    all.put("values", trial.values());
    all.put("params", trial.params().toString());
    all.put("names", names(trial.params()));
    all.put("distributions", trial.distributions().toString());
    all.put("user_attrs", trial.userAttrs());
    ObjectNode systemAttrs = trial.systemAttrs();
    all.put("trial_id", firstId + trial.number());
    all.put("system_attrs", systemAttrs);
    all.put("steps", trial.intermediateValues());
    all.put("start", String.valueOf(trial.start()));
    all.put("complete", String.valueOf(trial.complete()));
    all.put("signature", String.valueOf(trial.signature()));
    return all;
  }

  private static List<String> names(ObjectNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** What an Optuna of one objective without infinities would say. */
  private static List<Map<String, Object>> expected(Connection database) throws Exception {
    List<Map<String, Object>> trials = new ArrayList<>();
    for (List<String> row :
        rows(
            database,
            "SELECT trial_id, number, state, datetime_start, datetime_complete FROM trials ORDER BY"
                + " number")) {
      String of = " WHERE trial_id = " + row.get(0) + " ORDER BY 1";
      Map<String, Object> all = new TreeMap<>();
      all.put("trial_id", Long.parseLong(row.get(0)));
      all.put("number", Long.parseLong(row.get(1)));
      all.put("state", row.get(2));
      all.put("start", utc(row.get(3)));
      all.put("complete", utc(row.get(4)));
      all.put(
          "values",
          rows(database, "SELECT objective, value FROM trial_values" + of).stream()
              .map(value -> Double.valueOf(value.get(1)))
              .toList());
      ObjectNode params = Json.object();
      ObjectNode distributions = Json.object();
      for (List<String> param :
          rows(
              database,
              "SELECT param_id, param_name, param_value, distribution_json FROM trial_params"
                  + of)) {
        JsonNode distribution = Json.parse(param.get(3));
        distributions.set(param.get(1), distribution);
        double internal = Double.parseDouble(param.get(2));
        switch (distribution.path("name").textValue()) {
          case "FloatDistribution" -> params.put(param.get(1), internal);
          case "IntDistribution" -> params.put(param.get(1), (long) internal);
          default ->
              params.set(
                  param.get(1),
                  distribution.path("attributes").path("choices").path((int) internal));
        }
      }
      all.put("params", params.toString());
      all.put("names", names(params));
      all.put("distributions", distributions.toString());
      all.put("signature", Signatures.shared().parameterSignature(params));
      for (String kind : List.of("user", "system")) {
        ObjectNode attributes = Json.object();
        for (List<String> attribute :
            rows(
                database,
                "SELECT trial_%1$s_attribute_id, key, value_json FROM trial_%1$s_attributes"
                        .formatted(kind)
                    + of)) {
          attributes.set(attribute.get(1), Json.parse(attribute.get(2)));
        }
        all.put(kind + "_attrs", attributes);
      }
      Map<Long, Double> steps = new TreeMap<>();
      for (List<String> step :
          rows(database, "SELECT step, intermediate_value FROM trial_intermediate_values" + of)) {
        steps.put(Long.valueOf(step.get(0)), Double.valueOf(step.get(1)));
      }
      all.put("steps", steps);
      trials.add(all);
    }
    return trials;
  }

  private static String utc(String text) {
    return text.equals("null")
        ? text
        : LocalDateTime.parse(text.replace(' ', 'T'))
            .atZone(ZONE)
            .withZoneSameInstant(ZoneOffset.UTC)
            .toInstant()
            .toString();
  }

  private static List<List<String>> rows(Connection database, String sql) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(row);
      }
    }
    return rows;
  }
}
