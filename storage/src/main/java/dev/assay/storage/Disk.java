package dev.assay.storage;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/**
 * Writes files so that a reader sees all of one or nothing, and a power failure takes none back.
 */
public final class Disk {
  private static final boolean WINDOWS = FileSystems.getDefault().getSeparator().equals("\\");

  private Disk() {}

  /** Creates a directory and what is missing above it. */
  static void createDirectories(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.toAbsolutePath().getParent();
    if (parent != null) {
      createDirectories(parent);
    }
    Files.createDirectories(directory);
    if (parent != null) {
      syncDirectory(parent);
    }
  }

  /**
   * Gives a file that was written and synced its lasting name.
   *
   * @throws FileAlreadyExistsException where the name is taken: a published file never changes
   */
  static void publish(Path temporary, Path target) throws IOException {
    if (Files.exists(target)) {
      throw new FileAlreadyExistsException(
          target.toString(), null, "a file of that name is there already, and it stays as it is");
    }
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    syncDirectory(directoryOf(target));
  }

  /** Moves a file to a place that is free, on the same file system. */
  static void move(Path file, Path target) throws IOException {
    createDirectories(directoryOf(target));
    publish(file, target);
    syncDirectory(directoryOf(file));
  }

  /** Puts a file's content on disk that others have written. */
  public static void sync(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Writes what a new file holds. */
  @FunctionalInterface
  interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a new file that nothing names yet; it is on disk when this returns. */
  static void create(Path file, Content content) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      // Writers close what they write to; the channel must outlive that.
      content.writeTo(
          new FilterOutputStream(Channels.newOutputStream(channel)) {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
              out.write(bytes, offset, length);
            }

            @Override
            public void close() {}
          });
      channel.force(true);
    }
    syncDirectory(directoryOf(file));
  }

  /** Replaces a file's content as one step. */
  static void replace(Path target, byte[] content) throws IOException {
    Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
    try (FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    putOver(temporary, target);
  }

  /** Gives what was written and synced the name of a file or empty directory that may be there. */
  public static void putOver(Path temporary, Path target) throws IOException {
    Files.move(
        temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(directoryOf(target));
  }

  /** A new file that the operating system deletes with the process. */
  static FileChannel scratch(Path directory) throws IOException {
    return FileChannel.open(
        directory.resolve(".scratch-" + UUID.randomUUID() + ".tmp"),
        StandardOpenOption.CREATE_NEW,
        StandardOpenOption.READ,
        StandardOpenOption.WRITE,
        StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static Path directoryOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException("%s is in no directory".formatted(file));
    }
    return parent;
  }

  private static void syncDirectory(Path directory) throws IOException {
    // Windows cannot open a directory, and keeps its entries by itself.
    if (!WINDOWS) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
