package dev.assay.analytics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Names that are like another: by DuckDB's Jaro–Winkler similarity, without regard to case. */
final class NearNames {
  private static final String NEAREST =
      """
      SELECT name FROM (SELECT unnest(from_json(?, '["VARCHAR"]')) AS name)
      ORDER BY jaro_winkler_similarity(lower(name), lower(?)) DESC, name LIMIT ?""";

  private NearNames() {}

  /** The names that are most like {@code text}, the nearest first. */
  static List<String> of(String text, List<String> names, int most) {
    ArrayNode array = Json.object().putArray("names");
    names.forEach(array::add);
    try (Connection duckdb = DriverManager.getConnection("jdbc:duckdb:");
        PreparedStatement statement = duckdb.prepareStatement(NEAREST)) {
      statement.setString(1, CanonicalJson.compact(array));
      statement.setString(2, text);
      statement.setInt(3, most);
      List<String> near = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          near.add(row.getString(1));
        }
      }
      return near;
    } catch (SQLException e) {
      throw new AnalyticsException("cannot look for names like '%s': %s".formatted(text, e), e);
    }
  }
}
