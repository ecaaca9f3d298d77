package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PartCheck.MovedException;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an imported study gets later, because its run was still being written: further trials,
 * further files, newer contents of files, further signatures. Readers, other threads and other
 * processes see nothing of it before the commit, and all of it after it; a file that is put again
 * is there once, with the newest bytes. Closing without a commit leaves nothing behind, and neither
 * does a crash, once the store is opened again.
 *
 * <p>Files that may change are in parts of their own, which are small: a newer content takes the
 * place of the part that had the older one, and what else that part had moves to another. So a
 * growth costs what it brings. It holds its trials in memory: make it small. Not safe to share
 * between threads.
 */
public final class StudyGrowth implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StudyGrowth.class);

  private final Lake lake;
  private final LiveDatabase live;
  private final PartWriter writer;
  private final StudyRecord study;
  private final long firstNumber;
  private final NewParts parts;
  private final ArchiveReplacement replacement;
  private final Compaction compaction;
  private final Set<String> paths = new HashSet<>();
  private final List<FrozenTrial> trials = new ArrayList<>();
  private final Set<String> signatures = new LinkedHashSet<>();
  private @Nullable NewArchive lasting;
  private @Nullable NewArchive changing;
  private @Nullable GrownTrials grown;
  private boolean open = true;
  private boolean committed;

  /** Ends a transaction that comes too late: other parts have the files now. */
  private static final class Lost extends RuntimeException {}

  /**
   * @param study as the caller knows it
   * @param firstNumber how many trials it has, as the caller knows it
   */
  StudyGrowth(Lake lake, PartReader reader, StudyRecord study, long firstNumber) {
    this.lake = lake;
    this.live = lake.live();
    this.writer = new PartWriter(lake.store());
    this.study = study;
    this.firstNumber = firstNumber;
    this.parts = new NewParts(lake, study.id());
    this.replacement = new ArchiveReplacement(lake, reader, study.id());
    this.compaction = new Compaction(lake, reader);
  }

  /**
   * Takes a file that the archive does not have and that will stay as it is.
   *
   * @param path relative to the run's directory, with forward slashes
   * @param trialFile the trial file that it belongs to; null for the run as a whole
   * @return the SHA-256 of the content, in hexadecimal
   */
  public String addFile(String path, @Nullable String trialFile, byte[] content) {
    requirePath(path);
    return step(
        "take in " + path,
        () -> {
          NewArchive archive = lasting == null ? newArchive() : lasting;
          lasting = archive;
          return archive.add(path, trialFile, content);
        });
  }

  /**
   * Takes a file that may change again, in place of what the archive has of that path.
   *
   * @param path relative to the run's directory, with forward slashes
   * @param trialFile the trial file that it belongs to; null for the run as a whole
   * @return the SHA-256 of the content, in hexadecimal
   */
  public String putFile(String path, @Nullable String trialFile, byte[] content) {
    requirePath(path);
    replacement.add(path);
    return step(
        "take in " + path,
        () -> {
          NewArchive archive = changing == null ? newArchive() : changing;
          changing = archive;
          return archive.add(path, trialFile, content);
        });
  }

  private NewArchive newArchive() throws IOException {
    return new NewArchive(parts, writer, study.id());
  }

  private void requirePath(String path) {
    requireOpen();
    StudyImport.requireInside(path);
    if (!paths.add(path)) {
      throw new IllegalArgumentException("%s was added twice".formatted(path));
    }
  }

  /** Takes a finished trial; its id and number are given in the order of these calls. */
  public void addTrial(FrozenTrial trial) {
    requireOpen();
    if (!trial.state().isFinished()) {
      throw new IllegalArgumentException(
          "state of %s is %s, expected a finished trial"
              .formatted(trial.trialFile(), trial.state()));
    }
    trials.add(trial);
  }

  /** Makes signatures known to the guard without an outcome; those that a trial holds keep it. */
  public void addSignatures(Collection<String> signatures) {
    requireOpen();
    this.signatures.addAll(signatures);
  }

  /**
   * Commits all of it in one transaction. Where many small parts have come together, they become
   * one.
   *
   * @param systemAttrs what the study's system attributes are from now on
   * @return the study as it is in the store
   * @throws StudyChangedException where the study's system attributes or the number of its trials
   *     are not as they were given at the beginning; nothing is stored
   */
  public StudyRecord commit(ObjectNode systemAttrs) {
    requireOpen();
    StudyRecord after =
        new StudyRecord(
            study.id(),
            study.name(),
            study.directions(),
            study.userAttrs(),
            systemAttrs.deepCopy(),
            study.trialFiles());
    step(
        "add to '" + study.name() + "'",
        () -> {
          write(after);
          for (int lost = 1; !tryCommit(after); lost++) {
            lake.requireProgress(lost);
          }
          return true;
        });
    committed = true;
    open = false;
    try {
      lake.publishNow();
    } catch (StoreException e) {
      // It is in the store; whoever publishes next shows it.
      LOG.warn("'{}' has grown, but readers do not see it yet: {}", study.name(), e.getMessage());
    }
    compaction.mergeDue(study.id());
    return after;
  }

  /** All that takes long, but for what depends on others; nothing of it is visible. */
  private void write(StudyRecord after) throws IOException {
    requireUnchanged(live.query(this::isUnchanged));
    PartMetadata metadata = PartMetadata.of(after, createdUs());
    for (NewArchive archive : archives()) {
      archive.finish(metadata);
    }
    lasting = null;
    changing = null;
    List<FrozenTrial> numbered = numbered();
    if (!numbered.isEmpty()) {
      Part part = parts.reserve(Kind.TRIALS);
      parts.add(
          part,
          writer.trials(
              part,
              reader -> {
                for (FrozenTrial trial : numbered) {
                  reader.accept(trial, CanonicalJson.compact(TrialJson.toJson(trial)));
                }
              },
              metadata,
              (surveys, count) ->
                  live.transaction(sql -> ColumnMap.promote(sql, study.id(), surveys, count))));
    }
    GrownTrials kept = new GrownTrials(after, lake.spool(), numbered, signatures);
    grown = kept;
    kept.prepare();
  }

  private long createdUs() {
    return live.query(
        sql -> sql.number("SELECT created_us FROM studies WHERE study_id = ?", study.id()));
  }

  private List<FrozenTrial> numbered() {
    TrialIds ids = new TrialIds(lake.store());
    int count = trials.size();
    long firstId = count == 0 ? 0 : live.transaction(sql -> ids.take(sql, count));
    List<FrozenTrial> numbered = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      numbered.add(trials.get(i).toBuilder().id(firstId + i).number(firstNumber + i).build());
    }
    return numbered;
  }

  private boolean isUnchanged(Statements sql) throws SQLException {
    return sql.number(
            "SELECT count(*) FROM studies WHERE study_id = ? AND next_number = ? "
                + "AND system_attrs = ?",
            study.id(),
            firstNumber,
            CanonicalJson.compact(study.systemAttrs()))
        == 1;
  }

  private void requireUnchanged(boolean isUnchanged) {
    if (!isUnchanged) {
      throw new StudyChangedException(
          "study '%s' is not what it was with %d trials: another process has added to it, or it was deleted; look at it again"
              .formatted(study.name(), firstNumber));
    }
  }

  /** False where other parts have the files that are replaced, since they were looked for. */
  private boolean tryCommit(StudyRecord after) throws IOException {
    GrownTrials kept = grown;
    try (ArchiveReplacement.Rest rest = replacement.prepare()) {
      live.durableTransaction(
          sql -> {
            requireUnchanged(isUnchanged(sql));
            sql.update(
                "UPDATE studies SET system_attrs = ?, next_number = next_number + ?, "
                    + "next_file = max(next_file, next_number + ?, ?) WHERE study_id = ?",
                CanonicalJson.compact(after.systemAttrs()),
                trials.size(),
                trials.size(),
                nextFile(),
                study.id());
            if (kept != null) {
              kept.commit(sql);
            }
            long snapshot = Parts.nextSnapshot(sql);
            if (!parts.commit(sql, snapshot)) {
              throw new StoreException(
                  "the growth of '%s' was cancelled by another process, which took this one for dead"
                      .formatted(study.name()));
            }
            if (!rest.swap(sql, snapshot)) {
              throw new Lost();
            }
            return true;
          });
      rest.done();
      return true;
    } catch (Lost | MovedException e) {
      return false;
    }
  }

  /** The names of new trials' files begin behind these. */
  private long nextFile() {
    long next = 0;
    for (String path : paths) {
      next = Math.max(next, RunDirectories.numberAfter(path));
    }
    for (FrozenTrial trial : trials) {
      next = Math.max(next, RunDirectories.numberAfter(trial.trialFile()));
    }
    return next;
  }

  private List<NewArchive> archives() {
    List<NewArchive> archives = new ArrayList<>();
    if (lasting != null) {
      archives.add(lasting);
    }
    if (changing != null) {
      archives.add(changing);
    }
    return archives;
  }

  private interface Step<T> {
    T run() throws IOException;
  }

  /** After a step that failed the growth can only be closed. */
  private <T> T step(String what, Step<T> step) {
    open = false;
    try {
      T result = step.run();
      open = true;
      return result;
    } catch (IOException | UncheckedIOException e) {
      throw new StoreException("cannot %s: %s".formatted(what, e), e);
    }
  }

  private void requireOpen() {
    if (!open) {
      throw new IllegalStateException(
          "the growth of '%s' has ended or failed".formatted(study.name()));
    }
  }

  @Override
  public void close() {
    open = false;
    archives().forEach(NewArchive::close);
    lasting = null;
    changing = null;
    GrownTrials kept = grown;
    grown = null;
    if (kept != null) {
      kept.release();
    }
    if (!committed) {
      committed = true;
      parts.abandon();
    }
  }
}
