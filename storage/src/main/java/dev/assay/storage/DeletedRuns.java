package dev.assay.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the directories in {@code runs/} of studies that are gone. A directory is renamed before
 * anything in it is deleted, so that none is ever there in part.
 *
 * <p>Safe to share between threads and processes, which may all do it at once.
 */
final class DeletedRuns {
  private static final String AWAY = ".deleted-";

  private final Path runs;

  DeletedRuns(Path store) {
    this.runs = store.resolve(RunDirectories.NAME);
  }

  /**
   * Deletes the directories of these studies, and what earlier calls have left.
   *
   * @return how many bytes the files of these studies had
   */
  long delete(Set<Long> studies) throws IOException {
    Set<Path> moved = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runs)) {
      for (Path entry : entries) {
        Matcher name = RunDirectories.RUN.matcher(entry.getFileName().toString());
        if (name.matches() && studies.contains(Long.parseLong(name.group(1)))) {
          moved.add(moveAway(entry, name.group(1)));
        }
      }
    }
    long bytes = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(runs, AWAY + "*")) {
      for (Path entry : entries) {
        Deleter deleter = new Deleter();
        Files.walkFileTree(entry, deleter);
        bytes += moved.contains(entry) ? deleter.bytes : 0;
      }
    }
    return bytes;
  }

  private Path moveAway(Path run, String studyId) throws IOException {
    Path away = runs.resolve(AWAY + studyId + "-" + UUID.randomUUID());
    return RunDirectories.lock(runs)
        .locked(
            () -> {
              try {
                return Files.move(run, away, StandardCopyOption.ATOMIC_MOVE);
              } catch (NoSuchFileException e) {
                // Another process was first.
                return away;
              }
            });
  }

  /** Deletes a directory; what another process deletes meanwhile is no fault. */
  private static final class Deleter extends SimpleFileVisitor<Path> {
    private long bytes;

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (Files.deleteIfExists(file)) {
        bytes += attributes.size();
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw e;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e)
        throws IOException {
      if (e != null && !(e instanceof NoSuchFileException)) {
        throw e;
      }
      Files.deleteIfExists(directory);
      return FileVisitResult.CONTINUE;
    }
  }
}
