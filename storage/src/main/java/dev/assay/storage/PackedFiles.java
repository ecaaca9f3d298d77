package dev.assay.storage;

import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes files out of {@code runs/} that a committed part of the archive holds, where the study's
 * trial files are {@link TrialFiles#COMPACTED}. What is deleted was read back from the archive
 * before; a file that has anything else in it stays. Whatever a crash leaves is found by the next
 * look. Safe to share between threads.
 */
final class PackedFiles {
  private static final Logger LOG = LoggerFactory.getLogger(PackedFiles.class);
  private static final Pattern NAME = Pattern.compile("trial_\\d+\\.(json|log)");

  private final Path store;
  private final LiveDatabase live;
  private final PartReader reader;

  /** Files by study that the archive does not hold as they are: nobody looks for them again. */
  private final Map<Long, Set<String>> others = new HashMap<>();

  PackedFiles(Path store, LiveDatabase live, PartReader reader) {
    this.store = store;
    this.live = live;
    this.reader = reader;
  }

  /** What cannot be read or deleted stays where it is, with a warning. */
  synchronized void remove(StudyRecord study) {
    if (study.trialFiles() != TrialFiles.COMPACTED) {
      return;
    }
    Path run = RunDirectories.of(store, study.id(), study.name());
    try {
      Set<String> left = sealed(run, study.id());
      if (!left.isEmpty()) {
        remove(run, study.id(), left);
      }
    } catch (NoSuchFileException e) {
      LOG.debug("nothing is written yet: {}", e.toString());
    } catch (IOException | DirectoryIteratorException | StoreException e) {
      LOG.warn("packed files are left in {} for now: {}", run, e.toString());
    }
  }

  /** The files in the run's directory whose trials are not in the live database any more. */
  private Set<String> sealed(Path run, long studyId) throws IOException {
    // Listed first: a trial that begins meanwhile is in the database before its files are there.
    Set<String> names = new HashSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(run)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (NAME.matcher(name).matches()) {
          names.add(name);
        }
      }
    }
    names.removeAll(others.getOrDefault(studyId, Set.of()));
    if (!names.isEmpty()) {
      for (String hot : hot(studyId)) {
        names.remove(hot);
        names.remove(RunDirectories.logOf(hot));
      }
    }
    return names;
  }

  private List<String> hot(long studyId) {
    return live.query(
        sql ->
            sql.list(
                "SELECT trial_file FROM trials WHERE study_id = ? AND " + Parts.NOT_SEALED,
                row -> row.getString(1),
                studyId));
  }

  private void remove(Path run, long studyId, Set<String> left) throws IOException {
    List<Part> parts =
        new ArrayList<>(
            live.query(
                sql ->
                    Parts.list(
                        sql, "study_id = ? AND kind = 'files' AND status = 'committed'", studyId)));
    // Also where another process has committed a part, no power failure shall take it back.
    live.sync();
    // The last seal's files are in the last part.
    Collections.reverse(parts);
    Set<String> removed = new HashSet<>();
    Set<String> unlike = new HashSet<>();
    for (Part part : parts) {
      if (!removed.containsAll(left)) {
        new ArchiveFiles(reader, part.file(store))
            .forEach(
                left::contains,
                (file, content) -> {
                  Path there = run.resolve(file.path());
                  if (!isPacked(there, file, content)) {
                    unlike.add(file.path());
                  } else if (file.isLast() && !unlike.contains(file.path())) {
                    Files.deleteIfExists(there);
                    removed.add(file.path());
                  }
                });
      }
    }
    left.removeAll(removed);
    others.computeIfAbsent(studyId, id -> new HashSet<>()).addAll(left);
  }

  /** False where something else is in the file, which stays then. */
  private static boolean isPacked(Path file, FileRow row, ByteBuffer packed) throws IOException {
    try {
      // Torn by a power failure, it is the beginning of what was packed.
      long size = Files.size(file);
      int there = (int) Math.max(0, Math.min(packed.remaining(), size - row.begin()));
      return size <= row.size()
          && packed.slice().limit(there).equals(read(file, row.begin(), there));
    } catch (NoSuchFileException e) {
      // Another process has deleted it.
      return true;
    }
  }

  private static ByteBuffer read(Path file, long from, int bytes) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(bytes);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (content.hasRemaining() && channel.read(content, from + content.position()) >= 0) {
        // The rest of it.
      }
    }
    return content.flip();
  }
}
