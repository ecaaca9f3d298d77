package dev.assay.engine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A study of 8 quick trials, for a store to have something in it. */
final class SmallStudy {
  private static final String TEXT =
      """
      study: %s
      direction: maximize
      trials: 8
      objective: {builtin: sphere}
      parameters:
        x: {type: float, low: -1.0, high: 1.0}
      """;

  private SmallStudy() {}

  /** Writes its file, and gives the path. */
  static Path write(Path directory, String name) throws IOException {
    return Files.writeString(directory.resolve("study.yaml"), TEXT.formatted(name));
  }
}
