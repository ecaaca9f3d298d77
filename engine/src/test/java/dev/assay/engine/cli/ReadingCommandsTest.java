package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class ReadingCommandsTest {
  @TempDir private Path directory;
  private String store = "";

  @BeforeEach
  void runAStudy() throws IOException {
    store = directory.resolve("s").toString();
    Path file = SmallStudy.write(directory, "täst");
    Ran.assay("run", file.toString(), "--store", store, "--quiet").exits(0);
  }

  @Test
  void queriesInEveryFormat() {
    String sql = "SELECT count(*) AS n, 'é' AS t FROM trials";
    assertThat(Ran.assay("query", sql, "--store", store).exits(0).out())
        .contains("n")
        .contains("8")
        .contains("é");
    assertThat(Ran.assay("query", sql, "--store", store, "--format", "csv").exits(0).outLines())
        .containsExactly("n,t", "8,é");
    assertThat(Ran.assay("query", sql, "--store", store, "--format", "JSON").exits(0).out())
        .contains("{\"n\":8,");
    assertThat(Ran.assay("query", sql, "--store", store, "--format", "arrow").exits(0).out())
        .isNotEmpty();
  }

  @Test
  void sqlMayBeginWithAComment() {
    for (String sql :
        List.of(
            "-- how many\nSELECT count(*) AS n FROM trials",
            "--x=1\nSELECT count(*) AS n FROM trials")) {
      assertThat(Ran.assay("query", sql, "--store", store, "--format", "csv").exits(0).outLines())
          .containsExactly("n", "8");
      assertThat(
              Ran.assay("query", "--store", store, "--format=csv", "--", sql).exits(0).outLines())
          .containsExactly("n", "8");
    }
  }

  @Test
  void whatIsNearAWrongWordIsSuggested() {
    assertThat(Ran.assay("qeury", "SELECT 1").exits(2).err())
        .contains("did you mean query")
        .hasLineCount(1);
    assertThat(Ran.assay("summary", "s", "--jsno", "--store", store).exits(2).err())
        .contains("--jsno")
        .contains("did you mean --json")
        .hasLineCount(1);
    assertThat(Ran.assay("guard", "sene").exits(2).err()).contains("seen");
  }

  @Test
  void tellsWhatIsWrong() {
    assertThat(Ran.assay("query", "SELEC 1", "--store", store).exits(1).err())
        .startsWith("assay: ")
        .contains("SELEC")
        .hasLineCount(1);
    assertThat(Ran.assay("query", "SELECT 1", "--format", "xml").exits(2).err())
        .contains("--format is 'xml', expected table, csv, json, jsonl, arrow, feather or parquet");
    assertThat(Ran.assay("summary", "nope", "--store", store).exits(2).err())
        .contains("nope")
        .contains("täst")
        .hasLineCount(1);
    assertThat(Ran.assay("query", "SELECT 1", "--store", directory + "/none").exits(1).err())
        .contains("there is no store")
        .hasLineCount(1);
    assertThat(directory.resolve("none")).doesNotExist();
    assertThat(Ran.assay("query", "SELEC 1", "--store", store, "--verbose").err())
        .contains("\tat dev.assay");
  }

  @Test
  void aDamagedPartIsNamed() throws IOException {
    Path part;
    try (Stream<Path> files = Files.walk(Path.of(store, "lake", "trials"))) {
      part = files.filter(f -> f.getFileName().toString().startsWith("part-")).toList().get(0);
    }
    Files.writeString(part, "damaged");

    assertThat(Ran.assay("summary", "täst", "--store", store, "--recount").exits(1).err())
        .contains(part.getFileName().toString());
    assertThat(Ran.assay("summary", "täst", "--store", store).exits(0).out()).contains("8: ");
    assertThat(Ran.assay("query", "FROM trials_of('täst')", "--store", store).exits(1).err())
        .contains(part.getFileName().toString());
  }

  @Test
  void summarizeIsAnAliasAndTopIsObeyed() {
    JsonNode summary =
        Ran.assay("summarize", "täst", "--store", store, "--top", "3", "--json")
            .exits(0)
            .json()
            .get(0);
    assertThat(summary.path("counts").path("total").intValue()).isEqualTo(8);
    assertThat(summary.path("top")).hasSize(3);
  }

  @Test
  void theRecountSaysWhatTheStoreHasKept() {
    for (String form : List.of("--json", "--top=100")) {
      String kept = Ran.assay("summary", "täst", "--store", store, form).exits(0).out();
      String recount =
          Ran.assay("summary", "täst", "--store", store, form, "--recount").exits(0).out();
      assertThat(recount).isEqualTo(kept);
    }
    Ran.assay("summary", "täst", "--store", store, "--top", "101").exits(0);
  }

  @Test
  void theUrlOpensInPlainDuckDbFromAnyDirectory() throws SQLException, IOException {
    Path moved = Files.move(Path.of(store), directory.resolve("moved"));
    String url = Ran.assay("jdbc-url", "--store", moved.toString()).exits(0).out().strip();

    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*) FROM trials_of('täst')")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getLong(1)).isEqualTo(8);
    }
    assertThat(Ran.assay("jdbc-url", "--jvm-flags").exits(0).out()).startsWith("--add-opens=");
  }

  @Test
  void theUrlOfAStoreOfANewerFormatIsRefusedAndNothingWritten() throws IOException {
    Path moved = Files.move(Path.of(store), directory.resolve("moved"));
    Files.writeString(moved.resolve("store.json"), "{\"format\": 99}");
    String before = Files.readString(moved.resolve("views.sql"));

    assertThat(Ran.assay("jdbc-url", "--store", moved.toString()).exits(1).err())
        .contains("store.json is of format 99, this version of Assay knows formats up to 1")
        .hasLineCount(1);
    assertThat(moved.resolve("views.sql")).hasContent(before);
  }

  @Test
  void migratesLegacyRunsOnce() {
    String legacy = System.getProperty("assay.legacy", "");
    assumeTrue(Files.isDirectory(Path.of(legacy)), "no legacy runs at " + legacy);
    String run = legacy + "/run_20260116_ev_longrun_20260116_20260120";
    String target = directory.resolve("migrated").toString();

    assertThat(Ran.assay("migrate", run, "--store", target, "--dry-run").exits(0).out())
        .contains("dry run, nothing was written");
    assertThat(directory.resolve("migrated")).doesNotExist();

    JsonNode first = Ran.assay("migrate", run, "--store", target, "--json").exits(0).json().get(0);
    assertThat(first.at("/totals/trials/taken").intValue()).isEqualTo(18);
    assertThat(directory.resolve("migrated/views.sql")).exists();
    JsonNode again = Ran.assay("migrate", run, "--store", target, "--json").exits(0).json().get(0);
    assertThat(again.at("/totals/trials/taken").intValue()).isZero();
    assertThat(
            Ran.assay("query", "SELECT count(*) FROM trials", "--store", target, "--format", "csv")
                .exits(0)
                .outLines())
        .contains("18");
    assertThat(Ran.assay("migrate", directory + "/none", "--store", target).exits(2).err())
        .contains("there is no such file or directory");
  }
}
