package dev.assay.engine.cli;

import picocli.CommandLine.Parameters;

/** The file that a command reads. */
final class FileArgument {
  @Parameters(
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "-",
      description = "The file to read; - is standard input, and the default.")
  private String file = "-";

  /** Its path, or {@code -} for standard input. */
  String file() {
    return file;
  }
}
