package dev.assay.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Python with packages, in a virtual environment below {@code target} that is made once. Tests
 * are skipped, with a word, where Python or a package cannot be had. Safe to share between threads.
 */
final class PythonEnvironment {
  private final Path directory;
  private final List<String> packages;

  /**
   * @param name of the directory below {@code target}
   * @param packages as {@code pip install} takes them, each with its version
   */
  PythonEnvironment(String name, List<String> packages) {
    this.directory = Launcher.ROOT.resolve("src-test/target").resolve(name).toAbsolutePath();
    this.packages = List.copyOf(packages);
  }

  /**
   * Runs a program that is a resource beside this class; it has to end well.
   *
   * @return what it wrote to standard output
   */
  String run(String program, String... arguments) throws IOException, InterruptedException {
    return ended(program, command(program, arguments));
  }

  /** As {@link #run}, with a program that is a file. */
  String run(Path program, String... arguments) throws IOException, InterruptedException {
    prepare();
    return ended(program.toString(), command(program, arguments));
  }

  private String ended(String program, List<String> command)
      throws IOException, InterruptedException {
    Launcher.Result result = Launcher.run(directory, command);
    if (result.exitCode() != 0) {
      throw new AssertionError(program + " ended with " + result.exitCode() + ": " + result.err());
    }
    return result.out();
  }

  /** Starts a program that is a resource beside this class. */
  Launcher.Started start(String program, String... arguments)
      throws IOException, InterruptedException {
    return Launcher.start(directory, command(program, arguments));
  }

  private List<String> command(String program, String... arguments)
      throws IOException, InterruptedException {
    prepare();
    Path file = directory.resolve(program);
    try (InputStream in = PythonEnvironment.class.getResourceAsStream(program)) {
      if (in == null) {
        throw new IllegalArgumentException("there is no resource " + program);
      }
      Files.write(file, in.readAllBytes());
    }
    return command(file, arguments);
  }

  private List<String> command(Path file, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of("env", "TZ=UTC", python().toString(), "-W", "ignore", file.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private Path python() {
    return directory.resolve("venv/bin/python");
  }

  private synchronized void prepare() throws IOException, InterruptedException {
    Path ready = directory.resolve("ready-" + Integer.toHexString(packages.hashCode()));
    if (Files.exists(ready)) {
      return;
    }
    Files.createDirectories(directory);
    require("python3", "-m", "venv", directory.resolve("venv").toString());
    List<String> install =
        new ArrayList<>(List.of(python().toString(), "-m", "pip", "install", "--quiet"));
    install.addAll(packages);
    require(install.toArray(String[]::new));
    Files.createFile(ready);
  }

  private void require(String... command) throws IOException, InterruptedException {
    Launcher.Result result;
    try {
      result = Launcher.run(directory, List.of(command));
    } catch (IOException e) {
      assumeTrue(false, "without %s there is no %s: %s".formatted(command[0], packages.get(0), e));
      return;
    }
    assumeTrue(
        result.exitCode() == 0,
        "%s cannot be installed: %s".formatted(packages.get(0), result.err()));
  }
}
