package dev.assay.storage.migrate;

/**
 * Hears how a migration gets on. Called on the migrating thread, often: implementations return
 * quickly.
 */
public interface MigrationListener {
  /** Hears nothing. */
  MigrationListener NONE = new MigrationListener() {};

  /**
   * A source is about to be read.
   *
   * @param files how many files it has; of a study in a database, how many trials
   * @param bytes how large they are together
   */
  default void started(String study, long files, long bytes) {}

  /** After each file, or trial, of the source that was {@link #started} last. */
  default void progress(long filesDone, long bytesDone) {}

  /** A source is done: taken, already there or skipped. */
  default void finished(SourceReport report) {}
}
