package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import java.nio.file.Path;

/** A store that is there already, for reading; nothing is written to one that this user may not. */
record OpenedStore(ReadableStore store, Console console) implements AutoCloseable {
  static OpenedStore of(Path directory, Console console) {
    return new OpenedStore(Store.openForReading(directory), console);
  }

  /** The store to write to. */
  Store writable() {
    if (store instanceof Store writable) {
      return writable;
    }
    throw new CommandException(
        "%s cannot be written: run this as a user who may write to it"
            .formatted(store.directory()));
  }

  /** The study that the user means by {@code run}. */
  StudyRecord study(String run) {
    try {
      return Analytics.study(store, run);
    } catch (AnalyticsException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  /** A session with all that is finished by now, or that a store that is only read lets be seen. */
  Analytics analytics() {
    if (store instanceof Store writable) {
      return Analytics.open(writable);
    }
    long hidden = store.trialsNotShown();
    if (hidden > 0) {
      console.note(
          "%s cannot be written: %d finished trials that no reader has been shown yet are missing"
              .formatted(store.directory(), hidden));
    }
    return Analytics.open(store.directory());
  }

  /** What a question ended with: one without a cause is about what the user has named. */
  static RuntimeException shown(AnalyticsException e) {
    return e.getCause() == null ? new UsageException(String.valueOf(e.getMessage())) : e;
  }

  @Override
  public void close() {
    store.close();
  }
}
