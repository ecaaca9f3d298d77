package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AnalyticsTest {
  @TempDir Path directory;

  private Analytics analytics;

  @BeforeEach
  void open() throws Exception {
    analytics = Analytics.open(new FixtureStore(directory).root());
  }

  @AfterEach
  void close() {
    analytics.close();
  }

  private String json(String sql) throws Exception {
    return Answers.text(analytics, ResultFormat.JSON, sql);
  }

  private String csv(String sql) throws Exception {
    return Answers.text(analytics, ResultFormat.CSV, sql);
  }

  @Test
  void jsonKeepsNumbersExactAndHasNullForWhatIsNotFinite() throws Exception {
    assertThat(
            json(
                """
                SELECT 170141183460469231731687303715884105727::HUGEINT AS huge,
                  18446744073709551615::UBIGINT AS big,
                  1234567890123456789012345678.50::DECIMAL(38, 2) AS exact,
                  0.1 + 0.2::DOUBLE AS sum, 1e-05::DOUBLE AS small, 1.5::FLOAT AS single,
                  'nan'::DOUBLE AS none, '-inf'::FLOAT AS low, true AS yes, NULL AS nothing
                """))
        .isEqualTo(
            """
            [
            {"huge":170141183460469231731687303715884105727,"big":18446744073709551615,\
            "exact":1234567890123456789012345678.50,"sum":0.30000000000000004,"small":1e-05,\
            "single":1.5,"none":null,"low":null,"yes":true,"nothing":null}
            ]
            """);
  }

  @Test
  void jsonHoldsNestedValuesAndJsonAsTheyAre() throws Exception {
    assertThat(
            json(
                """
                SELECT [1, NULL] AS list, {'a': [{'b': 'nan'::DOUBLE}]} AS struct,
                  MAP {1: 'x'} AS map, '{"k": [NaN, 1e400, "Infinity"]}'::JSON AS odd,
                  '{"k":"é"}'::JSON AS json, '\\xAA\\xBB'::BLOB AS bytes, 'a"\\n😀' AS text,
                  ['\\xAA'::BLOB] AS many, 1 AS x, 2 AS x
                """))
        .isEqualTo(
            """
            [
            {"list":[1,null],"struct":{"a":[{"b":null}]},"map":{"1":"x"},\
            "odd":{"k":[null,null,"Infinity"]},"json":{"k":"é"},"bytes":"qrs=",\
            "text":"a\\"\\\\n😀","many":["qg=="],"x":1,"x_1":2}
            ]
            """);
  }

  @Test
  void timesAreIsoInUtcWhateverTheMachinesZone() throws Exception {
    java.util.TimeZone zone = java.util.TimeZone.getDefault();
    java.util.TimeZone.setDefault(java.util.TimeZone.getTimeZone("Europe/Berlin"));
    try {
      assertThat(
              json(
                  """
                  SELECT TIMESTAMP '2026-03-29 02:30:00.123456' AS plain,
                    TIMESTAMPTZ '2026-03-29 02:30:00+02' AS zoned,
                    TIMESTAMP_NS '2026-03-29 02:30:00.123456789' AS fine,
                    TIMESTAMPTZ '1969-12-31 23:59:59.25+00' AS early, DATE '2026-01-02' AS day,
                    TIME '01:02:03' AS clock, [TIMESTAMPTZ '2026-03-29 00:30:00+00'] AS list
                  """))
          .isEqualTo(
              """
              [
              {"plain":"2026-03-29T02:30:00.123456Z","zoned":"2026-03-29T00:30:00Z",\
              "fine":"2026-03-29T02:30:00.123456789Z","early":"1969-12-31T23:59:59.25Z",\
              "day":"2026-01-02","clock":"01:02:03","list":["2026-03-29T00:30:00Z"]}
              ]
              """);
    } finally {
      java.util.TimeZone.setDefault(zone);
    }
  }

  @Test
  void anEmptyResultIsAnEmptyArray() throws Exception {
    assertThat(json("FROM trials")).isEqualTo("[]\n");
    assertThat(csv("SELECT study_id, path FROM files")).isEqualTo("study_id,path\n");
    assertThat(json("SET VARIABLE x = 1")).isEqualTo("[]\n");
  }

  @Test
  void csvQuotesAsRfc4180() throws Exception {
    assertThat(
            csv(
                "SELECT 'a,b' AS \"x,y\", 'c\"d' AS q, E'e\\n"
                    + "f' AS n, '' AS e, NULL AS z, [1] AS l"))
        .isEqualTo("\"x,y\",q,n,e,z,l\n\"a,b\",\"c\"\"d\",\"e\nf\",\"\",,[1]\n");
  }

  @Test
  void tablesAlignWideCharactersAndNumbers() throws Exception {
    assertThat(
            Answers.text(
                analytics,
                ResultFormat.TABLE,
                "SELECT * FROM (VALUES ('日本', 1.5, NULL), (E'a\\tb', 20.25, 'x')) AS t(name, n,"
                    + " o)"))
        .isEqualTo(
            """
             name │     n │ o
            ──────┼───────┼──────
             日本 │  1.50 │ NULL
             a\\tb │ 20.25 │ x
            (2 rows)
            """);
    assertThat(
            Answers.text(
                analytics,
                ResultFormat.TABLE,
                "SELECT repeat('x', 100) AS a, repeat('y', 80) AS b"))
        .contains("x".repeat(79) + "… │ " + "y".repeat(80) + "\n(1 row)\n");
    assertThat(Answers.text(analytics, ResultFormat.TABLE, "SELECT repeat('x', 100) AS a"))
        .contains("x".repeat(100));
    assertThat(Answers.text(analytics, ResultFormat.TABLE, "SELECT i FROM range(2500) AS t(i)"))
        .endsWith(" 2499\n(2500 rows)\n");
  }

  @Test
  void commentsSemicolonsAndSeveralStatementsAreFine() throws Exception {
    assertThat(json("/* one */ SELECT 1 AS a -- two\n ; -- three")).contains("{\"a\":1}");
    assertThat(json("CREATE TABLE t AS SELECT 5 AS a; SELECT a FROM t;")).contains("{\"a\":5}");
  }

  @Test
  void anArrowStreamAndAnArrowFileHoldTheRows() throws Exception {
    try (var allocator = new RootAllocator();
        var stream =
            new ArrowStreamReader(
                new ByteArrayInputStream(hundredThousand(ResultFormat.ARROW)), allocator);
        var file =
            new ArrowFileReader(
                new ByteArrayReadableSeekableByteChannel(hundredThousand(ResultFormat.FEATHER)),
                allocator)) {
      assertThat(sum(stream)).isEqualTo(4_999_950_000L);
      assertThat(sum(file)).isEqualTo(4_999_950_000L);
      assertThat(file.getRecordBlocks()).hasSizeGreaterThan(1);
    }
  }

  private byte[] hundredThousand(ResultFormat format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(analytics.query("SELECT i FROM range(100000) AS t(i)", format, out))
        .isEqualTo(100_000);
    return out.toByteArray();
  }

  private static long sum(ArrowReader reader) throws IOException {
    long sum = 0;
    while (reader.loadNextBatch()) {
      BigIntVector numbers = (BigIntVector) reader.getVectorSchemaRoot().getVector("i");
      for (int i = 0; i < numbers.getValueCount(); i++) {
        sum += numbers.get(i);
      }
    }
    return sum;
  }

  @Test
  void errorsAreDuckDbsWithTheirPlace() {
    assertThatThrownBy(() -> json("SELECT nope FROM trials"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageStartingWith("Binder Error: Referenced column \"nope\" not found")
        .hasMessageContaining("LINE 1: SELECT nope FROM trials\n               ^");
    assertThatThrownBy(() -> json("SELECT 1 FROM trial"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("Views: " + Views.NAMES);
    assertThatThrownBy(() -> json(" -- nothing"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("no SQL statement");
  }

  @Test
  void errorsWhileRowsComeKeepTheirMessage() {
    assertThatThrownBy(() -> json("SELECT error('at once')"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessage("Invalid Input Error: at once");
    assertThatThrownBy(
            () ->
                json(
                    "SELECT CASE WHEN i = 500000 THEN error('late') END FROM range(600000) AS"
                        + " t(i)"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessage("Invalid Input Error: late");
    assertThatThrownBy(
            () ->
                analytics.query(
                    "SELECT CASE WHEN i = 500000 THEN error('late') END FROM range(600000) AS t(i)",
                    ResultFormat.ARROW,
                    OutputStream.nullOutputStream()))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("Invalid Input Error: late");
  }

  @Test
  void aFailedQueryLeavesTheSessionUsable() throws Exception {
    assertThatThrownBy(() -> json("SELEC 1")).isInstanceOf(AnalyticsException.class);
    assertThat(json("SELECT 1 AS a")).contains("{\"a\":1}");
  }

  @Test
  void whatEarlierQueriesMadeStaysInTheSession() throws Exception {
    json("CREATE TABLE mine AS SELECT 7 AS a");
    assertThat(json("SELECT a FROM mine")).contains("{\"a\":7}");
    assertThatThrownBy(() -> json("SELECT error('x' || a) FROM mine"))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("failed before its first row");
  }

  @Test
  void theViewsCannotBeWrittenTo() {
    assertThatThrownBy(() -> json("DELETE FROM trials")).isInstanceOf(AnalyticsException.class);
    assertThatThrownBy(() -> json("INSERT INTO studies VALUES (1)"))
        .isInstanceOf(AnalyticsException.class);
  }

  @Test
  void resultsLargerThanTheMemoryLimitStream() throws Exception {
    long rows =
        analytics.query(
            "SET memory_limit = '40MB'; SELECT repeat('x', 1000) || i AS x FROM range(100000) AS"
                + " t(i)",
            ResultFormat.CSV,
            OutputStream.nullOutputStream());
    assertThat(rows).isEqualTo(100_000);
  }

  @Test
  void nothingIsFetchedFromTheNetwork() throws Exception {
    assertThat(json("SELECT current_setting('autoinstall_known_extensions') AS a"))
        .contains("{\"a\":false}");
    assertThat(json("SELECT current_setting('autoload_known_extensions') AS a"))
        .contains("{\"a\":false}");
  }

  @Test
  void aBrokenManifestIsNamed() throws Exception {
    Files.writeString(directory.resolve("manifest.json"), "{\"format\": 1, ");
    assertThatThrownBy(() -> Analytics.open(directory).close())
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("manifest.json is not JSON");
    Files.writeString(directory.resolve("manifest.json"), "{\"format\": 2}");
    assertThatThrownBy(() -> Analytics.open(directory).close())
        .isInstanceOf(AnalyticsException.class)
        .hasMessageContaining("manifest.json is of format 2, this session knows format 1 only");
  }

  @Test
  void batchesHandAResultOverAsArrowAndFailWithDuckDbsWords() throws Exception {
    try (BufferAllocator allocator = ArrowBatches.allocator()) {
      long sum = 0;
      int batches = 0;
      try (ArrowBatches result =
          analytics.batches("SELECT i, 'x' AS t FROM range(200000) AS r(i)", allocator)) {
        assertThat(result.root().getSchema().getFields()).hasSize(2);
        while (result.next()) {
          batches++;
          BigIntVector numbers = (BigIntVector) result.root().getVector("i");
          for (int row = 0; row < result.root().getRowCount(); row++) {
            sum += numbers.get(row);
          }
        }
      }
      assertThat(sum).isEqualTo(19_999_900_000L);
      assertThat(batches).isGreaterThan(1);
      assertThatThrownBy(() -> analytics.batches("SELECT error('boom')", allocator))
          .isInstanceOf(AnalyticsException.class)
          .hasMessageContaining("boom");
      assertThat(allocator.getAllocatedMemory()).isZero();
    }
  }
}
