package dev.assay.analytics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/** The temporary directory outside the store to which a database spills what memory cannot hold. */
final class Scratch {
  private Scratch() {}

  static Path create() {
    try {
      return Files.createTempDirectory("assay-");
    } catch (IOException e) {
      throw new AnalyticsException("cannot make a temporary directory: " + e, e);
    }
  }

  /** A database's settings, with which its memory is bounded. */
  static Properties settings(Path scratch, String memoryLimit) {
    Properties settings = new Properties();
    settings.setProperty("memory_limit", memoryLimit);
    settings.setProperty("threads", Integer.toString(Runtime.getRuntime().availableProcessors()));
    settings.setProperty("temp_directory", scratch.toString());
    return settings;
  }

  static void remove(Path directory) {
    try (Stream<Path> walk = Files.walk(directory)) {
      List<Path> paths = walk.sorted(Comparator.reverseOrder()).toList();
      for (Path path : paths) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // What DuckDB still holds stays in the system's temporary directory, which cleans itself.
      directory.toFile().deleteOnExit();
    }
  }
}
