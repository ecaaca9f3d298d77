package dev.assay.storage.json;

import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;

/** Where the legacy system's real runs are. */
final class LegacyData {
  private LegacyData() {}

  /** Their directory; the test that asks is skipped where there is none. */
  static Path directory() {
    Path directory = Path.of(System.getProperty("assay.legacy", "legacy"));
    assumeThat(directory).as("real legacy runs (-Dassay.legacy=DIR)").isDirectory();
    return directory;
  }
}
