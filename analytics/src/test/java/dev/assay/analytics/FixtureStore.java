package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A store's files as readers find them, written by DuckDB: manifest, empty parts, parts. */
final class FixtureStore {
  private static final String FIXED =
      """
      NULL::BIGINT AS study_id, NULL::BIGINT AS trial_id, NULL::BIGINT AS number,
      'COMPLETE' AS state, NULL::DOUBLE AS "value", NULL::DOUBLE[] AS "values",
      NULL::TIMESTAMPTZ AS datetime_start, NULL::TIMESTAMPTZ AS datetime_complete,
      NULL::DOUBLE AS duration_seconds, 1::INTEGER AS attempts, NULL::VARCHAR AS error,
      NULL::VARCHAR AS worker, NULL::VARCHAR AS trial_key, NULL::VARCHAR AS signature,
      NULL::VARCHAR AS trial_file, NULL::VARCHAR AS legacy_trial_id,
      NULL::BOOLEAN AS constraints_ok, '{}' AS params, '{}' AS metrics, '{}' AS user_attrs,
      '{}' AS system_attrs, '{}' AS intermediate_values, '{}' AS record
      """;

  private final Path root;
  private final ObjectNode manifest = Json.object();
  private int studies;
  private int parts;

  FixtureStore(Path root) throws IOException, SQLException {
    this.root = root;
    manifest.put("format", 1);
    manifest.put("snapshot", 1);
    manifest.putArray("studies");
    manifest.putArray("files");
    Files.createDirectories(root.resolve("lake/trials"));
    Files.createDirectories(root.resolve("lake/files"));
    copy("SELECT %s LIMIT 0".formatted(FIXED), root.resolve("lake/trials/empty.parquet"));
    copy(
        "SELECT NULL::BIGINT AS study_id, NULL::VARCHAR AS path, NULL::VARCHAR AS trial_file, "
            + "NULL::BIGINT AS size, NULL::VARCHAR AS sha256, NULL::INTEGER AS piece, "
            + "NULL::INTEGER AS pieces, NULL::BLOB AS content LIMIT 0",
        root.resolve("lake/files/empty.parquet"));
    publish();
  }

  Path root() {
    return root;
  }

  /** Adds a study and returns its id. */
  int study(String name, List<String> directions, String systemAttrs) throws IOException {
    ObjectNode study = manifest.withArray("studies").addObject();
    study.put("study_id", ++studies);
    study.put("name", name);
    directions.forEach(study.putArray("directions")::add);
    study.put("user_attrs", "{}");
    study.put("system_attrs", systemAttrs);
    study.put("trial_files", "keep");
    study.put("created", "2026-11-23T01:02:03.5Z");
    publish();
    return studies;
  }

  int study(String name) throws IOException {
    return study(name, List.of("MAXIMIZE"), "{}");
  }

  /** Says how many claims of a study found their parameters taken. */
  void duplicates(int study, long count) throws IOException {
    ((ObjectNode) manifest.withArray("studies").get(study - 1)).put("duplicates", count);
    publish();
  }

  /**
   * Adds a part of {@code rows} trials.
   *
   * @param replace fixed columns other than null, as {@code expression AS column}; {@code i} counts
   * @param promoted further columns, with a comma in front of each
   */
  void part(int study, String kind, int rows, String replace, String promoted)
      throws IOException, SQLException {
    int part = ++parts;
    String path = "lake/trials/study=%d/part-%d.parquet".formatted(study, part);
    Files.createDirectories(root.resolve(path).getParent());
    copy(
        """
        SELECT * EXCLUDE (i) REPLACE (%d::BIGINT AS study_id, i + %d AS trial_id, i AS number%s)%s
        FROM (SELECT %s) CROSS JOIN range(%d) AS t(i)
        """
            .formatted(
                study,
                part * 1_000_000,
                replace.isEmpty() ? "" : ", " + replace,
                promoted,
                FIXED,
                rows),
        root.resolve(path));
    file(study, kind, path, rows);
  }

  /** Adds an archive with one file of four bytes, none of them text. */
  void archive(int study, String name) throws IOException, SQLException {
    archive(study, name, 1, "'\\x00\\xFF\\x0A\\x22'::BLOB");
  }

  /**
   * Adds an archive with one file of four bytes.
   *
   * @param content SQL of what each of the pieces holds; {@code i} counts
   */
  void archive(int study, String name, int pieces, String content)
      throws IOException, SQLException {
    String path = "lake/files/study=%d/part-%d.parquet".formatted(study, ++parts);
    Files.createDirectories(root.resolve(path).getParent());
    copy(
        """
        SELECT %d::BIGINT AS study_id, %s AS path,
          CASE WHEN i = 0 THEN 'trial_001.json' END AS trial_file, 4::BIGINT AS size,
          CASE WHEN i = 0 THEN 'ab' END AS sha256, i::INTEGER AS piece, %d AS pieces,
          %s AS content
        FROM range(%d) AS t(i) ORDER BY i DESC
        """
            .formatted(study, Views.literal(name), pieces, content, pieces),
        root.resolve(path));
    file(study, "files", path, pieces);
  }

  private void file(int study, String kind, String path, int rows) throws IOException {
    ObjectNode file = manifest.withArray("files").addObject();
    file.put("part_id", parts);
    file.put("study_id", study);
    file.put("kind", kind);
    file.put("path", path);
    file.put("rows", rows);
    file.put("bytes", 1);
    file.put("sha256", "");
    publish();
  }

  private void publish() throws IOException {
    Files.write(root.resolve("manifest.json"), CanonicalJson.compactBytes(manifest));
  }

  private static void copy(String select, Path file) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (%s) TO %s".formatted(select, Views.literal(file.toString())));
    }
  }
}
