package dev.assay.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a user meets it. */
final class LauncherTest {
  @TempDir private Path directory;

  @Test
  void worksFromAnyDirectoryAndThroughSymbolicLinks() throws IOException, InterruptedException {
    Path link = Files.createSymbolicLink(directory.resolve("a"), Launcher.ASSAY);
    Path second = Files.createSymbolicLink(directory.resolve("b"), link.getFileName());

    Launcher.Result result = Launcher.run(directory, List.of(second.toString(), "--version"));

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("assay ");
  }

  @Test
  void aCdpathDoesNotLeadItAstray() throws IOException, InterruptedException {
    Path root = Launcher.ROOT.toAbsolutePath().normalize();

    Launcher.Result result =
        Launcher.run(root, List.of("env", "CDPATH=" + root, "engine/bin/assay", "--version"));

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).startsWith("assay ");
  }

  @Test
  void helpLoadsNeitherDuckDbNorSqlite() throws IOException, InterruptedException {
    for (String option : List.of("--help", "--version")) {
      Launcher.Result result =
          Launcher.run(
              directory,
              List.of(
                  "env",
                  "ASSAY_JAVA_OPTS=-Xlog:class+load:file=classes.log",
                  Launcher.ASSAY.toString(),
                  option));

      assertThat(result.exitCode()).isZero();
      assertThat(directory.resolve("classes.log"))
          .content()
          .contains("dev.assay.engine.cli")
          .doesNotContain("org.duckdb")
          .doesNotContain("org.sqlite");
    }
  }

  @Test
  void unknownCommandIsAUsageError() throws IOException, InterruptedException {
    Launcher.Result result = Launcher.assay(directory, "optimise");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("optimise").contains("assay --help");
  }
}
