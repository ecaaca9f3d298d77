package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Where one run goes. Closing without a commit drops it. Not safe to share between threads. */
public sealed interface RunTarget extends AutoCloseable
    permits RunTarget.IntoStore, RunTarget.Nowhere, Examination {
  /**
   * @param store null for a dry run
   * @param systemAttrs taken as they are at the commit
   */
  static RunTarget of(
      @Nullable Store store,
      String name,
      List<Direction> directions,
      ObjectNode userAttrs,
      ObjectNode systemAttrs) {
    return store == null
        ? new Nowhere()
        : new IntoStore(store, name, directions, userAttrs, systemAttrs);
  }

  /** Takes a file, and returns the SHA-256 of its content in hexadecimal. */
  String addFile(String path, @Nullable String trialFile, byte[] content);

  /** Takes a file of any size, as above. */
  String addFile(String path, @Nullable String trialFile, Path file);

  void addTrial(FrozenTrial trial);

  void addSignatures(Collection<String> signatures);

  /** Keeps a copy of a file that could not be understood. */
  void quarantine(String path, byte[] content, Path source, String reason);

  /**
   * Makes the run a study.
   *
   * @param lateAttrs attributes that are known only now that everything was read
   * @return the study's size in the lake, in bytes
   */
  long commit(ObjectNode lateAttrs);

  @Override
  void close();

  /** A new study of a store. */
  final class IntoStore implements RunTarget {
    private final Store store;
    private final StudyImport study;
    private final ObjectNode systemAttrs;
    private final Quarantine quarantine;

    private IntoStore(
        Store store,
        String name,
        List<Direction> directions,
        ObjectNode userAttrs,
        ObjectNode systemAttrs) {
      this.store = store;
      this.systemAttrs = systemAttrs;
      this.study = store.beginImport(name, directions, userAttrs, systemAttrs);
      this.quarantine = new Quarantine(store.directory(), name);
    }

    @Override
    public String addFile(String path, @Nullable String trialFile, byte[] content) {
      return study.addFile(path, trialFile, content);
    }

    @Override
    public String addFile(String path, @Nullable String trialFile, Path file) {
      return study.addFile(path, trialFile, file);
    }

    @Override
    public void addTrial(FrozenTrial trial) {
      study.addTrial(trial);
    }

    @Override
    public void addSignatures(Collection<String> signatures) {
      study.addSignatures(signatures);
    }

    @Override
    public void quarantine(String path, byte[] content, Path source, String reason) {
      quarantine.keep(path, content, source, reason);
    }

    @Override
    public long commit(ObjectNode lateAttrs) {
      // The import takes its attributes as they are at the commit.
      systemAttrs.setAll(lateAttrs);
      StudyRecord record = study.commit();
      return Stream.of("trials", "files")
          .map(kind -> store.directory().resolve("lake").resolve(kind))
          .mapToLong(kind -> sizeOf(kind.resolve("study=" + record.id())))
          .sum();
    }

    private static long sizeOf(Path directory) {
      if (!Files.isDirectory(directory)) {
        return 0;
      }
      try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
        long bytes = 0;
        for (Path file : files) {
          bytes += Files.size(file);
        }
        return bytes;
      } catch (IOException e) {
        throw new StoreException("cannot list %s: %s".formatted(directory, e.getMessage()), e);
      }
    }

    @Override
    public void close() {
      study.close();
    }
  }

  /** Nowhere: a dry run. */
  final class Nowhere implements RunTarget {
    private Nowhere() {}

    @Override
    public String addFile(String path, @Nullable String trialFile, byte[] content) {
      return Fingerprint.sha256(content);
    }

    @Override
    public String addFile(String path, @Nullable String trialFile, Path file) {
      try {
        return Fingerprint.ofContent(file);
      } catch (IOException e) {
        throw new StoreException("cannot read %s: %s".formatted(file, e.getMessage()), e);
      }
    }

    @Override
    public void addTrial(FrozenTrial trial) {}

    @Override
    public void addSignatures(Collection<String> signatures) {}

    @Override
    public void quarantine(String path, byte[] content, Path source, String reason) {}

    @Override
    public long commit(ObjectNode lateAttrs) {
      return 0;
    }

    @Override
    public void close() {}
  }
}
