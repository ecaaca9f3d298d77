package dev.assay.tests;

import dev.assay.engine.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs {@code engine/bin/assay} as a user does: a process of its own, in a directory. */
final class Launcher {
  /** The project's root. */
  static final Path ROOT = Path.of(System.getProperty("assay.root", ".."));

  /** The launcher itself. */
  static final Path ASSAY = ROOT.resolve("engine/bin/assay").toAbsolutePath().normalize();

  /** Where the real runs of the legacy system are; may be absent. */
  static final Path LEGACY = Path.of(System.getProperty("assay.legacy", "../shared/legacy"));

  private static final long TIMEOUT_SECONDS = 300;

  /** What a process gave. */
  record Result(int exitCode, String out, String err) {
    List<String> lines() {
      return out.lines().toList();
    }
  }

  private Launcher() {}

  /** Runs the launcher in {@code directory} and waits for it. */
  static Result assay(Path directory, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ASSAY.toString());
    command.addAll(List.of(arguments));
    return run(directory, command);
  }

  /** Runs the command line in this process, where a start of a JVM is not what is looked at. */
  static Result here(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode =
        Main.run(
            arguments,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8));
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** Runs any command in {@code directory} and waits for it. */
  static Result run(Path directory, List<String> command) throws IOException, InterruptedException {
    Started started = start(directory, command);
    if (!started.process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      started.process.destroyForcibly();
      throw new AssertionError(command + " did not end within " + TIMEOUT_SECONDS + " s");
    }
    return started.result();
  }

  /** Starts any command in {@code directory}. */
  static Started start(Path directory, List<String> command) throws IOException {
    Path out = Files.createTempFile("assay-test", ".out");
    Path err = Files.createTempFile("assay-test", ".err");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    process.getOutputStream().close();
    return new Started(process, out, err);
  }

  /** A process under way. */
  record Started(Process process, Path out, Path err) {
    /** Its exit code and output; the process has ended. */
    Result result() throws IOException {
      Result result =
          new Result(
              process.exitValue(),
              Files.readString(out, StandardCharsets.UTF_8),
              Files.readString(err, StandardCharsets.UTF_8));
      Files.delete(out);
      Files.delete(err);
      return result;
    }
  }
}
