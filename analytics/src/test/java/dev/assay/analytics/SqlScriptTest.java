package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqlScriptTest {
  @TempDir private static Path directory;
  private static Analytics analytics;

  @BeforeAll
  static void open() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    store.part(store.study("it's"), "trials", 3, "", "");
    analytics = Analytics.open(store.root());
  }

  @AfterAll
  static void close() {
    analytics.close();
  }

  private static String run(ResultFormat format, String text, Map<String, String> values)
      throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    analytics.query(SqlScript.of(text, values), format, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Semicolons and dollars that end nothing and name nothing: each has one column, the text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT ';$p' AS x",
        "SELECT 'it''s; $p' AS x",
        "SELECT '\\' AS x",
        "SELECT E'\\';$p' AS x",
        "SELECT e'\\\\\\';$p' AS x",
        "SELECT $$;'$p$$ AS x",
        "SELECT $t$;$$;$p$t$ AS x",
        "SELECT $ä$;$ä$ AS x",
        "SELECT 1 AS \"x;$p\"\"\"",
        "SELECT 1 AS a$p",
        "SELECT 1 -- ;$p '\n AS x",
        "SELECT 1 /* ; ' /* $p */ ; */ AS x",
        "SELECT '{\"a\":1}'::JSON->>'$.a' AS x",
        "SELECT 7 AS x -- without an end"
      })
  void aStatementIsWhatDuckDbTakesForOne(String statement) throws IOException {
    String text = "SELECT 1 AS first; \u00a0;\n" + statement + "\n;;\n-- ;\n/* ; */";
    SqlScript script = SqlScript.of(text);
    assertThat(script.statements()).hasSize(2);
    assertThat(run(ResultFormat.JSONL, text, Map.of()))
        .isEqualTo(
            "{\"first\":1}\n" + run(ResultFormat.JSONL, "SET threads = 2;" + statement, Map.of()));
    assertThat(statement).contains(script.statements().get(1).found().sql());
  }

  @ParameterizedTest
  @ValueSource(strings = {"'", "\"", "E'\\", "$$", "$a$", "/*", "/* /* */", "$", "$1", "é$"})
  void whatNeverEndsIsDuckDbsToRefuse(String end) {
    assertThatThrownBy(() -> run(ResultFormat.JSON, "SELECT 1; SELECT " + end, Map.of()))
        .isInstanceOf(AnalyticsException.class);
  }

  @Test
  void valuesAreTextThatFitsItsPlaceAndNeverSql() throws IOException {
    String hostile = "it's'); DROP VIEW trials; --";
    assertThat(
            run(
                ResultFormat.JSONL,
                """
                SELECT count(*) AS n FROM trials_of($s) WHERE number < $n;
                SELECT $x AS x, $x AS again, $e AS e, $ü::INT + 1 AS two FROM trials LIMIT $one;
                """,
                Map.of("s", "it's", "n", "2", "x", hostile, "e", "", "ü", "1", "one", "1")))
        .isEqualTo(
            """
            {"n":2}
            {"x":"it's'); DROP VIEW trials; --","again":"it's'); DROP VIEW trials; --","e":"","two":2}
            """);
    assertThat(run(ResultFormat.CSV, "SELECT $x AS x", Map.of("x", "a\nb\u0001😀")))
        .isEqualTo("x\n\"a\nb\u0001😀\"\n");
    assertThatThrownBy(() -> SqlScript.of("SELECT 1;\n SELECT $a + $b", Map.of("a", "1")))
        .isInstanceOf(AnalyticsException.class)
        .hasMessage("line 2: $b has no value; add --param b=VALUE");
    assertThatThrownBy(() -> SqlScript.of("SELECT '$a'", Map.of("a", "1")))
        .isInstanceOf(AnalyticsException.class)
        .hasMessage("a value is given for $a, which no statement has");
  }

  @Test
  void resultsFollowEachOtherWhereTheFormatHoldsSeveral() throws IOException {
    String two = "SELECT 1 AS a; SET threads = 2; SELECT 2 AS b WHERE false; SELECT 3 AS c";
    assertThat(run(ResultFormat.CSV, two, Map.of())).isEqualTo("a\n1\n\nb\n\nc\n3\n");
    assertThat(run(ResultFormat.JSONL, two, Map.of())).isEqualTo("{\"a\":1}\n{\"c\":3}\n");
    assertThat(run(ResultFormat.TABLE, two, Map.of())).contains("(1 row)\n\n", "(0 rows)\n\n");
    for (ResultFormat one : List.of(ResultFormat.JSON, ResultFormat.ARROW, ResultFormat.FEATHER)) {
      assertThatThrownBy(() -> run(one, two, Map.of()))
          .isInstanceOf(AnalyticsException.class)
          .hasMessageStartingWith("statement 3 of 4, line 1: this is not the only result, and ");
      assertThat(run(one, "SET threads = 2; SELECT 1 AS a", Map.of())).isNotEmpty();
    }
    Path file = directory.resolve("x%s'.parquet");
    assertThatThrownBy(() -> analytics.writeParquet(SqlScript.of(two), file))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageStartingWith("statement 1 of 4, line 1: this is not the only result");
    analytics.writeParquet(
        SqlScript.of("SET threads = 2;\nSELECT $a AS a -- last", Map.of("a", "it's")), file);
    assertThat(run(ResultFormat.CSV, "FROM read_parquet($f)", Map.of("f", file.toString())))
        .isEqualTo("a\nit's\n");
  }

  @Test
  void theFirstThatFailsIsNamedByItsPlace() {
    assertThatThrownBy(
            () ->
                run(
                    ResultFormat.JSONL,
                    "-- a script\nSELECT 1;\n\nSELECT 2,\n  nope\n;\nCREATE TABLE made (a INT)",
                    Map.of()))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageStartingWith("statement 2 of 3, line 4: Binder Error: ")
        .hasMessageContaining("LINE 5:   nope\n");
    assertThatThrownBy(() -> run(ResultFormat.JSONL, "FROM made", Map.of()))
        .isInstanceOf(AnalyticsException.class);
    assertThatThrownBy(
            () -> run(ResultFormat.JSONL, "SELECT 1;\nSELECT error($e)", Map.of("e", "late")))
        .isInstanceOf(AnalyticsException.class)
        .hasMessage("statement 2 of 2, line 2: Invalid Input Error: late");
  }
}
