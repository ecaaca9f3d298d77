package dev.assay.analytics.flight;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/**
 * What a client may say: one query of the store's views. The text is judged by DuckDB's own syntax
 * tree of it, in which every part of the query has a place, and what is not known to be harmless is
 * refused. The database has its own locks besides: it reads no files but the store's.
 */
final class ReadOnlySql {
  /** Queries may also insert, update and delete, in front of what they select. */
  private static final Set<String> QUERIES =
      Set.of("SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE");

  /** Functions in place of a table that compute what they give, or list what can be asked. */
  private static final Set<String> TABLE_FUNCTIONS =
      Set.of(
          "range",
          "generate_series",
          "unnest",
          "repeat",
          "repeat_row",
          "json_each",
          "json_tree",
          "duckdb_columns",
          "duckdb_tables",
          "duckdb_views");

  /** What the views are made of; some of it tells where the store is. */
  private static final String INNER = "assay_";

  /** Functions that tell of the server, write, bring in another text of SQL, or only wait. */
  private static final Set<String> FUNCTIONS =
      Set.of(
          "current_setting",
          "getenv",
          "getvariable",
          "json_execute_serialized_sql",
          "json_serialize_plan",
          "nextval",
          "pg_sleep",
          "setseed",
          "setval",
          "sleep_ms",
          "write_log");

  /** Views that tell of the server, nearly all of them DuckDB's own. */
  private static final Set<String> RELATIONS =
      Set.of(
          "assay_manifest",
          "duckdb_databases",
          "duckdb_logs",
          "pg_database",
          "pg_prepared_statements",
          "pg_proc",
          "pg_settings",
          "pragma_database_list");

  private static final Set<String> SPECIAL_SHOWS =
      Set.of("__show_tables_expanded", "\"tables\"", "\"databases\"", "\"schemas\"");

  private final Set<String> macros;

  /**
   * @param macros the store's own functions that stand in place of a table, in lower case
   */
  ReadOnlySql(Set<String> macros) {
    this.macros = macros;
  }

  /**
   * Looks at a text that is to be run.
   *
   * @param connection where it is parsed; nothing is run
   * @throws org.apache.arrow.flight.FlightRuntimeException that says what is wrong with it
   */
  void check(Connection connection, String sql) throws SQLException {
    JsonNode tree = parse(connection, sql);
    if (tree.path("error").asBoolean()) {
      throw Refusal.of(
          tree.path("error_type").asText().equals("not implemented")
              ? "only queries are answered here (SELECT, FROM, WITH, VALUES, DESCRIBE, SUMMARIZE, and PIVOT with IN): the store is read-only, and each query sees it as it is now"
              : "Parser Error: " + tree.path("error_message").asText());
    }
    if (tree.path("statements").size() != 1) {
      throw Refusal.of(
          "the text holds %d statements, expected one query"
              .formatted(tree.path("statements").size()));
    }
    Deque<JsonNode> left = new ArrayDeque<>();
    left.push(tree);
    while (!left.isEmpty()) {
      JsonNode node = left.pop();
      if (node.isObject()) {
        check(node);
      }
      node.forEach(left::push);
    }
  }

  private static JsonNode parse(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT json_serialize_sql(?::VARCHAR)")) {
      statement.setString(1, sql);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return Json.parse(row.getString(1));
      }
    } catch (JsonProcessingException e) {
      throw Refusal.of("this query is nested too deeply: " + e.getOriginalMessage());
    }
  }

  private void check(JsonNode node) {
    String type = node.path("type").asText();
    if (type.endsWith("_NODE") && !QUERIES.contains(type)) {
      throw Refusal.of("this query writes: the store is read-only here");
    }
    switch (type) {
      case "TABLE_FUNCTION" -> checkTableFunction(name(node.path("function"), "function_name"));
      case "BASE_TABLE" -> checkRelation(name(node, "table_name"));
      case "SHOW_REF" -> checkShow(node);
      default -> {
        String function = name(node, "function_name");
        if (FUNCTIONS.contains(function) || function.startsWith(INNER)) {
          throw Refusal.of(
              "the function %s tells of the server and not of the store, and is not answered here"
                  .formatted(function));
        }
      }
    }
  }

  private static String name(JsonNode node, String field) {
    return node.path(field).asText().toLowerCase(Locale.ROOT);
  }

  private void checkTableFunction(String function) {
    boolean known = TABLE_FUNCTIONS.contains(function) || macros.contains(function);
    if (!known || function.startsWith(INNER)) {
      throw Refusal.of(
          "the function %s is not answered here: queries read the store's views and nothing else"
              .formatted(function));
    }
  }

  private static void checkRelation(String name) {
    if (RELATIONS.contains(name)) {
      throw Refusal.of(
          "%s tells of the server and not of the store, and is not answered here".formatted(name));
    }
    // DuckDB takes a name that ends like a file's for that file.
    if (name.contains(".") || name.contains("/")) {
      throw Refusal.of("'%s' names a file: queries read the store's views only".formatted(name));
    }
  }

  /** {@code SHOW x} shows a setting where there is no table of that name. */
  private static void checkShow(JsonNode node) {
    String name = name(node, "table_name");
    switch (node.path("show_type").asText()) {
      case "DESCRIBE", "SUMMARY" -> checkRelation(name);
      case "SHOW_SPECIAL" -> {
        if (!SPECIAL_SHOWS.contains(name)) {
          throw Refusal.of("SHOW %s is not answered here; SHOW TABLES is".formatted(name));
        }
      }
      default ->
          throw Refusal.of("SHOW %s is not answered here; DESCRIBE a view instead".formatted(name));
    }
  }
}
