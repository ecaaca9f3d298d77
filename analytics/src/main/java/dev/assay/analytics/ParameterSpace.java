package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.json.CanonicalJson;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The distributions that some trials of a study share.
 *
 * @param id tells it from others; as {@link #ID} gives it
 * @param trials how many have it
 * @param declared by the parameters' dotted paths
 * @param paths where the values stand in these trials' parameters, by the same dotted paths
 */
record ParameterSpace(
    long id, long trials, Map<String, Distribution> declared, Map<String, List<String>> paths) {
  private static final String TEXT =
      """
      coalesce(
        TRY(json_extract(record, '/distributions')),
        json_extract(assay_json(record), '/distributions'))::VARCHAR\
      """;

  /** SQL of a trial's space. */
  static final String ID = "(hash(" + TEXT + ") >> 1)::BIGINT";

  /**
   * The spaces of trials.
   *
   * @param from SQL that has their columns {@code record} and {@code params}
   */
  static List<ParameterSpace> read(Connection session, String from) throws SQLException {
    ParameterSpace shared = shared(session, from);
    return shared == null ? all(session, from) : List.of(shared);
  }

  /**
   * The space of the first trial, where all others have the same: their records hold its text.
   * Looking for that takes a third of the time that taking the records apart does.
   */
  private static @Nullable ParameterSpace shared(Connection session, String from)
      throws SQLException {
    @Nullable String text;
    String params;
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT record, params FROM %s LIMIT 1".formatted(from))) {
      if (!row.next()) {
        return null;
      }
      JsonNode distributions = SeenParameters.object(row.getString(1)).get("distributions");
      text = distributions == null ? null : CanonicalJson.compact(distributions);
      params = row.getString(2);
    }
    String shares =
        text == null
            ? "NOT contains(record, ',\"distributions\":')"
            : "contains(record, %s)".formatted(Views.literal(",\"distributions\":" + text + ","));
    try (Statement statement = session.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), count(*) FILTER (%s) FROM %s".formatted(shares, from))) {
      row.next();
      return row.getLong(1) == row.getLong(2)
          ? of(0, row.getLong(1), text == null ? "{}" : text, params)
          : null;
    }
  }

  private static List<ParameterSpace> all(Connection session, String from) throws SQLException {
    String sql =
        """
        SELECT (hash(text) >> 1)::BIGINT, count(*), coalesce(text, '{}'), any_value(params)
        FROM (SELECT %s AS text, params FROM %s) GROUP BY text
        """
            .formatted(TEXT, from);
    List<ParameterSpace> spaces = new ArrayList<>();
    try (Statement statement = session.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        spaces.add(of(row.getLong(1), row.getLong(2), row.getString(3), row.getString(4)));
      }
    }
    return spaces;
  }

  private static ParameterSpace of(long id, long trials, String text, String params) {
    Map<String, Distribution> declared = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : SeenParameters.object(text).properties()) {
      try {
        declared.put(member.getKey(), Distribution.fromJson(member.getValue()));
      } catch (IllegalArgumentException e) {
        // Of a form that nobody knows: as good as none.
      }
    }
    Map<String, List<String>> paths = new LinkedHashMap<>();
    ObjectNode sample = SeenParameters.object(params);
    ParameterLeaves.visit(
        sample, declared.keySet(), (name, path, value) -> paths.put(name, List.copyOf(path)));
    declared.keySet().retainAll(paths.keySet());
    return new ParameterSpace(id, trials, declared, paths);
  }
}
