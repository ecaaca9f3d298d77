package dev.assay.bench;

import dev.assay.storage.Direction;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.json.Json;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A new store in a temporary directory that is deleted at the close. */
final class BenchStore implements AutoCloseable {
  private final Path root = Files.createTempDirectory("assay-bench");
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Store store =
      Store.open(root.resolve("store"), StoreOptions.DEFAULT.withMeters(meters));

  BenchStore() throws IOException {}

  Store store() {
    return store;
  }

  Path directory() {
    return store.directory();
  }

  StudyRecord study(String name) {
    return study(name, TrialFiles.KEEP);
  }

  StudyRecord study(String name, TrialFiles files) {
    return store.openStudy(
        new StudySettings(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object(), files));
  }

  /** How long the longest transaction so far was open, in milliseconds. */
  double longestTransaction() {
    return meters.get("assay.commits.longest").gauge().value() * 1000;
  }

  /** The size of the files below a directory of the store, in bytes. */
  long bytes(String directory) throws IOException {
    Path path = directory().resolve(directory);
    return Files.exists(path) ? bytes(path) : 0;
  }

  /** The size of all files of a directory, in bytes. */
  static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.mapToLong(BenchStore::size).sum();
    }
  }

  /** How many parts of sealed trials there are. */
  long parts() throws IOException {
    try (Stream<Path> files = Files.walk(directory().resolve("lake/trials"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("part-")).count();
    }
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      // Deleted meanwhile.
      return 0;
    }
  }

  /** The most memory that this process has had in hand, in megabytes; 0 where nothing tells. */
  static double peakMegabytes() throws IOException {
    return peakMegabytes(ProcessHandle.current().pid());
  }

  /** The same of another process; 0 also where it has ended. */
  static double peakMegabytes(long pid) throws IOException {
    try {
      return Files.readAllLines(Path.of("/proc/%d/status".formatted(pid))).stream()
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")) / 1024)
          .sum();
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
    delete(root);
  }

  /** Deletes a directory with all that is in it. */
  static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
