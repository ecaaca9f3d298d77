package dev.assay.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Optuna of one version, in a virtual environment below {@code target} that is made once.
 * Tests are skipped, with a word, where Python or the package cannot be had.
 */
final class OptunaEnvironment {
  static final String VERSION = "5.0.0";

  private static final Path DIRECTORY =
      Launcher.ROOT.resolve("src-test/target/optuna-" + VERSION).toAbsolutePath();

  /** Its driver for PostgreSQL. */
  private static final String DRIVER = "psycopg2-binary==2.9.13";

  private static final Path READY = DIRECTORY.resolve("ready-" + DRIVER);

  private OptunaEnvironment() {}

  /**
   * Runs a program that is a resource beside this class; it has to end well.
   *
   * @return what it wrote to standard output
   */
  static synchronized String run(String program, String... arguments)
      throws IOException, InterruptedException {
    prepare();
    Path file = DIRECTORY.resolve(program);
    try (InputStream in = OptunaEnvironment.class.getResourceAsStream(program)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no resource " + program);
      }
      Files.write(file, in.readAllBytes());
    }
    List<String> command =
        new ArrayList<>(
            List.of("env", "TZ=UTC", python().toString(), "-W", "ignore", file.toString()));
    command.addAll(List.of(arguments));
    Launcher.Result result = Launcher.run(DIRECTORY, command);
    if (result.exitCode() != 0) {
      throw new AssertionError(program + " ended with " + result.exitCode() + ": " + result.err());
    }
    return result.out();
  }

  private static Path python() {
    return DIRECTORY.resolve("venv/bin/python");
  }

  private static void prepare() throws IOException, InterruptedException {
    if (Files.exists(READY)) {
      return;
    }
    Files.createDirectories(DIRECTORY);
    require("python3", "-m", "venv", DIRECTORY.resolve("venv").toString());
    require(python().toString(), "-m", "pip", "install", "--quiet", "optuna==" + VERSION, DRIVER);
    Files.createFile(READY);
  }

  private static void require(String... command) throws IOException, InterruptedException {
    Launcher.Result result;
    try {
      result = Launcher.run(DIRECTORY, List.of(command));
    } catch (IOException e) {
      assumeTrue(false, "without " + command[0] + " there is no Optuna to test with: " + e);
      return;
    }
    assumeTrue(
        result.exitCode() == 0,
        "Optuna %s cannot be installed: %s".formatted(VERSION, result.err()));
  }
}
