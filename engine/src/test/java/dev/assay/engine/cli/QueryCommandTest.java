package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code assay query} as scripts use it: files of statements, values, files of results. */
@Timeout(120)
final class QueryCommandTest {
  @TempDir private static Path shared;
  private static String store = "";

  @TempDir private Path directory;

  @BeforeAll
  static void runAStudy() throws IOException {
    store = shared.resolve("s").toString();
    Path file = SmallStudy.write(shared, "täst");
    Ran.assay("run", file.toString(), "--store", store, "--quiet").exits(0);
  }

  private Ran query(String... args) {
    return Ran.assay(
        Stream.concat(Stream.of("query", "--store", store), Stream.of(args))
            .toArray(String[]::new));
  }

  private List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void aFileOfStatementsWritesAFileOfTheResultsByItsName() throws IOException {
    Path script = Files.writeString(directory.resolve("é report.sql"), REPORT);
    for (String name : List.of("r.csv", "r.JSONL", "r.txt", "no ending")) {
      Path file = directory.resolve(name);
      List<String> format = name.contains(".") ? List.of() : List.of("--format", "csv");
      List<String> args =
          Stream.of(
                  List.of("-f", script.toString(), "-o", file.toString(), "--param", "s=täst"),
                  List.of("--param", "n=3"),
                  format)
              .flatMap(List::stream)
              .toList();
      assertThat(query(args.toArray(String[]::new)).exits(0).out()).isEmpty();
    }
    assertThat(directory.resolve("r.csv")).hasContent("n\n8\n\nnumber\n0\n1\n2\n");
    assertThat(directory.resolve("r.JSONL"))
        .hasContent("{\"n\":8}\n{\"number\":0}\n{\"number\":1}\n{\"number\":2}\n");
    assertThat(directory.resolve("r.txt")).content().contains("(3 rows)");
    assertThat(directory.resolve("no ending")).hasSameTextualContentAs(directory.resolve("r.csv"));
    assertThat(
            Ran.with(
                    Map.of(),
                    REPORT,
                    "query",
                    "--file=-",
                    "--store",
                    store,
                    "--param=s=täst",
                    "--param=n=3",
                    "--format=csv")
                .exits(0)
                .out())
        .isEqualTo(Files.readString(directory.resolve("r.csv")));
  }

  private static final String REPORT =
      """
      -- how many; and the first
      SELECT count(*) AS n FROM trials_of($s);
      SELECT number FROM trials WHERE study_name = $s ORDER BY number LIMIT $n::INT;
      """;

  @Test
  void eachFormatIsReadBackAsItWasWritten() throws IOException {
    String sql = "SELECT number, value FROM trials_of($s) ORDER BY number";
    for (String name : List.of("r.parquet", "r.json", "r.csv", "r.jsonl")) {
      Path file = directory.resolve(name);
      query(sql, "--param", "s=täst", "-o", file.toString()).exits(0);
      String back =
          "SELECT count(*) AS n, sum(value) = (SELECT sum(value) FROM trials) AS same FROM '%s'"
              .formatted(file);
      assertThat(query(back, "--format", "jsonl").exits(0).out())
          .as(name)
          .isEqualTo("{\"n\":8,\"same\":true}\n");
    }
    for (String name : List.of("r.arrow", "r.feather", "r.arrows")) {
      Path file = directory.resolve(name);
      query(sql, "--param", "s=täst", "-o", file.toString()).exits(0);
      String head = new String(Files.readAllBytes(file), 0, 6, StandardCharsets.ISO_8859_1);
      assertThat(head.equals("ARROW1")).as(name).isEqualTo(!name.equals("r.arrows"));
    }
    assertThat(names(directory)).hasSize(7);
  }

  @Test
  void whatIsThereStaysUnlessForcedAndNoHalfFileIsLeft() throws IOException {
    Path file = Files.writeString(directory.resolve("r.csv"), "mine");
    assertThat(query("SELECT 1 AS a", "-o", file.toString()).exits(1).err())
        .contains("is there already", "--force");
    assertThat(query("SELECT 1 AS a; SELECT nope", "-o", file.toString(), "--force").exits(1).err())
        .contains("statement 2 of 2, line 1: Binder Error");
    String late =
        "SELECT CASE WHEN i = 200000 THEN error('late') ELSE i END FROM range(300000) t(i)";
    for (String name : List.of("r.csv", "r.parquet", "r.arrow")) {
      Path target = directory.resolve(name);
      assertThat(query(late, "-o", target.toString(), "--force").exits(1).err()).contains("late");
    }
    assertThat(file).hasContent("mine");
    assertThat(names(directory)).containsExactly("r.csv");
    query("SELECT 1 AS a", "-o", file.toString(), "--force").exits(0);
    assertThat(file).hasContent("a\n1\n");

    Path inside = Path.of(store, "lake", "r.csv");
    assertThat(query("SELECT 1", "-o", inside.toString()).exits(2).err()).contains("-o is ");
    assertThat(inside).doesNotExist();
  }

  @Test
  void theFirstStatementThatFailsEndsItAndIsNamed() throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("s.sql"), "SELECT 1 AS a;\n\nSELECT\n  nope;\nSELECT 3 AS c;\n");
    Ran ran = query("-f", script.toString(), "--format", "csv").exits(1);
    assertThat(ran.out()).isEqualTo("a\n1\n");
    assertThat(ran.err())
        .contains("s.sql: statement 2 of 3, line 3: Binder Error", "LINE 4:")
        .hasLineCount(1);
  }

  @Test
  void wrongUseIsSaidBeforeTheStoreIsOpened() throws IOException {
    Path script = Files.writeString(directory.resolve("s.sql"), "SELECT 1;\nSELECT $a");
    Map<List<String>, String> wrong =
        Map.of(
            List.of(), "there is nothing to ask",
            List.of("SELECT 1", "-f", "x.sql"), "expected one of the two",
            List.of("-f", directory + "/none.sql"), "none.sql: there is no such file",
            List.of("-f", script.toString()), "s.sql: line 2: $a has no value; add --param a=VALUE",
            List.of("SELECT 1", "--param", "a=1"), "a value is given for $a",
            List.of("SELECT $a", "--param", "a=1", "--param", "a=2"), "--param gives a twice",
            List.of("SELECT 1", "--param", "a"), "--param is 'a', expected NAME=VALUE",
            List.of("SELECT 1", "-o", "x.xml"), "add --format with one of table, csv, json, jsonl",
            List.of("SELECT 1", "--format", "parquet"), "add -o FILE",
            List.of("-- nothing"), "no SQL statement");
    wrong.forEach(
        (args, message) -> {
          List<String> words = Stream.concat(Stream.of("query"), args.stream()).toList();
          Ran ran =
              Ran.with(
                  Map.of("ASSAY_STORE", directory + "/none"), "", words.toArray(String[]::new));
          assertThat(ran.exits(2).err()).contains(message).hasLineCount(1);
        });
    assertThat(query("SELECT 1", "--force").exits(2).err()).contains("after -o");
  }

  @Test
  void noStatementChangesTheStore() {
    for (String sql :
        List.of(
            "DELETE FROM trials",
            "UPDATE studies SET study_name = 'x'",
            "INSERT INTO params VALUES (1)",
            "ALTER TABLE trials ADD COLUMN x INT")) {
      query(sql).exits(1);
    }
    assertThat(query("SELECT count(*) FROM trials", "--format", "csv").exits(0).outLines())
        .contains("8");
  }
}
