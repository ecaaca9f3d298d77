package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ViewsTest {
  private static final String NESTED =
      """
      '{"a":NaN,"b":{"c.d":-Infinity,"e":{"f\\"g":1e-05,"":true}},"l":[1,{"x":2}],"n":null,\
      "o":{},"s":"\\ud800te\\"x","t":"😀"}' AS params,
      '{"m":1,"deep":{"x":1},"inf":Infinity}' AS metrics,
      '{"0":1.5,"10":NaN}' AS intermediate_values
      """;

  @TempDir Path directory;

  private static Path moved(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.move(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
    return to;
  }

  private static long countThroughDriver(String url, String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  @Test
  void anEmptyStoreHasAllViews() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    try (Analytics analytics = Analytics.open(store.root())) {
      for (String view :
          List.of(
              "studies", "runs", "trials", "params", "metrics", "intermediate_values", "files")) {
        assertThat(Answers.json(analytics, "FROM " + view)).as(view).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "o'brien'; DROP VIEW trials; --",
        "a \"quoted\" 😀 name",
        "a/b\\c",
        "%_*"
      })
  void anyNameIsAStudy(String name) throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int other = store.study("other");
    store.part(other, "trials", 7, "", "");
    int study = store.study(name);
    store.part(study, "trials", 3, "1.5::DOUBLE AS \"value\"", ", i * 2 AS params_x");
    try (Analytics analytics = Analytics.open(store.root())) {
      String literal = Views.literal(name);
      assertThat(
              Answers.cell(analytics, "SELECT count(*) FROM trials WHERE study_name = " + literal))
          .isEqualTo("3");
      assertThat(
              Answers.cell(analytics, "SELECT sum(params_x) FROM trials_of(%s)".formatted(literal)))
          .isEqualTo("6");
      assertThat(Answers.cell(analytics, "SELECT trials FROM studies WHERE study_id = " + study))
          .isEqualTo("3");
    }
  }

  @Test
  void allStudiesHaveTheirTypedColumnsAtOnce() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int a = store.study("a");
    store.part(a, "trials", 3, "i::DOUBLE AS \"value\"", ", i * 2 AS params_x");
    store.part(a, "delta", 1, "", ", 0.5::DOUBLE AS params_x");
    store.part(store.study("b"), "trials", 2, "", ", 'adam' AS params_y");
    store.study("none");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(
              Answers.json(
                  analytics,
                  "SELECT study_name, sum(params_x) AS x, max(params_y) AS y, count(*) AS n "
                      + "FROM trials_of_all() GROUP BY ALL ORDER BY ALL"))
          .isEqualTo(
              Json.parse(
                  """
                  [{"study_name":"a","x":6.5,"y":null,"n":4},
                   {"study_name":"b","x":null,"y":"adam","n":2}]"""));
    }
  }

  /**
   * The other way round takes the memory of all trials, and a name keeps no file from being read.
   */
  @ParameterizedTest
  @ValueSource(strings = {"trials", "trials_of_all()"})
  void trialsAreLookedUpAmongTheStudiesNotStudiesAmongTheTrials(String table) throws Exception {
    FixtureStore store = new FixtureStore(directory);
    for (String study : List.of("a", "b", "c")) {
      store.part(store.study(study), "trials", 5, "", "");
    }
    try (Analytics analytics = Analytics.open(store.root())) {
      JsonNode plan =
          Json.parse(
              Answers.json(
                      analytics,
                      "EXPLAIN (FORMAT json) SELECT count(*), avg(\"value\") FROM " + table)
                  .path(0)
                  .path("explain_value")
                  .asText());
      JsonNode join = plan.path(0);
      while (!join.path("name").asText().contains("JOIN")) {
        assertThat(join.path("children")).as("children of %s", join).isNotEmpty();
        join = join.path("children").path(0);
      }
      assertThat(join.path("children").path(0).toString()).contains("READ_PARQUET");
    }
  }

  @Test
  void aNameOfSixHundredCharactersIsAStudy() throws Exception {
    anyNameIsAStudy("😀".repeat(300));
  }

  @Test
  void deltasAndPartsAreOneTableWithFixedColumns() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int study = store.study("s");
    store.part(study, "trials", 2, "", ", i AS params_x, 'p' AS params_only");
    store.part(study, "delta", 3, "", ", i + 0.5::DOUBLE AS params_x");
    store.archive(study, "run_meta.json");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(Answers.cell(analytics, "SELECT count(*) FROM trials")).isEqualTo("5");
      assertThat(Answers.json(analytics, "SELECT column_name FROM (DESCRIBE trials)").toString())
          .doesNotContain("params_x");
      assertThat(
              Answers.json(
                      analytics,
                      "SELECT typeof(params_x) AS t, sum(params_x) AS x, count(params_only) AS p "
                          + "FROM trials_of('s') GROUP BY 1")
                  .toString())
          .isEqualTo("[{\"t\":\"DOUBLE\",\"x\":5.5,\"p\":2}]");
      assertThat(Answers.json(analytics, "SELECT path, content FROM files").toString())
          .isEqualTo("[{\"path\":\"run_meta.json\",\"content\":\"AP8KIg==\"}]");
    }
  }

  @Test
  void aFileThatIsKeptInPiecesIsOneFile() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int study = store.study("s");
    store.archive(study, "whole");
    store.archive(study, "cut", 4, "encode(chr(97 + i::INTEGER))");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(Answers.json(analytics, "FROM files WHERE path = 'cut'").toString())
          .isEqualTo(
              "[{\"study_id\":1,\"study_name\":\"s\",\"path\":\"cut\","
                  + "\"trial_file\":\"trial_001.json\",\"size\":4,\"sha256\":\"ab\","
                  + "\"content\":\"YWJjZA==\"}]");
      assertThat(Answers.cell(analytics, "SELECT count(*) FROM files")).isEqualTo("2");
      assertThat(Answers.cell(analytics, "SELECT sum(size) FROM files")).isEqualTo("8");
    }
  }

  @Test
  void trialsOfHasTheColumnsOfOptunasDataframe() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int one = store.study("one");
    store.part(
        one,
        "trials",
        1,
        "1.5::DOUBLE AS \"value\", [1.5] AS \"values\", "
            + "TIMESTAMPTZ '2026-01-01 00:00:00+00' AS datetime_start, "
            + "TIMESTAMPTZ '2026-01-01 00:00:02.5+00' AS datetime_complete",
        ", 1 AS \"params_a.b\", 2 AS metrics_m, 'u' AS user_attrs_u");
    int two = store.study("two", List.of("MAXIMIZE", "MINIMIZE"), "{}");
    store.part(two, "trials", 1, "[1.5, 2.5] AS \"values\"", "");
    int none = store.study("none");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(Answers.text(analytics, ResultFormat.CSV, "FROM trials_of('one')"))
          .isEqualTo(
              "number,value,datetime_start,datetime_complete,duration,params_a.b,metrics_m,"
                  + "user_attrs_u,state,trial_id,duration_seconds,attempts,error,constraints_ok,"
                  + "trial_file,legacy_trial_id\n"
                  + "0,1.5,2026-01-01T00:00:00Z,2026-01-01T00:00:02.5Z,00:00:02.5,1,2,u,COMPLETE,"
                  + "1000000,,1,,,,\n");
      assertThat(Answers.text(analytics, ResultFormat.CSV, "FROM trials_of('two')"))
          .startsWith("number,values_0,values_1,datetime_start,")
          .contains("\n0,1.5,2.5,");
      assertThat(none).isEqualTo(3);
      assertThat(Answers.json(analytics, "FROM trials_of('none')")).isEmpty();
      assertThatThrownBy(() -> Answers.json(analytics, "FROM trials_of('nope')"))
          .isInstanceOf(AnalyticsException.class)
          .hasMessageContaining("there is no study 'nope'");
    }
  }

  @Test
  void aDurationIsWhatWasMeasuredAlsoWhereTheClockWasSetBack() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    store.part(
        store.study("s"),
        "trials",
        1,
        "2.5::DOUBLE AS duration_seconds, "
            + "TIMESTAMPTZ '2026-01-01 00:00:00+00' AS datetime_start, "
            + "TIMESTAMPTZ '2016-01-01 00:00:00+00' AS datetime_complete",
        "");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(Answers.cell(analytics, "SELECT duration FROM trials_of('s')"))
          .isEqualTo("\"00:00:02.5\"");
    }
  }

  @Test
  void nestedParametersAreDottedPathsAndKeepTheirValues() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int study = store.study("s");
    store.part(study, "trials", 1, NESTED, "");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(
              Answers.text(
                  analytics,
                  ResultFormat.CSV,
                  "SELECT name, \"value\", value_double FROM params ORDER BY name"))
          .isEqualTo(
              """
              name,value,value_double
              a,NaN,NaN
              b.c.d,-Infinity,-Infinity
              b.e.,true,
              "b.e.f""g",0.00001,1e-05
              l,"[1,{""x"":2}]",
              n,,
              o,{},
              s,"te""x",
              t,😀,
              """);
      assertThat(
              Answers.text(
                  analytics,
                  ResultFormat.CSV,
                  "SELECT name, \"value\", value_double FROM metrics ORDER BY name"))
          .isEqualTo(
              """
              name,value,value_double
              deep,"{""x"":1}",
              inf,Infinity,Infinity
              m,1,1.0
              """);
      assertThat(
              Answers.text(
                  analytics, ResultFormat.CSV, "SELECT step, \"value\" FROM intermediate_values"))
          .isEqualTo("step,value\n0,1.5\n10,NaN\n");
    }
  }

  @Test
  void whatIsNestedDeeperThanEightLevelsIsTheJsonOfItsObject() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int study = store.study("s");
    String deep = "{\"k\":".repeat(10) + "1" + "}".repeat(10);
    store.part(study, "trials", 1, "'%s' AS params".formatted(deep), "");
    try (Analytics analytics = Analytics.open(store.root())) {
      assertThat(Answers.json(analytics, "SELECT name, \"value\" FROM params").toString())
          .isEqualTo("[{\"name\":\"k.k.k.k.k.k.k.k\",\"value\":\"{\\\"k\\\":{\\\"k\\\":1}}\"}]");
    }
  }

  @Test
  void aSessionIsASnapshotUntilItIsRefreshed() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    int study = store.study("s");
    store.part(study, "trials", 2, "", "");
    try (Analytics analytics = Analytics.open(store.root())) {
      store.part(study, "delta", 3, "", "");
      assertThat(Answers.cell(analytics, "SELECT count(*) FROM trials")).isEqualTo("2");
      analytics.refresh();
      assertThat(Answers.cell(analytics, "SELECT count(*) FROM trials")).isEqualTo("5");
      assertThat(Answers.cell(analytics, "SELECT count(*) FROM params")).isEqualTo("0");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "with space", "[a]*?", "o'brien", "ünï😀"})
  void aMovedStoreWorksAfterOneUrl(String place) throws Exception {
    FixtureStore store = new FixtureStore(directory.resolve("first"));
    int study = store.study("s");
    store.part(study, "trials", 2, "", "");
    assertThat(countThroughDriver(JdbcUrl.of(store.root()), "trials")).isEqualTo(2);

    Path second = moved(store.root(), directory.resolve(place));
    Path before = directory.resolve("views-before.sql");
    Files.copy(second.resolve("views.sql"), before);
    String url = JdbcUrl.of(second);

    assertThat(url).startsWith("jdbc:duckdb:;session_init_sql_file=" + directory);
    assertThat(countThroughDriver(url, "trials_of('s')")).isEqualTo(2);
    assertThat(withoutFirstLine(second.resolve("views.sql"))).isEqualTo(withoutFirstLine(before));
  }

  private static List<String> withoutFirstLine(Path file) throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    lines.remove(0);
    return lines;
  }

  @Test
  void aPathThatAUrlCannotHoldIsRefusedWithAWayOut() throws Exception {
    FixtureStore store = new FixtureStore(directory.resolve("a=b;c"));
    assertThatThrownBy(() -> JdbcUrl.of(store.root()))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("symbolic link");
    Path link = directory.resolve("link");
    Files.createSymbolicLink(link, store.root());
    assertThat(countThroughDriver(JdbcUrl.of(link), "trials")).isZero();
  }

  @Test
  void publishingAgainLeavesTheFileAlone() throws Exception {
    FixtureStore store = new FixtureStore(directory);
    Path file = Views.publish(store.root());
    Object before = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    Views.publish(store.root());
    assertThat(Files.readAttributes(file, BasicFileAttributes.class).fileKey()).isEqualTo(before);
    try (var files = Files.list(directory)) {
      assertThat(files.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("lake", "manifest.json", "views.sql");
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  @Test
  void aDirectoryWithoutAManifestIsNoStore() {
    assertThatThrownBy(() -> Views.publish(directory))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining(directory + " is not a store: it has no manifest.json");
  }
}
