package dev.assay.storage;

import dev.assay.storage.PartReader.FileRow;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The large files of an archive part on its way, in a file that the operating system deletes with
 * the process: all of them are wanted at once, for {@linkplain #forEach a piece of each} at a time.
 * Not safe to share between threads.
 */
final class LargeFiles implements AutoCloseable {
  private final Path directory;
  private final List<Held> all = new ArrayList<>();

  /** Files of which a piece is still to come, by their path. */
  private final Map<String, Held> begun = new HashMap<>();

  private @Nullable FileChannel channel;
  private long bytes;

  /** A file, and where its content begins. */
  private static final class Held {
    private final FileRow file;
    private final long begin;
    private long there;

    Held(FileRow file, long begin) {
      this.file = file;
      this.begin = begin;
    }
  }

  /** Takes a piece of a file. */
  @FunctionalInterface
  interface Visitor {
    void visit(FileRow piece, ByteBuffer content) throws IOException;
  }

  /**
   * @param directory where there is room for them
   */
  LargeFiles(Path directory) {
    this.directory = directory;
  }

  /** How much there is of all files, in bytes. */
  long bytes() {
    return bytes;
  }

  /** Takes a file, or a piece of it: the pieces of a file come in their order. */
  void add(FileRow piece, ByteBuffer content) throws IOException {
    Held held = begun.remove(piece.path());
    if (held == null) {
      held = new Held(piece, bytes);
      all.add(held);
      bytes += piece.size();
    }
    FileChannel open = open();
    long from = held.begin + held.there;
    held.there += content.remaining();
    while (content.hasRemaining()) {
      from += open.write(content, from);
    }
    if (held.there < held.file.size()) {
      begun.put(piece.path(), held);
    }
  }

  private FileChannel open() throws IOException {
    FileChannel open = channel;
    if (open == null) {
      open = Disk.scratch(directory);
      channel = open;
    }
    return open;
  }

  /**
   * Cuts all files into that many pieces, and shows the first of each, then the second of each, and
   * so on.
   */
  void forEach(int pieces, Visitor visitor) throws IOException {
    if (!begun.isEmpty()) {
      throw new IOException("%s is not whole".formatted(begun.keySet().iterator().next()));
    }
    for (int piece = 0; piece < pieces; piece++) {
      for (Held held : all) {
        FileRow row = held.file.piece(piece, pieces);
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(row.end() - row.begin()));
        read(content, held.begin + row.begin());
        visitor.visit(row, content.flip());
      }
    }
  }

  private void read(ByteBuffer content, long from) throws IOException {
    FileChannel open = open();
    while (content.hasRemaining()) {
      if (open.read(content, from + content.position()) < 0) {
        throw new EOFException("a temporary file in %s was cut".formatted(directory));
      }
    }
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
