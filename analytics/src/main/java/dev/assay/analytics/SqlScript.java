package dev.assay.analytics;

import static java.lang.Integer.parseInt;

import dev.assay.analytics.SqlScanner.Found;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * SQL statements, one after the other, with values for the parameters that they name as {@code
 * $name}. A value is text, which DuckDB turns into what its place asks for, as it does with a text
 * in quotes; arithmetic wants a cast ({@code $n::INT}). Never changes.
 */
public final class SqlScript {
  /** Where DuckDB's message names a line. */
  private static final Pattern LINE = Pattern.compile("(?m)^LINE (\\d+):");

  private final List<Statement> statements;

  private SqlScript(List<Statement> statements) {
    this.statements = statements;
  }

  /** A statement and the values of its own parameters. */
  record Statement(Found found, Map<String, String> values) {
    String sql() {
      return sql("", "");
    }

    /**
     * What to run. Values reach it through DuckDB's own preparation, never as a part of it.
     *
     * @param before what to put in front of the statement
     * @param after what to put behind it
     */
    String sql(String before, String after) {
      String sql = before + found.sql() + after;
      if (values.isEmpty()) {
        return sql;
      }
      String given =
          values.entrySet().stream()
              .map(value -> "\"%s\" := %s".formatted(value.getKey(), quoted(value.getValue())))
              .collect(Collectors.joining(", "));
      return "PREPARE assay_statement AS %s; EXECUTE assay_statement(%s)".formatted(sql, given);
    }

    private static String quoted(String text) {
      return "'" + text.replace("'", "''") + "'";
    }
  }

  /**
   * The statements of a text that needs no values.
   *
   * @throws AnalyticsException where there is none, or one names a parameter
   */
  public static SqlScript of(String text) {
    return of(text, Map.of());
  }

  /**
   * The statements of a text.
   *
   * @param values by the names of the parameters, without {@code $}
   * @throws AnalyticsException where there is no statement, a parameter has no value, or a value no
   *     parameter
   */
  public static SqlScript of(String text, Map<String, String> values) {
    List<Found> found = new SqlScanner(text).statements();
    if (found.isEmpty()) {
      throw new AnalyticsException("The text holds no SQL statement. Views: " + Views.NAMES);
    }
    Set<String> unused = new LinkedHashSet<>(values.keySet());
    found.forEach(statement -> unused.removeAll(statement.parameters()));
    if (!unused.isEmpty()) {
      throw new AnalyticsException(
          "a value is given for $%s, which no statement has".formatted(String.join(", $", unused)));
    }
    return new SqlScript(found.stream().map(statement -> bound(statement, values)).toList());
  }

  private static Statement bound(Found statement, Map<String, String> values) {
    return new Statement(
        statement,
        statement.parameters().stream()
            .collect(
                Collectors.toMap(name -> name, name -> value(statement, values.get(name), name))));
  }

  private static String value(Found statement, @Nullable String value, String name) {
    if (value == null) {
      throw new AnalyticsException(
          "line %d: $%s has no value; add --param %s=VALUE"
              .formatted(statement.line(), name, name));
    }
    return value;
  }

  List<Statement> statements() {
    return statements;
  }

  /** An error with its place: DuckDB counts lines from where the statement begins. */
  AnalyticsException located(AnalyticsException e, Statement statement) {
    int line = statement.found().line();
    String message =
        LINE.matcher(String.valueOf(e.getMessage()))
            .replaceAll(found -> "LINE %d:".formatted(parseInt(found.group(1)) + line - 1));
    String place =
        statements.size() == 1
            ? ""
            : "statement %d of %d, line %d: "
                .formatted(statements.indexOf(statement) + 1, statements.size(), line);
    return new AnalyticsException(place + message, e.getCause());
  }
}
