package dev.assay.storage;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Files of {@code runs/} that are not whole yet: each is named by the worker that writes it. */
final class TemporaryFiles {
  private static final Logger LOG = LoggerFactory.getLogger(TemporaryFiles.class);
  private static final Pattern NAME = Pattern.compile("\\..+\\.json\\.(\\d{1,18})\\.tmp");

  private TemporaryFiles() {}

  /** Where a worker writes a file until it is whole. */
  static Path of(Path file, long workerId) {
    return file.resolveSibling("." + file.getFileName() + "." + workerId + ".tmp");
  }

  /** Deletes those of processes that are gone; what stays is in nobody's way. */
  static void deleteLeft(Path store, Path run, long workerId) {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(run)) {
      for (Path entry : entries) {
        try {
          deleteIfLeft(store, entry, workerId);
        } catch (IOException e) {
          LOG.warn("cannot delete {}: {}", entry, e.toString());
        }
      }
    } catch (NoSuchFileException e) {
      // Writing the first file creates the directory.
    } catch (IOException | DirectoryIteratorException e) {
      LOG.warn("cannot list {}: {}", run, e.toString());
    }
  }

  private static void deleteIfLeft(Path store, Path file, long workerId) throws IOException {
    Matcher name = NAME.matcher(file.getFileName().toString());
    if (name.matches()) {
      long worker = Long.parseLong(name.group(1));
      if (worker != workerId && !WorkerLock.isHeld(store.resolve("lake"), worker)) {
        Files.deleteIfExists(file);
      }
    }
  }
}
