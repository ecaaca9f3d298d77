package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.analytics.Views;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * analytics/SQL.md says what a session has: every view, column and macro, in the words of the
 * session's own comments.
 */
final class SqlPageTest {
  /** Those macros that need more than a study. */
  private static final Map<String, String> CALLS =
      Map.of(
          "top_by", "top_by('s', 'params_x')",
          "bins_of", "bins_of('s', 'params_x')",
          "trials_of_all", "trials_of_all()",
          "top_by_study", "top_by_study()");

  @TempDir private static Path directory;
  private static Connection duckdb;
  private static FormatPage page;

  @BeforeAll
  static void aSession() throws IOException, SQLException {
    page = new FormatPage("analytics/SQL.md");
    try (Store store = Store.open(directory)) {
      StudyRecord study =
          store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      Claim claim = store.claim(study.id(), Json.object().put("x", 1), Json.object(), null);
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder()
              .state(TrialState.COMPLETE)
              .value(1)
              .metrics(Json.object().put("m", 1))
              .userAttrs(Json.object().put("u", 1))
              .build());
    }
    Path views = Views.publish(directory);
    duckdb = DriverManager.getConnection("jdbc:duckdb:;session_init_sql_file=" + views);
  }

  @AfterAll
  static void close() throws SQLException {
    duckdb.close();
  }

  /** The first two columns of an answer, in its order. */
  private static Map<String, String> pairs(String sql) throws SQLException {
    Map<String, String> pairs = new LinkedHashMap<>();
    try (Statement statement = duckdb.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        pairs.put(row.getString(1), String.valueOf(row.getString(2)));
      }
    }
    return pairs;
  }

  private static Map<String, String> describe(String table) throws SQLException {
    return pairs("SELECT column_name, column_type FROM (DESCRIBE FROM %s)".formatted(table));
  }

  private static Map<String, String> byName(List<List<String>> rows, int column) {
    Map<String, String> named = new LinkedHashMap<>();
    rows.forEach(row -> named.put(row.get(0).replaceFirst("\\(.*", ""), row.get(column)));
    return named;
  }

  @Test
  void everyViewAndItsColumnsAreOnThePage() throws SQLException {
    Map<String, String> views = byName(page.table("## Views"), 1);
    assertThat(
            pairs(
                "SELECT view_name, comment FROM duckdb_views() "
                    + "WHERE NOT internal AND view_name <> 'assay_manifest'"))
        .isEqualTo(views);
    for (String view : views.keySet()) {
      List<List<String>> columns = page.table("### " + (view.equals("runs") ? "studies" : view));
      assertThat(List.copyOf(describe(view).entrySet()))
          .as(view)
          .isEqualTo(List.copyOf(byName(columns, 1).entrySet()));
      if (!view.equals("runs")) {
        assertThat(
                pairs(
                    "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = '%s'"
                        .formatted(view)))
            .as(view)
            .isEqualTo(byName(columns, 2));
      }
    }
  }

  @Test
  void theColumnsOfTheFilesMeanWhatTheFormatSays() throws IOException {
    FormatPage format = new FormatPage("storage/FORMAT.md");
    Map<String, String> headings =
        Map.of("### trials", "## lake/trials and lake/deltas", "### files", "## lake/files");
    for (Map.Entry<String, String> heading : headings.entrySet()) {
      Map<String, String> columns = byName(page.table(heading.getKey()), 2);
      columns.remove("study_name");
      assertThat(byName(format.table(heading.getValue()), 3)).containsAllEntriesOf(columns);
    }
  }

  @Test
  void everyMacroAndItsColumnsAreOnThePage() throws SQLException {
    List<List<String>> macros = page.table("## Macros");
    assertThat(
            pairs(
                "SELECT function_name || '(' || array_to_string(parameters, ', ') || ')', comment "
                    + "FROM duckdb_functions() WHERE function_type = 'table_macro' "
                    + "AND NOT internal AND NOT starts_with(function_name, 'assay_')"))
        .isEqualTo(
            macros.stream()
                .collect(
                    LinkedHashMap::new,
                    (all, row) -> all.put(row.get(0), row.get(1)),
                    LinkedHashMap::putAll));
    for (String macro : byName(macros, 1).keySet()) {
      List<String> actual = new ArrayList<>();
      describe(CALLS.getOrDefault(macro, macro + "('s')"))
          .forEach((name, type) -> actual.add(name + " " + type));
      assertThat(actual).as(macro).hasSameSizeAs(expected(macro));
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.get(i)).as(macro).matches(expected(macro).get(i));
      }
    }
  }

  /** The columns of a macro, each as a pattern of its name and type. */
  private static List<String> expected(String macro) {
    List<String> columns = new ArrayList<>();
    for (List<String> row : page.table("### " + macro)) {
      if (row.get(0).equals("…")) {
        columns.addAll(expected("trials_of"));
      } else {
        columns.add(
            row.get(0).replaceAll("<.*>", "[a-z]")
                + " "
                + (row.get(1).equals("any") ? ".*" : java.util.regex.Pattern.quote(row.get(1))));
      }
    }
    return columns;
  }
}
