package dev.assay.engine.cli;

import dev.assay.storage.PrintableText;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.SourceReport;
import org.jspecify.annotations.Nullable;

/** A line on a terminal that says how far a migration is. Thread-safe. */
final class MigrationProgress implements MigrationListener, AutoCloseable {
  private static final double MEGABYTE = 1e6;

  private final @Nullable ProgressLine line;
  private String study = "";
  private long files;
  private long bytes;
  private long filesDone;
  private long bytesDone;
  private long sources;

  MigrationProgress(Console console) {
    line = console.isTerminal() ? new ProgressLine(console.err(), this::text) : null;
  }

  @Override
  public synchronized void started(String study, long files, long bytes) {
    this.study = study;
    this.files = files;
    this.bytes = bytes;
    filesDone = 0;
    bytesDone = 0;
  }

  @Override
  public synchronized void progress(long filesDone, long bytesDone) {
    this.filesDone = filesDone;
    this.bytesDone = bytesDone;
  }

  @Override
  public synchronized void finished(SourceReport report) {
    sources++;
  }

  private synchronized String text() {
    return "%d sources done  %s: %d/%d, %d/%d MB"
        .formatted(
            sources,
            PrintableText.of(study),
            filesDone,
            files,
            Math.round(bytesDone / MEGABYTE),
            Math.round(bytes / MEGABYTE));
  }

  @Override
  public void close() {
    if (line != null) {
      line.close();
    }
  }
}
