package dev.assay.storage;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A store of which this process only reads. Where it may not write, on a read-only disk or in
 * somebody else's directory, it reads a private copy of {@code live.db}, because SQLite cannot read
 * a database with a write-ahead log without writing beside it: the store as it was when it was
 * opened. The lake's files are read where they are.
 */
final class ReadOnlyStore extends ReadableStore {
  /** What is let go of at the end. */
  private final Closeable hold;

  private ReadOnlyStore(Path directory, LiveDatabase live, Closeable hold) {
    super(directory, live);
    this.hold = hold;
  }

  /** Reads a copy of {@code live.db}. */
  static ReadOnlyStore ofCopy(Path directory) {
    StoreDirectory.requireStore(directory);
    StoreDirectory.requireNoRepair(directory);
    try {
      Path scratch = Files.createTempDirectory(LiveCopy.PREFIX);
      Path copy = scratch.resolve("live.db");
      try {
        LiveCopy.take(directory.resolve("live.db"), copy);
        return new ReadOnlyStore(
            directory, LiveDatabase.open(copy), () -> LiveCopy.delete(scratch));
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

  /**
   * Reads {@code live.db} where it is, with the lock of a worker: a repair, which puts another file
   * in its place, waits for its end.
   */
  static ReadOnlyStore inPlace(Path directory) {
    LiveDatabase live = StoreDirectory.openExisting(directory, Durability.NORMAL);
    try {
      Path lake = directory.resolve("lake");
      return new ReadOnlyStore(
          directory, live, WorkerLock.hold(lake, Workers.allocate(live))::close);
    } catch (IOException e) {
      live.close();
      throw new StoreException("cannot open %s for reading: %s".formatted(directory, e), e);
    } catch (RuntimeException e) {
      live.close();
      throw e;
    }
  }

  @Override
  public void close() {
    try (hold;
        live;
        trials) {
      Trials.LOG.debug("closing {}", directory());
    } catch (IOException e) {
      throw new StoreException("cannot close %s: %s".formatted(directory(), e), e);
    }
  }
}
