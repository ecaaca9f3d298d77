package dev.assay.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;

/**
 * Copies a live database with what its write-ahead log holds, while its owner may be writing.
 *
 * <p>The log is copied after the database. What is copied from the log into the database meanwhile
 * does no harm, since the log that is copied has it too; a log that is begun anew or deleted
 * meanwhile would, so then both are copied again.
 */
final class LiveCopy {
  /** What the names of the directories begin with that this process puts copies into. */
  static final String PREFIX = "assay-" + ProcessHandle.current().pid() + "-";

  private static final int ATTEMPTS = 20;

  /** What is written anew with each new log: its salt is in there. */
  private static final int LOG_HEADER = 32;

  private LiveCopy() {}

  private record Stamp(long size, FileTime modified, ByteBuffer logHeader) {
    static Stamp of(Path database, Path log) throws IOException {
      ByteBuffer header = ByteBuffer.allocate(LOG_HEADER);
      try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ)) {
        while (header.hasRemaining() && channel.read(header) >= 0) {}
      } catch (NoSuchFileException e) {
        header.clear();
      }
      return new Stamp(
          Files.size(database), Files.getLastModifiedTime(database), header.flip().slice());
    }
  }

  /** Takes the copy; {@code copy} is in a directory of the caller's own. */
  static void take(Path database, Path copy) throws IOException {
    Path log = log(database);
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Stamp before = Stamp.of(database, log);
      Files.copy(database, copy, StandardCopyOption.REPLACE_EXISTING);
      Files.deleteIfExists(log(copy));
      try {
        Files.copy(log, log(copy));
      } catch (NoSuchFileException e) {
        Trials.LOG.debug("{} has no log", database);
      }
      if (Stamp.of(database, log).equals(before)) {
        return;
      }
    }
    throw new IOException("%s changes faster than it can be copied; try again".formatted(database));
  }

  private static Path log(Path database) {
    return database.resolveSibling(database.getFileName() + "-wal");
  }

  /** Deletes the directory that a copy was taken into. */
  static void delete(Path directory) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      Trials.LOG.warn("cannot delete {}: {}", directory, e.toString());
    }
  }
}
