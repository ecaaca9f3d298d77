package dev.assay.engine.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** The command {@code assay}. Exit codes: 0 ok, 1 failure, 2 wrong use, 130 interrupted. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    WatchedOutput watched = new WatchedOutput(new FileOutputStream(FileDescriptor.out));
    PrintStream out = utf8(watched, false);
    PrintStream err = utf8(new FileOutputStream(FileDescriptor.err), true);
    Console console = new Console(System.in, out, err, System.getenv());
    int exitCode = run(args, console);
    String trouble = watched.trouble();
    if (trouble != null) {
      console.note("standard output could not be written: " + trouble);
      exitCode = exitCode == ExitCode.OK ? ExitCode.FAILURE : exitCode;
    }
    // Another library's thread must not keep the process alive once the command is done.
    System.exit(exitCode);
  }

  /** Runs one command in this process, without standard input; returns its exit code. */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Console(InputStream.nullInputStream(), out, err, System.getenv()));
  }

  static int run(String[] args, Console console) {
    try {
      if (args.length == 1 && (args[0].equals("--version") || args[0].equals("-V"))) {
        console.out().println("assay " + version());
        return ExitCode.OK;
      }
      return Commands.execute(args, console);
    } finally {
      console.out().flush();
      console.err().flush();
    }
  }

  static String version() {
    Properties properties = new Properties();
    try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "(unknown version)");
  }

  private static PrintStream utf8(OutputStream stream, boolean flushesLines) {
    return new PrintStream(
        new BufferedOutputStream(stream, 1 << 13), flushesLines, StandardCharsets.UTF_8);
  }
}
