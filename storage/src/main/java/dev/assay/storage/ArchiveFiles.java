package dev.assay.storage;

import dev.assay.storage.PartReader.FileRow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * The files of one part of the archive. DuckDB's driver takes 2,048 rows at a time into the heap,
 * and ends the process where they do not fit: so the sizes are read first, and then the contents of
 * so many rows as come to a few megabytes, or of one larger row.
 */
final class ArchiveFiles {
  /** A row group is decompressed again for each batch: fewer bytes take more time. */
  private static final int BATCH_BYTES = 8 << 20;

  private static final int BATCH_FILES = 2048;

  /** Which part of the heap one file may take. */
  private static final int HEAP_SHARE = 4;

  private final PartReader reader;
  private final Path part;

  /** Takes a file, or a piece of one. */
  @FunctionalInterface
  interface Visitor {
    void visit(FileRow file, ByteBuffer content) throws IOException;
  }

  ArchiveFiles(PartReader reader, Path part) {
    this.reader = reader;
    this.part = part;
  }

  /**
   * Shows the files in the part's order: of one in pieces each piece, the first one first.
   *
   * @param wanted which, by their path
   * @throws StoreException that names the part, where it cannot be read
   */
  void forEach(Predicate<String> wanted, Visitor visitor) throws IOException {
    List<FileRow> batch = new ArrayList<>();
    long first = 0;
    long bytes = 0;
    try (PartRows<FileRow> rows = reader.files(part)) {
      for (FileRow row = rows.next(); row != null; row = rows.next()) {
        long length = row.end() - row.begin();
        boolean isFull = bytes + length > BATCH_BYTES || batch.size() == BATCH_FILES;
        if (isFull && !batch.isEmpty()) {
          visit(batch, first, wanted, visitor);
          first += batch.size();
          bytes = 0;
          batch.clear();
        }
        batch.add(row);
        bytes += length;
      }
    }
    visit(batch, first, wanted, visitor);
  }

  /** A file that has a batch of its own may be larger than the heap. */
  private void requireRoom(List<FileRow> batch) {
    long most = Runtime.getRuntime().maxMemory() / HEAP_SHARE;
    for (FileRow file : batch) {
      long length = file.end() - file.begin();
      if (length < 0 || length > most) {
        throw new StoreException(
            "%s: %s has %d bytes, of which %d at most fit into this JVM; give it more memory (-Xmx)"
                .formatted(part, file.path(), length, most));
      }
    }
  }

  private void visit(List<FileRow> batch, long first, Predicate<String> wanted, Visitor visitor)
      throws IOException {
    List<Integer> chosen = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      if (wanted.test(batch.get(i).path())) {
        chosen.add(i);
      }
    }
    if (chosen.isEmpty()) {
      return;
    }
    requireRoom(batch);
    int from = chosen.get(0);
    int to = chosen.get(chosen.size() - 1);
    try (PartRows<ByteBuffer> contents = reader.contents(part, first + from, first + to)) {
      for (int i = from; i <= to; i++) {
        ByteBuffer content = contents.next();
        if (content == null) {
          throw new StoreException("%s ends before its file %d".formatted(part, first + i));
        }
        if (wanted.test(batch.get(i).path())) {
          visitor.visit(batch.get(i), content);
        }
      }
    }
  }
}
