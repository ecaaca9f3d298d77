package dev.assay.storage.migrate;

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

/** Writes small runs in the form of the legacy system. */
final class LegacyRun {
  final Path directory;

  LegacyRun(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  LegacyRun file(String path, String content) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
    return this;
  }

  /** A trial with the parameter x and a score that is its double. */
  LegacyRun trial(int number, double x) throws IOException {
    return file("trial_%03d.json".formatted(number), trialJson(number, x));
  }

  static String trialJson(int number, double x) {
    return CanonicalJson.indented(
        Json.object()
            .put("trial_id", number)
            .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                "parameters", Json.object().put("x", x))
            .<com.fasterxml.jackson.databind.node.ObjectNode>set(
                "score", Json.object().put("score", 2 * x))
            .set("constraints", Json.object().put("ok", true)));
  }

  LegacyRun guard(List<String> signatures) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("_dedup.db"));
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE dedup_signatures (sig TEXT PRIMARY KEY, ts REAL NOT NULL)");
      for (String signature : signatures) {
        statement.execute("INSERT INTO dedup_signatures VALUES ('%s', 0)".formatted(signature));
      }
    }
    return this;
  }
}
