package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ArchivedFile;
import dev.assay.storage.StudyRecord;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which files of a folder the archive has, and how they looked when they were taken: a file that
 * looks the same is not read again. Not safe to share between threads.
 */
final class TakenFiles {
  /**
   * The system attribute of a run that is being watched: nanoseconds since 1970. What was modified
   * up to then, and has the size that the archive says, is as it was taken.
   */
  static final String WATCHED_UNTIL = "watched_until";

  private final Map<String, Taken> taken = new HashMap<>();

  /** A file as it was taken. */
  private record Taken(long size, long modified, String sha256, @Nullable String trialFile) {
    boolean is(SourceFile file) {
      return size == file.size() && modified == file.modified();
    }
  }

  /** What a study has of a folder as it is now; only what may have changed meanwhile is read. */
  static TakenFiles of(StudyRecord study, List<ArchivedFile> archive, RunListing files) {
    TakenFiles all = new TakenFiles();
    Map<String, ArchivedFile> archived = new HashMap<>();
    archive.forEach(file -> archived.put(file.path(), file));
    ObjectNode attributes = study.systemAttrs();
    String stamp = attributes.path(KnownRuns.STAMP).textValue();
    boolean isSame = Objects.equals(stamp, Fingerprint.stampOf(files));
    long until = attributes.path(WATCHED_UNTIL).asLong(Long.MIN_VALUE);
    for (SourceFile file : files.files()) {
      ArchivedFile known = archived.get(file.path());
      if (known != null && known.sha256() != null) {
        boolean isAsTaken =
            known.size() == file.size()
                && (isSame || file.modified() <= until || known.sha256().equals(digestOf(file)));
        // Else it is known, and has another content by now.
        long size = isAsTaken ? file.size() : -1;
        all.taken.put(
            file.path(), new Taken(size, file.modified(), known.sha256(), known.trialFile()));
      }
    }
    return all;
  }

  private static @Nullable String digestOf(SourceFile file) {
    try {
      return Fingerprint.ofContent(file.location());
    } catch (IOException e) {
      // It is read again when it is taken, and whoever does says so.
      return null;
    }
  }

  /** Whether the archive has the file, with whatever content. */
  boolean has(SourceFile file) {
    return taken.containsKey(file.path());
  }

  /** Whether the archive has the file as it looks now. */
  boolean isCurrent(SourceFile file) {
    Taken known = taken.get(file.path());
    return known != null && known.is(file);
  }

  /** Whether the archive has the file as one of the run as a whole. */
  boolean hasNoTrial(SourceFile file) {
    Taken known = taken.get(file.path());
    return known != null && known.trialFile() == null;
  }

  void put(SourceFile file, @Nullable String trialFile, String sha256) {
    taken.put(file.path(), new Taken(file.size(), file.modified(), sha256, trialFile));
  }

  /** The attributes by which the folder is known again, as far as it is taken. */
  void putTo(ObjectNode systemAttrs, String study, RunListing files, long trials) {
    Map<String, String> digests = new HashMap<>();
    long bytes = 0;
    long until = Long.MIN_VALUE;
    long pending = Long.MAX_VALUE;
    for (SourceFile file : files.files()) {
      Taken known = taken.get(file.path());
      if (known != null && known.is(file)) {
        digests.put(file.path(), known.sha256());
        bytes += file.size();
        until = Math.max(until, file.modified());
      } else {
        pending = Math.min(pending, file.modified());
      }
    }
    boolean isWhole = pending == Long.MAX_VALUE && files.findings().isEmpty();
    systemAttrs.remove(KnownRuns.STAMP);
    new KnownRuns.Run(
            study,
            files.directory().toString(),
            null,
            Fingerprint.of(digests),
            isWhole ? Fingerprint.stampOf(files) : null,
            digests.size(),
            bytes,
            trials)
        .putTo(systemAttrs);
    systemAttrs.put(WATCHED_UNTIL, Math.min(until, pending - 1));
  }
}
