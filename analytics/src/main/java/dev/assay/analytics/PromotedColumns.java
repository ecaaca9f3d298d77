package dev.assay.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which columns of a study's files hold which parameters, as the files themselves say. */
final class PromotedColumns {
  private PromotedColumns() {}

  /** The columns' names by their keys, as {@link #key} has them. */
  static Map<String, String> ofParameters(Connection session, String study) throws SQLException {
    String sql =
        """
        SELECT DISTINCT decode("value")
        FROM parquet_kv_metadata(getvariable('assay').study[%s].parts)
        WHERE decode("key") = 'assay.columns'
        """
            .formatted(Views.literal(study));
    Map<String, String> columns = new HashMap<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        for (JsonNode column : Json.parse(row.getString(1))) {
          if (column.path("section").asText().equals("params")) {
            columns.put(column.path("key").asText(), column.path("name").asText());
          }
        }
      }
    } catch (JsonProcessingException e) {
      throw new AnalyticsException(
          "a file of '%s' does not say what its columns are: %s".formatted(study, e.getMessage()),
          e);
    }
    return columns;
  }

  /** The key of a parameter, as a file's metadata has it. */
  static String key(List<String> path) {
    return path.stream()
        .map(step -> step.replace("\\", "\\\\").replace(".", "\\."))
        .collect(Collectors.joining("."));
  }
}
