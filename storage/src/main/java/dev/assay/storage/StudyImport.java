package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole run on its way into the store as one new study. Files and trials go to disk as they come;
 * readers, other threads and other processes see nothing of them before the commit, and all of them
 * after it. Closing without a commit leaves nothing behind, and neither does a crash, once the
 * store is opened again.
 *
 * <p>Add files that resemble each other one after the other: what repeats in files of less than 256
 * KB is found over 64 MB of content. Not safe to share between threads.
 */
public final class StudyImport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StudyImport.class);

  /** A part of the archive ends when it holds this much content, in bytes. */
  static final long PART_BYTES = 1L << 30;

  private final Lake lake;
  private final LiveDatabase live;
  private final PartWriter writer;
  private final StudyRecord study;
  private final long studyId;
  private final long createdUs;
  private final TrialSpill trials;
  private final Set<String> signatures = new LinkedHashSet<>();
  private final Set<String> paths = new HashSet<>();
  private final List<String> digests = new ArrayList<>();
  private final NewParts parts;
  private final ColumnMap columns = new ColumnMap();
  private @Nullable ImportedTrials kept;
  private @Nullable NewArchive archive;
  private Progress progress = Progress.ADDING;

  private enum Progress {
    ADDING,
    FAILED,
    COMMITTED,
    CLOSED
  }

  /**
   * @param study name, directions and attributes; the id is given here
   */
  StudyImport(Lake lake, StudyRecord study, Instant created) {
    this.lake = lake;
    this.live = lake.live();
    this.writer = new PartWriter(lake.store());
    this.study = study;
    this.createdUs = ChronoUnit.MICROS.between(Instant.EPOCH, created);
    this.studyId = live.transaction(this::allocateStudyId);
    this.parts = new NewParts(lake, studyId);
    try {
      trials = new TrialSpill(lake.store().resolve("lake"));
    } catch (IOException e) {
      throw new StoreException("cannot begin to import '%s': %s".formatted(study.name(), e), e);
    }
  }

  /** A row that comes and goes within one transaction: nobody sees it, and its id is used up. */
  private long allocateStudyId(Statements sql) throws SQLException {
    requireFreeName(sql);
    long id =
        sql.number(
            "INSERT INTO studies (name, directions, user_attrs, system_attrs, created_us) "
                + "VALUES (?, '', '', '', 0) RETURNING study_id",
            UUID.randomUUID().toString());
    sql.update("DELETE FROM studies WHERE study_id = ?", id);
    return id;
  }

  private void requireFreeName(Statements sql) throws SQLException {
    if (sql.number("SELECT count(*) FROM studies WHERE name = ?", study.name()) > 0) {
      throw new NameTakenException(study.name());
    }
  }

  /**
   * Takes a file into the archive, byte for byte.
   *
   * @param path relative to the run's directory, with forward slashes
   * @param trialFile the trial file that it belongs to; null for the run as a whole
   * @return the SHA-256 of the content, in hexadecimal
   */
  public String addFile(String path, @Nullable String trialFile, byte[] content) {
    requireNew(path);
    String sha256 = step("take in " + path, () -> openArchive().add(path, trialFile, content));
    digests.add(sha256);
    return sha256;
  }

  /**
   * Takes a file of any size into the archive, byte for byte, without holding it in memory.
   *
   * @param path relative to the run's directory, with forward slashes
   * @param trialFile the trial file that it belongs to; null for the run as a whole
   * @param file read twice; a StoreException tells that it changed in between
   * @return the SHA-256 of the content, in hexadecimal
   */
  public String addFile(String path, @Nullable String trialFile, Path file) {
    requireNew(path);
    String sha256 = step("take in " + path, () -> openArchive().add(path, trialFile, file));
    digests.add(sha256);
    return sha256;
  }

  private void requireNew(String path) {
    requireAdding();
    requireInside(path);
    if (!paths.add(path)) {
      throw new IllegalArgumentException("%s was added twice".formatted(path));
    }
  }

  static void requireInside(String path) {
    boolean escapes =
        path.isEmpty() || path.startsWith("/") || List.of(path.split("/", -1)).contains("..");
    if (escapes) {
      throw new IllegalArgumentException(
          "path is '%s', expected one relative to the run's directory".formatted(path));
    }
  }

  private NewArchive openArchive() throws IOException {
    NewArchive open = archive;
    if (open != null && open.bytes() >= PART_BYTES) {
      closeArchive();
      open = null;
    }
    if (open == null) {
      open = new NewArchive(parts, writer, studyId);
      archive = open;
    }
    return open;
  }

  private void closeArchive() throws IOException {
    NewArchive open = archive;
    if (open != null) {
      archive = null;
      open.finish(metadata());
    }
  }

  private PartMetadata metadata() {
    return PartMetadata.of(imported(), createdUs);
  }

  /**
   * Takes a trial; its id and number are given at the commit, in the order of these calls. One that
   * has not finished keeps its state for good, and its signature is {@linkplain #addSignatures
   * known without an outcome}: nobody evaluates it here.
   */
  public void addTrial(FrozenTrial trial) {
    requireAdding();
    step(
        "take in a trial",
        () -> {
          trials.add(trial);
          return true;
        });
  }

  /** Makes signatures known to the guard without an outcome: expired claims. */
  public void addSignatures(Collection<String> signatures) {
    requireAdding();
    this.signatures.addAll(signatures);
  }

  /** The SHA-256 of each file that was added, in the order of the calls. */
  public List<String> digests() {
    return List.copyOf(digests);
  }

  /**
   * Commits study, trials, files and signatures in one transaction. The attributes given at the
   * beginning are taken as they are now.
   *
   * @throws NameTakenException where another study has taken the name meanwhile; nothing is
   *     committed
   */
  public StudyRecord commit() {
    requireAdding();
    prepare();
    StudyRecord committed = step("import '" + study.name() + "'", this::commitAll);
    progress = Progress.COMMITTED;
    try {
      lake.publishNow();
    } catch (StoreException e) {
      // The study is in the store; whoever publishes next shows it.
      LOG.warn("'{}' is imported, but readers do not see it yet: {}", study.name(), e.getMessage());
    }
    return committed;
  }

  /** All that takes long; nothing of it is visible. */
  void prepare() {
    step(
        "import '" + study.name() + "'",
        () -> {
          closeArchive();
          // A reservation, if of no file, by which others clean up after a crash from here on.
          Part part = parts.reserve(Kind.TRIALS);
          ImportedTrials imported = new ImportedTrials(live, lake.spool(), imported());
          kept = imported;
          if (trials.count() > 0) {
            parts.add(part, writePart(part, imported));
          }
          imported.prepare(signatures);
          paths.forEach(imported::passName);
          return true;
        });
  }

  /** The trials are read once, for the part and for the live database. */
  private Written writePart(Part part, ImportedTrials imported) throws IOException {
    TrialRows rows = trials.from(allocateTrialIds());
    return writer.trials(
        part,
        file ->
            rows.forEach(
                (trial, record) -> {
                  file.accept(trial, record);
                  imported.add(trial);
                }),
        metadata(),
        trials.survey().promoted(columns::columnsOf),
        trials.count());
  }

  private StudyRecord commitAll() {
    ImportedTrials imported = requireNonNull(kept, "the import is prepared");
    live.durableTransaction(
        sql -> {
          requireFreeName(sql);
          insertStudy(sql, metadata());
          columns.save(sql, studyId);
          imported.commit(sql);
          commitParts(sql);
          return true;
        });
    return imported();
  }

  /** The study as it is in the store. */
  private StudyRecord imported() {
    return new StudyRecord(
            studyId,
            study.name(),
            study.directions(),
            study.userAttrs(),
            study.systemAttrs(),
            study.trialFiles())
        .withUnfinished(trials.unfinished());
  }

  private long allocateTrialIds() {
    TrialIds ids = new TrialIds(lake.store());
    return live.transaction(sql -> ids.take(sql, trials.count()));
  }

  private void insertStudy(Statements sql, PartMetadata metadata) throws SQLException {
    sql.update(
        "INSERT INTO studies (study_id, name, directions, user_attrs, system_attrs, trial_files, "
            + "created_us, next_number) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        studyId,
        metadata.name(),
        metadata.directions(),
        metadata.userAttrs(),
        metadata.systemAttrs(),
        metadata.trialFiles(),
        createdUs,
        trials.count());
  }

  private void commitParts(Statements sql) throws SQLException {
    if (!parts.commit(sql, Parts.nextSnapshot(sql))) {
      throw new StoreException(
          "the import of '%s' was cancelled by another process, which took this one for dead"
              .formatted(study.name()));
    }
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  /** After a step that failed the import can only be closed. */
  private <T> T step(String what, Step<T> step) {
    Progress before = progress;
    progress = Progress.FAILED;
    try {
      T result = step.run();
      progress = before;
      return result;
    } catch (IOException | UncheckedIOException e) {
      throw new StoreException("cannot %s: %s".formatted(what, e), e);
    }
  }

  private void requireAdding() {
    if (progress != Progress.ADDING) {
      throw new IllegalStateException(
          "the import of '%s' is %s"
              .formatted(study.name(), progress.name().toLowerCase(Locale.ROOT)));
    }
  }

  @Override
  public void close() {
    if (progress == Progress.CLOSED) {
      return;
    }
    boolean committed = progress == Progress.COMMITTED;
    progress = Progress.CLOSED;
    try (trials) {
      closeUnfinished();
      if (kept != null) {
        kept.release();
      }
      if (!committed) {
        abandon();
      }
    } catch (IOException e) {
      throw new StoreException("cannot end the import of '%s': %s".formatted(study.name(), e), e);
    }
  }

  private void closeUnfinished() {
    NewArchive open = archive;
    archive = null;
    if (open != null) {
      open.close();
    }
  }

  private void abandon() {
    parts.abandon();
    // Another process that took this one for dead may have come too early.
    ImportedTrials.forget(live, studyId);
  }
}
