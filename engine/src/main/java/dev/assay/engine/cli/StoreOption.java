package dev.assay.engine.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --store DIR}. */
final class StoreOption {
  @Option(
      names = "--store",
      paramLabel = "DIR",
      description = "The store's directory; else ASSAY_STORE, else ./assay-store.")
  private @Nullable Path directory;

  /** The store's directory as the user wrote it. */
  Path directory(Console console) {
    if (directory != null) {
      return directory;
    }
    String variable = console.variable("ASSAY_STORE");
    return Path.of(variable == null ? "assay-store" : variable);
  }
}
