package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.RestoreReport.Problem;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Puts the files of one study into an empty directory. Used once, by one thread. */
final class Restore {
  /** As the operating system says it; where another says otherwise, the restore ends there. */
  private static final String TOO_LONG = "File name too long";

  private final ReadableStore store;
  private final StudyRecord study;
  private final Path directory;
  private final Predicate<String> only;
  private final List<Problem> problems = new ArrayList<>();

  /** Archived files that could not be put back: no other file takes their place. */
  private final Set<String> broken = new HashSet<>();

  /** Archived files of which a piece is still to come, by their paths. */
  private final Map<String, Begun> begun = new LinkedHashMap<>();

  private long archived;
  private long remade;
  private long bytes;

  /** What there is so far of an archived file. */
  private static final class Begun {
    private final FileRow row;
    private final MessageDigest digest = PartOutput.sha256();
    private long bytes;

    Begun(FileRow row) {
      this.row = row;
    }

    /** What is wrong with it, when its last piece has come; null where nothing is. Asked once. */
    @Nullable String fault() {
      String found = HexFormat.of().formatHex(digest.digest());
      if (bytes != row.size()) {
        return "the archive is damaged here: it has %d bytes, expected %d"
            .formatted(bytes, row.size());
      }
      return found.equals(row.sha256())
          ? null
          : "the archive is damaged here: its SHA-256 is %s, expected %s"
              .formatted(found, row.sha256());
    }
  }

  Restore(ReadableStore store, StudyRecord study, Path directory, Predicate<String> only) {
    this.store = store;
    this.study = study;
    this.directory = directory.toAbsolutePath().normalize();
    this.only = only;
  }

  RestoreReport run() {
    try {
      requireEmpty();
      Files.createDirectories(directory);
      restoreArchive();
      remakeTrials();
      if (!study.systemAttrs().path("source_kind").asText().startsWith("legacy-")) {
        remakeStudy();
      }
    } catch (IOException e) {
      throw new StoreException(
          "cannot restore '%s' into %s: %s; what is there is incomplete, restore into a new directory"
              .formatted(study.name(), directory, e),
          e);
    }
    return new RestoreReport(study.name(), directory, archived, remade, bytes, problems);
  }

  private void requireEmpty() throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        throw new StoreException(
            "%s is not empty (it holds '%s'), and a restore puts nothing over other files; name a new or empty directory"
                .formatted(directory, entry.getFileName()));
      }
    } catch (NotDirectoryException e) {
      throw new StoreException(
          "%s is a file, expected a new or empty directory".formatted(directory), e);
    }
  }

  private void restoreArchive() throws IOException {
    List<Parts.Part> parts =
        store.live.query(
            sql ->
                Parts.list(
                    sql, "study_id = ? AND kind = 'files' AND status = 'committed'", study.id()));
    for (Parts.Part part : parts) {
      try {
        new ArchiveFiles(store.trials.reader(), part.file(store.directory()))
            .forEach(only, this::restore);
      } catch (StoreException e) {
        problems.add(new Problem(part.path(), String.valueOf(e.getMessage())));
      }
      for (Begun cut : begun.values()) {
        refuse(cut.row, "the archive does not hold all of it");
      }
      begun.clear();
    }
  }

  private void restore(FileRow file, ByteBuffer content) throws IOException {
    if (file.isFirst()) {
      begun.put(file.path(), new Begun(file));
    }
    Begun whole = begun.get(file.path());
    if (whole == null) {
      // Its beginning could not be put back, and that was said.
      return;
    }
    whole.digest.update(content.duplicate());
    whole.bytes += content.remaining();
    if (file.isLast()) {
      begun.remove(file.path());
      String fault = whole.fault();
      if (fault != null) {
        refuse(file, fault);
        return;
      }
    }
    StandardOpenOption how =
        file.isFirst() ? StandardOpenOption.CREATE_NEW : StandardOpenOption.APPEND;
    if (!write(file.path(), content, how)) {
      begun.remove(file.path());
      broken.add(file.path());
    } else if (file.isLast()) {
      archived++;
    }
  }

  /** Takes back what was written of a file that is not as it was archived. */
  private void refuse(FileRow file, String fault) throws IOException {
    broken.add(file.path());
    problems.add(new Problem(file.path(), fault));
    if (file.pieces() > 1) {
      Path there = inside(file.path());
      bytes -= Files.size(there);
      Files.delete(there);
    }
  }

  private void remakeTrials() throws IOException {
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      for (FrozenTrial trial : (Iterable<FrozenTrial>) trials::iterator) {
        boolean isOutside = trial.trialFile() == null && study.isLegacyRun();
        if (trial.state().isFinished() && !isOutside) {
          String named = trial.trialFile();
          remake(
              named == null ? RunDirectories.trialFile(trial.number()) : named,
              TrialDocument.toJson(trial));
        }
      }
    } catch (StoreException e) {
      problems.add(new Problem("trial_*.json", String.valueOf(e.getMessage())));
    }
  }

  private void remakeStudy() throws IOException {
    for (Map.Entry<String, ObjectNode> file :
        RunFiles.ofStudy(store.directory(), store.live, study.id()).entrySet()) {
      remake(file.getKey(), file.getValue());
    }
  }

  private void remake(String path, ObjectNode json) throws IOException {
    boolean isWanted = only.test(path) && !broken.contains(path);
    if (isWanted && !isThere(path)) {
      ByteBuffer content = ByteBuffer.wrap(CanonicalJson.indentedBytes(json));
      if (write(path, content, StandardOpenOption.CREATE_NEW)) {
        remade++;
      }
    }
  }

  private boolean isThere(String path) {
    try {
      return Files.exists(inside(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /** False where the path leads elsewhere, or the file system cannot have such a file. */
  private boolean write(String path, ByteBuffer content, StandardOpenOption how)
      throws IOException {
    try {
      Path file = inside(path);
      long size = content.remaining();
      Files.createDirectories(file.getParent());
      try (FileChannel channel = FileChannel.open(file, how, StandardOpenOption.WRITE)) {
        while (content.hasRemaining()) {
          channel.write(content);
        }
      }
      bytes += size;
      return true;
    } catch (InvalidPathException e) {
      problems.add(new Problem(path, "there can be no such file: " + e.getReason()));
    } catch (FileAlreadyExistsException e) {
      problems.add(new Problem(path, "another file of that name was put there before"));
    } catch (FileSystemException e) {
      if (!TOO_LONG.equals(e.getReason())) {
        throw e;
      }
      problems.add(new Problem(path, "there can be no such file: its name is too long"));
    }
    return false;
  }

  /**
   * @throws InvalidPathException where the path does not lead to a file below the directory
   */
  private Path inside(String path) {
    Path file = directory.resolve(path).normalize();
    boolean isPlain =
        Stream.of(path.split("/", -1))
            .noneMatch(name -> name.isEmpty() || name.equals(".") || name.equals(".."));
    if (!isPlain || file.equals(directory) || !file.startsWith(directory)) {
      throw new InvalidPathException(path, "it leads out of the run's directory");
    }
    return file;
  }
}
