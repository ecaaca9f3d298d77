package dev.assay.analytics.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.flight.FlightRuntimeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A client reads the store, and nothing and nobody else. */
@SuppressWarnings("try") // What closes here may be interrupted, and is not.
final class ReadOnlySqlTest {
  @TempDir Path directory;

  @Test
  void hostileStatementsAreRefusedAndLeaveNothing() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret.csv"), "a\n42\n");
    Path stored = directory.resolve("store");
    try (ServedStore served = new ServedStore(stored)) {
      served.finish(3);
      served.ask("FROM trials");
      Path part;
      try (Stream<Path> parts = Files.walk(stored.resolve("lake"))) {
        part =
            parts
                .filter(file -> file.toString().matches(".*study=.*[.]parquet"))
                .findAny()
                .orElseThrow();
      }
      served.store.flush();
      List<String> before = files();
      List<String> answered = new ArrayList<>();
      for (String sql : hostile(secret, part, stored)) {
        Throwable refusal = catchThrowable(() -> served.ask(sql));
        if (!(refusal instanceof FlightRuntimeException)) {
          answered.add(sql + " -> " + refusal);
        }
      }
      assertThat(answered).isEmpty();
      assertThat(files()).isEqualTo(before);
      assertThat(served.ask("SELECT count(*) FROM trials")).containsExactly("3");
    }
  }

  private List<String> files() throws Exception {
    try (Stream<Path> all = Files.walk(directory)) {
      // SQLite and the heartbeat write beside live.db at any time.
      return all.map(Path::toString).filter(name -> !name.contains("live.db")).sorted().toList();
    }
  }

  private static List<String> hostile(Path secret, Path part, Path store) {
    List<String> texts = new ArrayList<>();
    for (String path : List.of(secret.toString(), part.toString(), store + "/store.json")) {
      texts.addAll(
          List.of(
              "FROM '%s'".formatted(path),
              "SELECT * FROM \"%s\" AS t".formatted(path),
              "WITH \"%1$s\" AS (SELECT 1) FROM (SELECT 2), '%1$s'".formatted(path),
              "DESCRIBE '%s'".formatted(path),
              "SUMMARIZE '%s'".formatted(path),
              "FROM read_csv('%s')".formatted(path),
              "FROM read_csv_auto('%s')".formatted(path),
              "FROM ReAd_TeXt('%s')".formatted(path),
              "FROM system.main.read_text('%s')".formatted(path),
              "FROM read_blob('%s')".formatted(path),
              "FROM read_json('%s')".formatted(path),
              "FROM read_parquet('%s')".formatted(path),
              "FROM parquet_scan('%s')".formatted(path),
              "FROM parquet_metadata('%s')".formatted(path),
              "FROM read_duckdb('%s')".formatted(path),
              "FROM sniff_csv('%s')".formatted(path),
              "FROM query_table('%s')".formatted(path),
              "FROM query('FROM read_text(''%s'')')".formatted(path),
              "SELECT (SELECT content FROM read_text('%s'))".formatted(path),
              "SELECT * FROM trials WHERE error IN (FROM read_text('%s'))".formatted(path),
              "SELECT * FROM trials, LATERAL (FROM read_text('%s'))".formatted(path),
              "WITH x AS (FROM read_text('%s')) FROM x".formatted(path),
              "SELECT 1 UNION ALL SELECT size FROM read_text('%s')".formatted(path),
              "PIVOT (FROM read_text('%s')) ON size IN (1)".formatted(path),
              "SELECT list_transform([1], lambda x: (SELECT size FROM read_text('%s')))"
                  .formatted(path),
              "COPY (SELECT 1) TO '%s.out'".formatted(path),
              "COPY (SELECT 1 AS a) TO '%s/out' (FORMAT parquet, PARTITION_BY a)".formatted(store),
              "ATTACH '%s.db'".formatted(path),
              "FROM glob('%s/*')".formatted(store)));
    }
    texts.addAll(
        List.of(
            "SELECT 1; COPY (SELECT 1) TO '%s/x'".formatted(store),
            "COPY (SELECT 1) TO '%s/x'; SELECT 1".formatted(store),
            "SELECT 1 /* ; */ ; DROP VIEW trials",
            "/* SELECT 1 */ COPY /* 2 */ (SELECT 1) TO '%s/x'".formatted(store),
            "SELECT 1 --;\n; -- nothing\nDROP VIEW trials",
            "EXPORT DATABASE '%s/x'".formatted(store),
            "IMPORT DATABASE '%s/x'".formatted(store),
            "INSTALL httpfs",
            "LOAD parquet",
            "FORCE INSTALL json",
            "SET memory_limit = '1TB'",
            "SET VARIABLE assay = NULL",
            "SET lock_configuration = false",
            "SET GLOBAL enable_external_access = true",
            "RESET memory_limit",
            "PRAGMA database_list",
            "PRAGMA enable_logging",
            "CALL pragma_version()",
            "CALL enable_logging()",
            "CHECKPOINT",
            "VACUUM",
            "USE system",
            "CREATE TABLE t (a INT)",
            "CREATE TEMP TABLE t AS SELECT 1",
            "CREATE OR REPLACE VIEW trials AS SELECT 1",
            "CREATE MACRO f() AS 1",
            "CREATE SECRET s (TYPE s3)",
            "DROP VIEW trials",
            "INSERT INTO trials VALUES (1)",
            "WITH x AS (INSERT INTO trials VALUES (1) RETURNING *) FROM x",
            "WITH x AS (DELETE FROM trials RETURNING *) FROM x",
            "WITH x AS (UPDATE trials SET number = 1 RETURNING *) FROM x",
            "UPDATE trials SET number = 1",
            "DELETE FROM trials",
            "TRUNCATE trials",
            "MERGE INTO trials USING studies ON true WHEN MATCHED THEN DELETE",
            "ALTER VIEW trials RENAME TO t",
            "COMMENT ON VIEW trials IS 'x'",
            "BEGIN",
            "PREPARE p AS SELECT 1",
            "EXECUTE p",
            "DEALLOCATE p",
            "EXPLAIN ANALYZE SELECT 1",
            "SELECT getenv('HOME')",
            "SELECT system.main.\"GetEnv\"('HOME')",
            "SELECT x.getenv() FROM (VALUES ('HOME')) t(x)",
            "SELECT * REPLACE (getenv('HOME') AS number) FROM trials",
            "SELECT 1 ORDER BY getenv('HOME') LIMIT (SELECT length(getenv('HOME')))",
            "SELECT current_setting('temp_directory')",
            "SELECT 'temp_directory'.current_setting()",
            "SELECT list_transform(['temp_directory'], lambda x: current_setting(x))",
            "SELECT getvariable('assay')",
            "SELECT assay_root()",
            "SELECT assay_all_parts()",
            "SELECT memory.main.Assay_Parts('served')[1]",
            "FROM assay_ranked('served', 0)",
            "FROM pg_proc",
            "FROM assay_manifest",
            "FROM duckdb_settings()",
            "FROM duckdb_variables()",
            "FROM duckdb_secrets()",
            "FROM duckdb_databases()",
            "FROM duckdb_temporary_files()",
            "FROM duckdb_functions()",
            "FROM duckdb_logs",
            "FROM pg_settings",
            "FROM pg_catalog.pg_settings",
            "SELECT * FROM \"PG_SETTINGS\"",
            "FROM pg_prepared_statements",
            "FROM pragma_database_list",
            "SHOW threads",
            "SHOW VARIABLES",
            "SELECT write_log('x')",
            "SELECT sleep_ms(100000)",
            "SELECT pg_sleep(1000)",
            "FROM checkpoint()",
            "FROM force_checkpoint()",
            "FROM enable_logging()",
            "FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
            "SELECT json_serialize_plan('FROM read_csv(''/etc/passwd'')')",
            "FROM create_external_resource('x', 'y')",
            "FROM truncate_duckdb_logs()",
            "FROM 'https://example.com/a.parquet'",
            "FROM read_csv('https://example.com/a.csv')",
            "FROM 's3://bucket/a.parquet'",
            "",
            ";",
            "-- nothing"));
    return texts;
  }

  @Test
  void theDatabaseIsClosedAlsoWithoutALookAtTheText() throws Exception {
    Path secret = Files.writeString(directory.resolve("secret.csv"), "a\n42\n");
    try (ServedStore served = new ServedStore(directory.resolve("store"));
        dev.assay.analytics.Snapshots snapshots = dev.assay.analytics.Snapshots.open(served.store);
        dev.assay.analytics.Snapshot snapshot = snapshots.now();
        java.sql.Statement statement = snapshot.connection().createStatement()) {
      for (String sql :
          List.of(
              "FROM read_csv('%s')".formatted(secret),
              "FROM read_text('%s')".formatted(directory.resolve("store/live.db")),
              "COPY (SELECT 1) TO '%s'".formatted(directory.resolve("out.csv")),
              "ATTACH '%s'".formatted(directory.resolve("x.db")),
              "SET enable_external_access = true",
              "SET lock_configuration = false",
              "INSTALL httpfs")) {
        assertThatThrownBy(() -> statement.execute(sql))
            .as(sql)
            .isInstanceOf(java.sql.SQLException.class);
      }
    }
  }

  @Test
  void whatReadsTheStoreIsAnswered() throws Exception {
    try (ServedStore served = new ServedStore(directory.resolve("it's a \"store\""))) {
      served.finish(3);
      for (String sql :
          List.of(
              "FROM trials",
              "TABLE studies",
              "VALUES (1), (2)",
              "SELECT count(*) FROM memory.main.trials -- all",
              "SELECT * FROM trials_of('served');  ",
              "WITH best AS (SELECT min(value) AS v FROM trials) SELECT * FROM trials JOIN best ON value = v",
              "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) FROM n",
              "SELECT state, count(*) FROM trials GROUP BY ALL HAVING count(*) > 0 ORDER BY ALL",
              "SELECT number, sum(value) OVER (ORDER BY number) FROM trials",
              "PIVOT trials ON state IN ('COMPLETE') USING count(*) GROUP BY study_name",
              "DESCRIBE trials",
              "SUMMARIZE trials",
              "SHOW TABLES",
              "FROM range(3)",
              "SELECT unnest([1, 2])",
              "SELECT params->>'$.x' FROM trials",
              "SELECT study_name FROM params WHERE name = 'x'",
              "SELECT * FROM json_each('[1, 2]')",
              "SELECT table_name FROM information_schema.tables",
              "SELECT column_name FROM duckdb_columns() WHERE table_name = 'trials'",
              "SELECT 'it''s; COPY' AS \"a; DROP TABLE x\"")) {
        assertThat(catchThrowable(() -> served.ask(sql))).as(sql).isNull();
      }
      assertThat(served.ask("SELECT number, value FROM trials ORDER BY number"))
          .containsExactly("0|0.0", "1|1.0", "2|2.0");
    }
  }
}
