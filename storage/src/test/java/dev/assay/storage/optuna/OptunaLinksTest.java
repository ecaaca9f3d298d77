package dev.assay.storage.optuna;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.DoctorReport;
import dev.assay.storage.migrate.Finding;
import dev.assay.storage.migrate.LinkReport;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.sources.Migration;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose trials are also in Optuna. */
final class OptunaLinksTest {
  private static final ZoneId STOCKHOLM = ZoneId.of("Europe/Stockholm");

  @TempDir Path directory;

  private static Migration.Request request(List<Path> paths, ZoneId zone) {
    return new Migration.Request(paths, zone, null, TableMapping.NONE, Migration.Linking.ON);
  }

  private static SourceReport source(MigrationReport report, String study) {
    return report.sources().stream()
        .filter(one -> study.equals(one.study()))
        .findFirst()
        .orElseThrow(() -> new AssertionError(study + " is not in " + report.lines()));
  }

  private static LinkReport link(MigrationReport report, String study) {
    return requireNonNull(source(report, study).link());
  }

  private static List<FrozenTrial> trials(Store store, String study) {
    StudyRecord record = requireNonNull(store.findStudy(study));
    try (Stream<FrozenTrial> trials = store.trials(record.id())) {
      return trials.toList();
    }
  }

  @Test
  void realRunsGetTheirTrialsTimesAndValuesFromOptuna() throws Exception {
    Path legacy = Path.of(System.getProperty("assay.legacy", "legacy"));
    assumeThat(legacy).as("real legacy runs (-Dassay.legacy=DIR)").isDirectory();
    List<Path> paths =
        Stream.of(
                "run_20260108_htf_exits_50t",
                "run_20260116_ev_longrun_20260116_20260120",
                "run_20260108_145345",
                "20260121_optuna_resume_minismoke",
                "storage")
            .map(legacy::resolve)
            .toList();
    try (Store store = Store.open(directory.resolve("store"))) {
      MigrationReport report =
          Migration.migrate(store, request(paths, STOCKHOLM), MigrationListener.NONE);
      assertThat(report.hasRefused() || report.hasQuarantined()).isFalse();
      Map<String, Long> linked = new TreeMap<>();
      for (SourceReport source : report.sources()) {
        LinkReport link = source.link();
        if (link != null && source.kind().equals("legacy-run")) {
          linked.put(requireNonNull(source.study()), link.linked());
          if (link.linked() > 0) {
            check(store, source, link);
          }
        }
      }
      assertThat(linked)
          .containsEntry("run_20260108_htf_exits_50t", 28L)
          .containsEntry("run_20260116_ev_longrun_20260116_20260120", 15L)
          .containsEntry("run_20260108_145345", 0L)
          .containsEntry("run_20260121_090451", 2L)
          .containsEntry("run_20260121_090629", 1L);
      assertThat(link(report, "run_20260116_ev_longrun_20260116_20260120").differences())
          .isEqualTo(Map.of("equal", 11L, "constraints", 2L, "other", 2L, "state", 2L));
      assertThat(link(report, "run_20260108_145345").reason()).contains("no Optuna database");
      LinkReport study = link(report, "optuna_resume_minismoke_20260121");
      assertThat(study.to()).containsExactly("run_20260121_090451", "run_20260121_090629");
      assertThat(study.linked()).isEqualTo(3);
      assertThat(link(report, "optuna_htf_exits_20260102_20260105").unlinked()).isEqualTo(1);
      MigrationReport again =
          Migration.migrate(store, request(paths, STOCKHOLM), MigrationListener.NONE);
      assertThat(again.trials().taken()).isZero();
      assertThat(again.lines()).noneMatch(line -> line.contains("without its link"));
    }
  }

  /** Compares a run's trials with what plain SQL says of the study. */
  private static void check(Store store, SourceReport source, LinkReport link) throws Exception {
    String run = requireNonNull(source.study());
    assertThat(link.numberOffset()).as(run).isEqualTo(1);
    assertThat(link.timesAt()).as(run).isEqualTo("+01:00");
    ObjectNode attrs = requireNonNull(store.findStudy(run)).systemAttrs();
    String sql =
        """
        SELECT t.datetime_start, t.datetime_complete, t.state, v.value,
               (SELECT count(*) FROM trial_params p WHERE p.trial_id = t.trial_id)
        FROM trials t LEFT JOIN trial_values v ON v.trial_id = t.trial_id
        JOIN studies s ON s.study_id = t.study_id WHERE s.study_name = ? AND t.number = ?""";
    try (Connection database =
            DriverManager.getConnection(
                "jdbc:sqlite:file:%s?immutable=1".formatted(attrs.path("linked_source").asText()));
        PreparedStatement statement = database.prepareStatement(sql)) {
      for (FrozenTrial trial : trials(store, run)) {
        String file = trial.trialFile();
        if (file == null) {
          continue;
        }
        int number = Integer.parseInt(file.replaceAll("\\D", "")) - 1;
        statement.setString(1, attrs.path("linked_study").textValue());
        statement.setInt(2, number);
        try (ResultSet row = statement.executeQuery()) {
          assertThat(row.next()).isTrue();
          assertThat(trial.start()).as(run + file).isEqualTo(utc(row.getString(1)));
          assertThat(trial.complete()).isEqualTo(utc(row.getString(2)));
          ObjectNode both = (ObjectNode) trial.systemAttrs().get("linked_trial");
          assertThat(both.path("state").textValue()).isEqualTo(row.getString(3));
          assertThat(both.path("number").intValue()).isEqualTo(number);
          double told = row.getDouble(4);
          assertThat(trial.metrics().has("objective_value")).isEqualTo(!row.wasNull());
          assertThat(trial.metrics().path("objective_value").doubleValue()).isEqualTo(told);
          assertThat(trial.distributions()).hasSize(row.getInt(5));
        }
      }
    }
  }

