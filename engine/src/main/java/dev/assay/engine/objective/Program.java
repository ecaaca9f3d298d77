package dev.assay.engine.objective;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The program of a command: a name that is looked up in PATH, or a path, relative to the directory
 * in which the command runs.
 */
record Program(String name, Path directory) {
  /** The command's first word; a path is made absolute, so that it means one file. */
  ArgumentTemplate.Part.Literal word() {
    return new ArgumentTemplate.Part.Literal(
        isPath() ? directory.resolve(name).normalize().toString() : name);
  }

  private boolean isPath() {
    return name.contains("/") || name.contains(File.separator);
  }

  /** What is wrong with it; null when it is there and may be run. */
  @Nullable String missing() {
    try {
      return isPath() ? missing(directory.resolve(name).normalize()) : missingInPath();
    } catch (InvalidPathException bad) {
      return "the command's program '%s' cannot be a file's name".formatted(name);
    }
  }

  private static @Nullable String missing(Path file) {
    if (!Files.exists(file)) {
      return "the command's program %s is not there".formatted(file);
    }
    return Files.isRegularFile(file) && Files.isExecutable(file)
        ? null
        : "the command's program %s is not an executable file: chmod +x it, or name what runs it"
            .formatted(file);
  }

  private @Nullable String missingInPath() {
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(Pattern.quote(File.pathSeparator), -1)) {
      Path file = Path.of(folder).resolve(name);
      if (Files.isRegularFile(file) && Files.isExecutable(file)) {
        return null;
      }
    }
    String beside = Files.exists(directory.resolve(name)) ? "; there is ./%s".formatted(name) : "";
    return "the command's program %s is not in PATH: install it, or write its path%s"
        .formatted(name, beside);
  }
}
