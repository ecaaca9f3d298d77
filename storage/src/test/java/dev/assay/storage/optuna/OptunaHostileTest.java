package dev.assay.storage.optuna;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.migrate.SourceReport;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.sources.Migration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Databases and journals that nobody should have written: each is taken or refused with a word. */
@Timeout(120)
final class OptunaHostileTest {
  private static final String TAKEN = "3 trials";
  private static final String REAL =
      "{\"name\": \"FloatDistribution\", \"attributes\": {\"low\": 0.0, \"high\": 1.0}}";
  private static final String CHOICES =
      "{\"name\": \"CategoricalDistribution\", \"attributes\": {\"choices\": [%s]}}";

  /** So often the character that is put into this. */
  private static final String MILLION = "replace(hex(zeroblob(500000)), '0', '%s')";

  @TempDir Path directory;

  /** By a source's file name what the report says of it. */
  private final Map<String, String> expected = new LinkedHashMap<>();

  /** A study of three trials, and whatever the statements make of it. */
  private Path database(String name, String says, String... statements) throws SQLException {
    Path file = directory.resolve("sources").resolve(name + ".db");
    try (Connection connection =
            OptunaSchema.create(DriverManager.getConnection("jdbc:sqlite:" + file));
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("INSERT INTO studies VALUES (1, '%s')".formatted(name));
      statement.executeUpdate("INSERT INTO study_directions VALUES (1, 'MINIMIZE', 1, 0)");
      for (int i = 1; i <= 3; i++) {
        statement.executeUpdate(
            "INSERT INTO trials VALUES (%d, %d, 1, 'COMPLETE', '2026-01-01 00:00:00', NULL)"
                .formatted(i, i - 1));
        statement.executeUpdate(
            "INSERT INTO trial_values VALUES (%1$d, %1$d, 0, %1$d, 'FINITE')".formatted(i));
        statement.executeUpdate(
            "INSERT INTO trial_params VALUES (%1$d, %1$d, 'x', 0.%1$d, '%2$s')".formatted(i, REAL));
      }
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
      connection.commit();
    }
    expected.put(file.getFileName().toString(), says);
    return file;
  }

  /** A statement that makes a parameter's one choice what an SQL expression is. */
  private static String choice(String sql) {
    return "UPDATE trial_params SET param_value = 0, distribution_json = '%s'"
        .formatted(CHOICES.formatted("' || %s || '".formatted(sql)));
  }

  private void makeSchemas() throws SQLException {
    database("head", "optuna storage upgrade", "UPDATE alembic_version SET version_num = 'v2'");
    database("no-head", "optuna storage upgrade", "DROP TABLE alembic_version");
    database("eleven", "(version 11)", "UPDATE version_info SET schema_version = 11");
    database("no-table", "trial_params of Optuna's schema", "DROP TABLE trial_params");
    database("no-column", "no such column", "ALTER TABLE trials DROP COLUMN number");
    database("no-direction", "no row in study_directions", "DELETE FROM study_directions");
    database(
        "endless",
        "it has no tables",
        "ALTER TABLE trials RENAME TO t",
        "CREATE VIEW trials AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
            + " SELECT n AS trial_id, n AS number, 1 AS study_id FROM r");
  }

  private void makeContents() throws SQLException {
    database(
        "numbers",
        "trial_id 2: number is abc",
        "UPDATE trials SET number = NULL WHERE trial_id = 1",
        "UPDATE trials SET number = 'abc' WHERE trial_id = 2");
    database(
        "state", "trial 1: state is BOGUS", "UPDATE trials SET state = 'BOGUS' WHERE number=1");
    database("json", "not JSON", "UPDATE trial_params SET distribution_json = '{'");
    database(
        "deep",
        "params.x is 0.0 in",
        choice(MILLION.formatted("[") + " || " + MILLION.formatted("]")));
    database("digits", "params.x is 0.0 in", choice(MILLION.formatted("9")));
    database(
        "bytes",
        "base64: /w==",
        "UPDATE trial_params SET param_name = CAST(x'ff' AS TEXT) WHERE trial_id = 2");
    database(
        "twice",
        "trial 0: params.x is there twice, earlier as 0.1",
        "ALTER TABLE trial_params RENAME TO old",
        "CREATE TABLE trial_params AS SELECT * FROM old",
        "INSERT INTO trial_params VALUES (9, 1, 'x', 0.9, '%s')".formatted(REAL));
    database(
        "years",
        "datetime_start is +999999999-01-01 00:00:00",
        "UPDATE trials SET datetime_start = '+999999999-01-01 00:00:00' WHERE number = 0",
        "UPDATE trials SET datetime_start = '9999-12-31 23:59:59' WHERE number = 1");
    database(
        "names",
        "another study of this source has the same name",
        "UPDATE studies SET study_name = CAST(x'6eff' AS TEXT)",
        "INSERT INTO studies VALUES (2, CAST(x'6efe' AS TEXT))");
    database(
        "escape",
        TAKEN,
        "UPDATE studies SET study_name = '../' || char(0) || '''; DROP TABLE studies; --'");
  }

