package dev.assay.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A store that this process does not write to: on a read-only disk, or somebody else's. SQLite
 * cannot read a database with a write-ahead log without writing beside it, so a private copy of
 * {@code live.db} is read: the store as it was when it was opened. The lake's files are read where
 * they are.
 */
final class ReadOnlyStore extends ReadableStore {
  private final Path scratch;

  private ReadOnlyStore(Path directory, LiveDatabase live, Path scratch) {
    super(directory, live);
    this.scratch = scratch;
  }

  static ReadOnlyStore open(Path directory) {
    StoreDirectory.requireStore(directory);
    StoreDirectory.requireNoRepair(directory);
    try {
      Path scratch = Files.createTempDirectory("assay-");
      Path copy = scratch.resolve("live.db");
      try {
        LiveCopy.take(directory.resolve("live.db"), copy);
        return new ReadOnlyStore(directory, LiveDatabase.open(copy), scratch);
      } catch (IOException | RuntimeException e) {
        LiveCopy.delete(scratch);
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot open %s for reading: %s; live.db must be readable, and the temporary directory needs room for a copy of it"
              .formatted(directory, e),
          e);
    }
  }

  @Override
  public void close() {
    try (live;
        trials) {
      Trials.LOG.debug("closing {}", directory());
    } finally {
      LiveCopy.delete(scratch);
    }
  }
}
