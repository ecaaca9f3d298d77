package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.storage.Direction;
import dev.assay.storage.Store;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StartUpTest {
  @ParameterizedTest
  @ValueSource(strings = {"--version", "--help"})
  void loadsNeitherDatabaseNorJson(String option) throws IOException, InterruptedException {
    String output = loaded(option);

    assertThat(output).contains("dev.assay.engine.cli.Main source:");
    assertThat(output)
        .doesNotContain("org.sqlite.")
        .doesNotContain("org.duckdb.")
        .doesNotContain("ObjectMapper source:");
  }

  @Test
  void aSummaryDoesWithoutSqlOverTheLake(@TempDir Path directory)
      throws IOException, InterruptedException {
    try (Store store = Store.open(directory.resolve("store"))) {
      store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    }

    assertThat(loaded("summary", "s", "--store", directory.resolve("store").toString()))
        .contains("org.sqlite.")
        .doesNotContain("org.duckdb.")
        .doesNotContain("dev.assay.storage.Upkeep");
  }

  /** What a command prints, and each class that it loads. */
  private static String loaded(String... arguments) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }

  @Test
  void outputThatCannotBeWrittenIsAFailure() throws IOException, InterruptedException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "there is no " + full);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--version")
            .redirectOutput(full.toFile())
            .start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(ExitCode.FAILURE);
    assertThat(err)
        .isEqualTo("assay: standard output could not be written: No space left on device\n");
  }

  @Test
  void theVersionIsThatOfTheBuild() {
    assertThat(Ran.assay("--version").exits(0).out()).matches("assay \\d+\\.\\d+\\.\\d+\\S*\\R");
    assertThat(Ran.assay("-V").exits(0).out()).isEqualTo(Ran.assay("--version").out());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "check",
        "query",
        "summary",
        "summarize",
        "importance",
        "synergy",
        "diff",
        "explain",
        "jdbc-url",
        "doctor",
        "migrate",
        "restore",
        "delete",
        "signature",
        "verify",
        "compact",
        "repair"
      })
  void everyCommandHasHelpWithExamples(String command) {
    assertThat(Ran.assay(command, "--help").exits(0).out())
        .contains("Examples:")
        .contains("assay " + command.replace("summarize", "summary"));
  }

  @Test
  void withoutACommandTheHelpIsPrintedAsAnError() {
    Ran ran = Ran.assay().exits(2);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Commands:").contains("jdbc-url").contains("migrate");
  }
}
