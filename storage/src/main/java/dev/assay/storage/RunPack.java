package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the archive into which a seal puts the files of its trials, JSON and log, as they are
 * in {@code runs/}. It is reserved, committed and cancelled with the seal's own part; only then do
 * {@link PackedFiles} leave {@code runs/}. Used by one thread.
 */
final class RunPack {
  private static final Logger LOG = LoggerFactory.getLogger(RunPack.class);

  /** Larger files stay in {@code runs/}: reading them back would take too much memory. */
  private static final long MAX_BYTES = 250L << 20;

  private final Path store;
  private final Part part;
  private final Path run;

  /** Parts of the archive that may have files of these trials already. */
  private final List<Part> earlier;

  private final Set<String> packedBefore = new HashSet<>();
  private @Nullable Written written;

  private RunPack(Path store, Part part, Path run, List<Part> earlier) {
    this.store = store;
    this.part = part;
    this.run = run;
    this.earlier = earlier;
  }

  /** Empty where the study's trial files are not {@link TrialFiles#COMPACTED}. */
  static Optional<RunPack> reserve(Statements sql, Path store, long workerId, long studyId)
      throws SQLException {
    String name =
        sql.first(
            "SELECT name FROM studies WHERE study_id = ? AND trial_files = ?",
            row -> row.getString(1),
            studyId,
            TrialFiles.COMPACTED.text());
    return name == null
        ? Optional.empty()
        : Optional.of(
            new RunPack(
                store,
                Parts.reserve(sql, studyId, Kind.FILES, workerId),
                RunDirectories.of(store, studyId, name),
                earlier(sql, studyId)));
  }

  /** Trials without a worker came into the live database by a repair: their files may be packed. */
  private static List<Part> earlier(Statements sql, long studyId) throws SQLException {
    return Parts.list(
        sql,
        "study_id = ?1 AND kind = 'files' AND status = 'committed' AND EXISTS "
            + "(SELECT 1 FROM trials WHERE study_id = ?1 AND worker_id IS NULL)",
        studyId);
  }

  Part part() {
    return part;
  }

  /** Puts the part's file on disk under its lasting name. */
  void write(TrialRows rows, PartMetadata metadata) throws IOException {
    findPackedBefore();
    PartWriter writer = new PartWriter(store);
    try (ArchivePart archive = new ArchivePart(writer.temporary(part), part.studyId())) {
      rows.forEach((trial, record) -> add(archive, trial));
      written = archive.finish(metadata.of(Kind.FILES, List.of()));
    }
    writer.publish(part);
  }

  private void findPackedBefore() {
    try (PartReader reader = new PartReader()) {
      for (Part each : earlier) {
        try (PartRows<FileRow> files = reader.files(each.file(store))) {
          for (FileRow file = files.next(); file != null; file = files.next()) {
            packedBefore.add(file.path());
          }
        }
      }
    } catch (StoreException e) {
      LOG.warn("files that are in the archive may be packed again: {}", e.getMessage());
    }
  }

  private void add(ArchivePart archive, FrozenTrial trial) throws IOException {
    String named = trial.trialFile();
    String json = named == null ? RunDirectories.trialFile(trial.number()) : named;
    // What is missing or torn is made again: after the seal nobody writes it.
    byte[] document = RunFiles.isWhole(run.resolve(json)) ? content(json) : null;
    if (document == null || RunFiles.isOfAnother(document, trial)) {
      document = CanonicalJson.indentedBytes(TrialDocument.toJson(trial));
    }
    add(archive, json, json, document);
    String log = RunDirectories.logOf(json);
    byte[] text = content(log);
    if (text != null) {
      add(archive, log, json, text);
    }
  }

  private void add(ArchivePart archive, String path, String trialFile, byte[] content)
      throws IOException {
    if (content.length <= MAX_BYTES && !packedBefore.contains(path)) {
      String sha256 = PartOutput.sha256(content);
      archive.add(path, trialFile, sha256, content);
    }
  }

  /** Null where there is no such file, or it is to stay where it is. */
  private byte @Nullable [] content(String name) {
    Path file = run.resolve(name);
    try {
      return Files.size(file) > MAX_BYTES ? null : Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      LOG.warn("{} stays as it is: {}", file, e.toString());
      return null;
    }
  }

  /**
   * Makes the written part visible, inside the seal's transaction.
   *
   * @return false where the reservation was cancelled meanwhile
   */
  boolean commit(Statements sql, long snapshot) throws SQLException {
    if (written == null) {
      throw new IllegalStateException(part.path() + " is not written");
    }
    return Parts.commit(sql, part, written, snapshot);
  }
}