  private static Instant utc(String text) {
    return LocalDateTime.parse(text.replace(' ', 'T')).atZone(STOCKHOLM).toInstant();
  }

  @Test
  void onlyWhatNumbersAndParametersMakeSureIsLinked() throws Exception {
    Path runs = Files.createDirectories(directory.resolve("runs"));
    run(runs, "first", "sqlite:///results\\storage\\S.db", 1, 0.1, 0.2, 0.3);
    run(runs, "second", "sqlite:///results/storage/s.db", 1, 0.1, 0.5, 0.6);
    run(runs, "other", "sqlite:///s.db", 7, 0.7, 99, 0.9);
    run(runs, "unclear", "sqlite:///same.db", 11, 1, 1);
    run(runs, "strange", "sqlite:///same.db", 1, 5, 6);
    run(runs, "alone", "sqlite:///absent.db", 1, 1);
    database(runs.resolve("s.db"), 0.1, 0.2, 0.3, 0.1, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95);
    database(runs.resolve("copy/s.db"), 40, 41, 42, 43, 44, 45, 46, 47, 48);
    database(runs.resolve("same.db"), 1, 1, 1, 1);
    try (Store store = Store.open(directory.resolve("store"))) {
      Migration.Request request = request(List.of(runs), ZoneOffset.UTC);
      MigrationReport dry = Migration.dryRun(store, request, MigrationListener.NONE);
      MigrationReport report = Migration.migrate(store, request, MigrationListener.NONE);

      assertThat(link(report, "first").numberOffset()).isEqualTo(1);
      assertThat(numbers(store, "first")).containsExactly(0L, 1L, 2L);
      assertThat(link(report, "second").numberOffset()).isEqualTo(-2);
      assertThat(numbers(store, "second")).containsExactly(3L, 4L, 5L);
      assertThat(link(report, "other").linked()).isEqualTo(2);
      assertThat(numbers(store, "other")).containsExactly(6L, null, 8L);
      assertThat(link(report, "unclear").reason()).contains("[9, 10, 11]");
      assertThat(numbers(store, "unclear")).containsExactly(null, null);
      assertThat(link(report, "strange").reason()).contains("no numbering");
      assertThat(link(report, "alone").reason()).contains("absent.db is not among the sources");
      assertThat(link(report, "other").differences())
          .isEqualTo(Map.of("constraints", 1L, "duplicate", 1L, "state", 1L));
      assertThat(source(report, "first").findings())
          .extracting(Finding::reason)
          .anyMatch(reason -> reason.contains("--source-tz +05:30"));
      for (SourceReport source : dry.sources()) {
        assertThat(source.link()).isEqualTo(source(report, requireNonNull(source.study())).link());
      }

      SourceReport linked =
          report.sources().stream()
              .filter(one -> one.kind().equals("optuna-rdb") && one.link() != null)
              .findFirst()
              .orElseThrow();
      assertThat(linked.findings())
          .extracting(Finding::reason)
          .anyMatch(reason -> reason.contains("--source-tz +05:30"));
      DoctorReport doctor = Migration.examine(List.of(runs), MigrationListener.NONE);
      assertThat(doctor.studies()).extracting(one -> one.trials().taken()).contains(10L, 9L, 4L);
      assertThat(String.join("\n", doctor.lines()))
          .contains("8 trials of it in the runs first, other, second, which 'assay migrate --link'")
          .contains("10 trials (", "give --source-tz +05:30", "absent.db is not among the sources");

      FrozenTrial trial = trials(store, "other").get(0);
      assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
      assertThat(trial.value()).isEqualTo(1.4);
      assertThat(trial.userAttrs().path("optuna:note").textValue()).isEqualTo("n6");
      assertThat(trial.systemAttrs().at("/linked_trial/state").textValue()).isEqualTo("PRUNED");
      assertThat(trial.intermediateValues()).containsEntry(3L, 0.5);
      assertThat(store.studies())
          .map(study -> study.systemAttrs().get("linked_runs"))
          .filteredOn(Objects::nonNull)
          .containsExactly(Json.parse("[\"first\",\"other\",\"second\"]"));
    }
  }

