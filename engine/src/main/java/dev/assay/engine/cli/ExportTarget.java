package dev.assay.engine.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where {@code assay export} writes, and what.
 *
 * @param path a file, or the directory of {@link ExportFormat#RUN}
 */
record ExportTarget(Path path, ExportFormat format) {
  /** A relative path follows three slashes, an absolute one four, as in Optuna. */
  private static final String SQLITE = "sqlite:///";

  /**
   * What the user wrote.
   *
   * @param format what {@code --format} says; null where the target's name is to say it
   */
  static ExportTarget of(String text, @Nullable String format) {
    ExportFormat wanted = format == null ? null : ExportFormat.named(format);
    if (text.startsWith(SQLITE)) {
      if (wanted != null && wanted != ExportFormat.OPTUNA) {
        throw new UsageException(
            "--to is %s, which is a database of Optuna's, and --format is %s; expected one of the two"
                .formatted(text, wanted.word()));
      }
      return new ExportTarget(
          TargetPath.of("--to", text.substring(SQLITE.length())), ExportFormat.OPTUNA);
    }
    if (text.contains("://")) {
      throw new UsageException(
          "--to is '%s', expected a path or sqlite:///FILE; 'optuna.copy_study' in Python copies from there to other databases"
              .formatted(text.replaceFirst("//.*@", "//…@")));
    }
    Path path = TargetPath.of("--to", text);
    if (wanted == null) {
      wanted =
          text.endsWith("/") || Files.isDirectory(path)
              ? ExportFormat.RUN
              : ExportFormat.ofFile(text);
    }
    if (wanted == null) {
      throw new UsageException(
          "--to is '%s', whose name does not say what to write; add --format with one of %s"
              .formatted(text, ExportFormat.all()));
    }
    return new ExportTarget(path, wanted);
  }
}
