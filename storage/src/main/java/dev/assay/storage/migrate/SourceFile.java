package dev.assay.storage.migrate;

import java.nio.file.Path;

/**
 * A file as it was listed.
 *
 * @param location where it is
 * @param path relative to its folder, with forward slashes
 * @param size in bytes
 * @param modified nanoseconds since 1970
 */
record SourceFile(Path location, String path, long size, long modified) {
  /** The last part of the path. */
  String name() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