  @Test
  void whatCameInWithoutLinkStaysAndTheReportSaysSo() throws Exception {
    Path runs = Files.createDirectories(directory.resolve("runs"));
    run(runs, "run", "sqlite:///s.db", 1, 0.1, 0.2);
    database(runs.resolve("s.db"), 0.1, 0.2);
    try (Store store = Store.open(directory.resolve("store"))) {
      Migration.Request plain =
          new Migration.Request(List.of(runs), ZoneOffset.UTC, null, TableMapping.NONE);
      Migration.migrate(store, plain, MigrationListener.NONE);
      MigrationReport report =
          Migration.migrate(store, request(List.of(runs), ZoneOffset.UTC), MigrationListener.NONE);
      assertThat(source(report, "run").outcome()).isEqualTo(SourceReport.Outcome.ALREADY_THERE);
      assertThat(source(report, "run").findings())
          .singleElement()
          .extracting(Finding::reason)
          .asString()
          .contains("assay delete");
      assertThat(numbers(store, "run")).containsExactly(null, null);
    }
  }

  private static List<@Nullable Long> numbers(Store store, String run) {
    List<@Nullable Long> numbers = new ArrayList<>();
    for (FrozenTrial trial : trials(store, run)) {
      ObjectNode attrs = trial.systemAttrs();
      numbers.add(
          attrs.has("linked_trial") ? (Long) attrs.at("/linked_trial/number").longValue() : null);
    }
    return numbers;
  }

  /** A run whose score is twice its parameter. */
  private static void run(Path runs, String name, String storage, int first, double... values)
      throws IOException {
    Path folder = Files.createDirectories(runs.resolve(name));
    ObjectNode meta = Json.object().put("started_at", "2026-01-05T10:00:00.5+00:00");
    meta.putObject("optuna").putNull("storage");
    meta.putObject("raw_meta")
        .putObject("runs")
        .putObject("optuna")
        .put("storage", storage)
        .put("study_name", "study");
    Files.writeString(folder.resolve("run_meta.json"), meta.toString());
    for (int i = 0; i < values.length; i++) {
      ObjectNode trial = Json.object().put("trial_id", first + i);
      ObjectNode params = trial.putObject("parameters");
      params.putObject("a").put("b.c", values[i]);
      params.put("fixed", 1);
      trial.putObject("score").put("score", 2 * values[i]);
      Files.writeString(folder.resolve("trial_%03d.json".formatted(first + i)), trial.toString());
    }
  }

  /** A study whose trials have these values of one parameter. */
  private static void database(Path file, double... values) throws Exception {
    Files.createDirectories(requireNonNull(file.getParent()));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        InputStream schema = OptunaSchema.class.getResourceAsStream("schema.sql")) {
      connection.setAutoCommit(false);
      statement.executeUpdate(
          new String(requireNonNull(schema).readAllBytes(), StandardCharsets.UTF_8));
      statement.execute("INSERT INTO version_info VALUES (1, 12, '4.6.0')");
      statement.execute("INSERT INTO alembic_version VALUES ('v3.2.0.a')");
      statement.execute("INSERT INTO studies (study_id, study_name) VALUES (1, 'study')");
      statement.execute(
          "INSERT INTO study_directions (direction, study_id, objective) VALUES ('MAXIMIZE', 1, 0)");
      for (int i = 0; i < values.length; i++) {
        int id = i + 1;
        statement.execute(
            "INSERT INTO trials VALUES (%d, %d, 1, '%s', '2026-01-05 15:%02d:01.5', '2026-01-05 15:%02d:59')"
                .formatted(id, i, i == 6 ? "PRUNED" : "COMPLETE", 30 + i, 30 + i));
        statement.execute(
            """
            INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json)
            VALUES (%d, 'a.b.c', %s, '{"name": "FloatDistribution", "attributes":
            {"step": null, "low": 0.0, "high": 99.0, "log": false}}')"""
                .formatted(id, values[i]));
        statement.execute(
            "INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (%d, 0, %s, 'FINITE')"
                .formatted(id, i == 6 ? 2 * values[i] - 150 : i == 8 ? -1e6 : 2 * values[i]));
        statement.execute(
            "INSERT INTO trial_user_attributes (trial_id, key, value_json) VALUES (%d, 'note', '\"n%d\"')"
                .formatted(id, i));
        statement.execute(
            "INSERT INTO trial_intermediate_values (trial_id, step, intermediate_value, intermediate_value_type) VALUES (%d, 3, 0.5, 'FINITE')"
                .formatted(id));
      }
      connection.commit();
    }
  }
}
