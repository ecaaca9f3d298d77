package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.storage.Store;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A store that is there already, for reading. One that this user may not write is read as it was
 * last shown to readers.
 */
record OpenedStore(Path directory, @Nullable Store store) implements AutoCloseable {
  static OpenedStore of(Path directory, Console console) {
    if (Files.isDirectory(directory) && !Files.isWritable(directory)) {
      console.note(
          "%s cannot be written: trials that no reader has been shown yet are missing"
              .formatted(directory));
      return new OpenedStore(directory, null);
    }
    return new OpenedStore(directory, Store.openExisting(directory));
  }

  /** A session with all that is finished by now. */
  Analytics analytics() {
    return store == null ? Analytics.open(directory) : Analytics.open(store);
  }

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
