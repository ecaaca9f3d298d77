package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RestoreCommandTest {
  private static final String TRIAL =
      """
      {"trial_id": 1,   "trial_key": "k", "params": {"x": 1}, "score": 0.5}\r
      """;

  @TempDir private Path directory;
  private Path legacy = Path.of("");
  private Path target = Path.of("");
  private String store = "";

  @BeforeEach
  void migrateARun() throws IOException {
    store = directory.resolve("s").toString();
    target = directory.resolve("target");
    legacy = directory.resolve("runs/run_20260115");
    Files.createDirectories(legacy.resolve("logs/deep"));
    Files.writeString(legacy.resolve("trial_001.json"), TRIAL);
    Files.writeString(legacy.resolve("trial_002.json"), "{ broken");
    Files.writeString(legacy.resolve("run_meta.json"), "{}");
    Files.write(legacy.resolve("logs/deep/é.log"), new byte[] {0, -1, 13, 10});
    Ran.assay("migrate", legacy.toString(), "--store", store).exits(0);
  }

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            root.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }

  private Ran restore(String... more) {
    String[] arguments =
        Stream.concat(Stream.of("restore"), Stream.of(more)).toArray(String[]::new);
    return Ran.assay(arguments);
  }

  @Test
  void aMigratedRunComesBackByteForByte() throws IOException {
    Ran ran = restore("run_20260115", target.toString(), "--store", store).exits(0);

    assertThat(contents(target)).hasSize(4).isEqualTo(contents(legacy));
    assertThat(ran.out()).contains("4 files from the archive and 0 made again");
  }

  @Test
  void onlyTakesAPatternOfPaths() throws IOException {
    restore("run_2026", target.toString(), "--store", store, "--only", "**.log").exits(0);
    assertThat(contents(target)).containsOnlyKeys("logs/deep/é.log");

    Path other = directory.resolve("other");
    JsonNode report =
        restore(
                "run_20260115",
                other.toString(),
                "--store",
                store,
                "--only",
                "trial_*.json",
                "--json")
            .exits(0)
            .json()
            .get(0);
    assertThat(contents(other)).containsOnlyKeys("trial_001.json", "trial_002.json");
    assertThat(report.path("archived").intValue()).isEqualTo(2);
    assertThat(report.path("problems")).isEmpty();

    assertThat(
            restore("run_2026", directory + "/third", "--store", store, "--only", "x")
                .exits(0)
                .err())
        .contains("no file of")
        .contains("matches --only 'x'");
  }

  @Test
  void tellsWhatIsWrong() throws IOException {
    assertThat(restore("nope", target.toString(), "--store", store).exits(2).err())
        .contains("nope")
        .hasLineCount(1);
    assertThat(
            restore("run_2026", target.toString(), "--store", store, "--only", "[x").exits(2).err())
        .contains("--only is '[x'")
        .hasLineCount(1);
    assertThat(restore("run_2026").exits(2).err()).contains("DIR");
    assertThat(target).doesNotExist();
    assertThat(restore("run_2026", legacy.toString(), "--store", store).exits(1).err())
        .contains(legacy + " is not empty")
        .hasLineCount(1);
  }

  @Test
  void aDamagedArchiveIsNamedAndFails() throws IOException {
    Path part;
    try (Stream<Path> files = Files.walk(Path.of(store, "lake", "files"))) {
      part = files.filter(f -> f.getFileName().toString().startsWith("part-")).toList().get(0);
    }
    Files.writeString(part, "damaged");

    assertThat(restore("run_2026", target.toString(), "--store", store).exits(1).out())
        .contains("cannot read " + part)
        .contains("could not be put back");
  }

  private static boolean mount(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void aStoreOnAReadOnlyDiskIsSummedUpAskedAndRestored() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(mount("mount", "-t", "tmpfs", "none", disk.toString()), "may not mount");
    try {
      Path there = disk.resolve("s");
      assertThat(mount("cp", "-r", store, there.toString())).isTrue();
      assertThat(mount("mount", "-o", "remount,ro", disk.toString())).isTrue();

      for (String command : new String[] {"--json", "--recount"}) {
        assertThat(
                Ran.assay("summary", "run_2026", "--store", there.toString(), command)
                    .exits(0)
                    .out())
            .isEqualTo(Ran.assay("summary", "run_2026", "--store", store, command).exits(0).out());
      }
      assertThat(
              Ran.assay("query", "FROM trials", "--store", there.toString(), "--format", "csv")
                  .exits(0)
                  .outLines())
          .hasSizeGreaterThan(1);
      assertThat(Ran.assay("stats", "--store", there.toString()).exits(0).out())
          .contains("run_20260115: 1 complete");
      Ran.assay("verify", "--store", there.toString()).exits(0);
      assertThat(
              Ran.assay("delete", "run_2026", "--store", there.toString(), "--yes").exits(1).err())
          .contains("cannot be written");
      String url = Ran.assay("jdbc-url", "--store", there.toString()).exits(0).out().strip();
      try (Connection connection = DriverManager.getConnection(url);
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT count(*) FROM files")) {
        assertThat(row.next()).isTrue();
        assertThat(row.getLong(1)).isEqualTo(4);
      } finally {
        Files.delete(Path.of(url.substring(url.indexOf('=') + 1)));
      }
      restore("run_2026", target.toString(), "--store", there.toString()).exits(0);
      assertThat(contents(target)).isEqualTo(contents(legacy));
    } finally {
      assertThat(mount("umount", "-l", disk.toString())).isTrue();
    }
  }
}
