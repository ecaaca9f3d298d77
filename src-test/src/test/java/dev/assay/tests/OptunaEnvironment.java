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

  /** Its driver for PostgreSQL, what its client of a server stands on, and two of its samplers. */
  private static final List<String> PACKAGES =
      List.of(
          "optuna==" + VERSION,
          "psycopg2-binary==2.9.13",
          "grpcio==1.85.1",
          "protobuf==7.36.2",
          "cmaes==0.13.1",
          "scipy==1.17.1");

  private static final Path READY =
      DIRECTORY.resolve("ready-" + Integer.toHexString(PACKAGES.hashCode()));

  private OptunaEnvironment() {}

  /**
   * Runs a program that is a resource beside this class; it has to end well.
   *
   * @return what it wrote to standard output
   */
  static String run(String program, String... arguments) throws IOException, InterruptedException {
    Launcher.Result result = Launcher.run(DIRECTORY, command(program, arguments));
    if (result.exitCode() != 0) {
      throw new AssertionError(program + " ended with " + result.exitCode() + ": " + result.err());
    }
    return result.out();
  }

  /** Starts a program that is a resource beside this class. */
  static Launcher.Started start(String program, String... arguments)
      throws IOException, InterruptedException {
    return Launcher.start(DIRECTORY, command(program, arguments));
  }

  private static synchronized List<String> command(String program, String... arguments)
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
    return command;
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
    List<String> install =
        new ArrayList<>(List.of(python().toString(), "-m", "pip", "install", "--quiet"));
    install.addAll(PACKAGES);
    require(install.toArray(String[]::new));
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
