package dev.assay.engine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** The path of a file or directory that a command is to write. */
final class TargetPath {
  private TargetPath() {}

  /**
   * What the user wrote.
   *
   * @param option the option's name, for messages
   * @throws UsageException where it names no file
   */
  static Path of(String option, String text) {
    try {
      Path path = Path.of(text);
      if (!text.isBlank() && path.getFileName() != null) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new UsageException("%s is '%s': %s".formatted(option, text, e.getReason()));
    }
    throw new UsageException("%s is '%s', expected the path of a file".formatted(option, text));
  }

  /**
   * @throws UsageException where the target lies in the store, whose files are its own
   */
  static void requireOutside(String option, Path path, Path store) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    while (folder != null && !Files.exists(folder)) {
      folder = folder.getParent();
    }
    try {
      if (folder != null
          && Files.isDirectory(store)
          && folder.toRealPath().startsWith(store.toRealPath())) {
        throw new UsageException(
            "%s is %s, inside the store %s; name a target outside of it"
                .formatted(option, path, store));
      }
    } catch (IOException e) {
      throw new UsageException("%s is %s, which cannot be reached: %s".formatted(option, path, e));
    }
  }
}