  private void makeTruncated() throws SQLException, IOException {
    byte[] whole = Files.readAllBytes(database("whole", TAKEN));
    for (int length = 16; length < whole.length; length += whole.length / 5) {
      String name = "cut-%d.db".formatted(length);
      Files.write(directory.resolve("sources").resolve(name), Arrays.copyOf(whole, length));
      expected.put(name, "cannot be read");
    }
  }

  private void makeJournals() throws IOException {
    String good =
        """
        {"op_code": 0, "study_name": "journal", "directions": [1]}
        {"op_code": 4, "study_id": 0, "datetime_start": "+999999999-01-01T00:00:00"}
        {"op_code": 4, "study_id": 0, "datetime_start": null}
        {"op_code": 4, "study_id": 0, "datetime_start": null}
        {"op_code": 6, "trial_id": 77, "state": 1, "values": [1]}
        {"op_code": 1, "study_id": 5}
        """;
    String nested = "{\"op_code\": 8, \"trial_id\": 0, \"user_attr\": " + "[".repeat(100_000);
    journal("unknown.log", good + "{\"op_code\": 77}\n", "op_code 77");
    journal("torn.log", good.replace("journal", "torn") + "{\"op_co", "last line has no end");
    journal("garbage.log", good + "garbage\n", "line 7 of the journal cannot be read as JSON");
    journal("nested.log", good.replace("journal", "n") + nested + "\n", "nested deeper");
    String digits = "{\"op_code\": %d, \"trial_id\": 0, \"user_attr\": {\"a\": %s}}\n";
    String many = "7".repeat(20_000);
    String limited = good.replace("journal", "limited") + digits.formatted(8, many);
    journal(
        "limited.log",
        limited + "{\"op_code\": 6, \"trial_id\": 0, \"state\": 1, \"values\": [2.5]}\n",
        "line 7: left out, an attribute or intermediate value: 20.1 kB");
    journal("whole.log", good + digits.formatted(6, many), "nothing was taken");
  }

  private void journal(String name, String text, String says) throws IOException {
    Files.writeString(directory.resolve("sources").resolve(name), text);
    expected.put(name, says);
  }

  @Test
  void eachSourceIsTakenOrRefusedWithAWordAndNoneEndsTheMigration() throws Exception {
    Path sources = Files.createDirectory(directory.resolve("sources"));
    makeSchemas();
    makeContents();
    makeTruncated();
    makeJournals();
    List<Path> files = expected.keySet().stream().map(sources::resolve).toList();
    Map<Path, byte[]> before = contents(sources);
    try (Store store = Store.open(directory.resolve("store"))) {
      Map<String, String> said = new HashMap<>();
      for (SourceReport source : migrate(store, files).sources()) {
        said.merge(Path.of(source.source()).getFileName().toString(), said(source), String::concat);
      }
      expected.forEach((name, says) -> assertThat(said.get(name)).as(name).contains(says));
      assertThat(store.verify().faults()).isEmpty();
      assertThat(store.studies())
          .extracting(StudyRecord::name)
          .contains("../_'; DROP TABLE studies; --", "n\uFFFD", "torn", "years");
      FrozenTrial twice = trials(store, "twice").get(0);
      assertThat(twice.state()).isEqualTo(TrialState.COMPLETE);
      assertThat(twice.params().path("x").doubleValue()).isEqualTo(0.9);
      assertThat(trials(store, "years"))
          .extracting(trial -> trial.start() == null)
          .containsExactly(true, false, false);
      assertThat(migrate(store, files).trials().taken()).isZero();
    }
    Map<Path, byte[]> after = contents(sources);
    assertThat(after).containsOnlyKeys(before.keySet());
    before.forEach((file, bytes) -> assertThat(after.get(file)).as("%s", file).isEqualTo(bytes));
  }

  @Test
  void aPipeIsNotWaitedFor() throws Exception {
    Path pipe = directory.resolve("trials.csv");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    try (Store store = Store.open(directory.resolve("store"))) {
      assertThatThrownBy(() -> migrate(store, List.of(pipe)))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("neither a file nor a folder");
    }
  }

  private static MigrationReport migrate(Store store, List<Path> files) {
    return Migration.migrate(
        store,
        new Migration.Request(files, ZoneOffset.UTC, null, TableMapping.NONE),
        MigrationListener.NONE);
  }

  /** What a reader of the report sees. */
  private static String said(SourceReport source) {
    StringBuilder said = new StringBuilder(source.trials().taken() + " trials\n");
    said.append(source.reason()).append('\n');
    source
        .findings()
        .forEach(
            finding ->
                said.append(finding.path()).append(": ").append(finding.reason()).append('\n'));
    return said.toString();
  }

  private static List<FrozenTrial> trials(Store store, String name) {
    StudyRecord study =
        store.studies().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      return trials.toList();
    }
  }

  private static Map<Path, byte[]> contents(Path folder) throws IOException {
    Map<Path, byte[]> contents = new HashMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file, Files.readAllBytes(file));
      }
    }
    return contents;
  }
}
