package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.PartCheck.DamagedException;
import dev.assay.storage.PartCheck.Entry;
import dev.assay.storage.PartCheck.MovedException;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A part made of smaller ones of the same study and kind, from its reservation to its commit. The
 * rows are the same, and trials stay in the order of their numbers. Others may merge or drop the
 * same parts meanwhile: one transaction checks that the reservation stands and that every part is
 * still committed, and swaps them; where it finds otherwise it changes nothing. Closing without a
 * commit leaves nothing behind.
 */
final class PartMerge implements AutoCloseable {
  private final Path store;
  private final LiveDatabase live;
  private final PartReader reader;
  private final Part part;
  private final List<Entry> inputs;

  /** Files that are left out. */
  private final Set<String> leftOut;

  private boolean committed;

  /** Ends a transaction that comes too late. */
  private static final class Lost extends RuntimeException {}

  private PartMerge(
      Path store,
      LiveDatabase live,
      PartReader reader,
      Part part,
      List<Entry> inputs,
      Set<String> leftOut) {
    this.store = store;
    this.live = live;
    this.reader = reader;
    this.part = part;
    this.inputs = inputs;
    this.leftOut = leftOut;
  }

  /** Reserves a part for those that are chosen; empty where none are. */
  static Optional<PartMerge> reserve(
      Lake lake, PartReader reader, long studyId, Kind kind, MergePolicy.Choice choice) {
    return reserve(lake, reader, studyId, kind, choice, Set.of());
  }

  /**
   * {@link #reserve} for parts of the archive without some of their files.
   *
   * @param leftOut their paths
   */
  static Optional<PartMerge> without(
      Lake lake, PartReader reader, long studyId, MergePolicy.Choice choice, Set<String> leftOut) {
    return reserve(lake, reader, studyId, Kind.FILES, choice, leftOut);
  }

  private static Optional<PartMerge> reserve(
      Lake lake,
      PartReader reader,
      long studyId,
      Kind kind,
      MergePolicy.Choice choice,
      Set<String> leftOut) {
    // On disk first: a power failure must not leave a file whose part's id is given again.
    return lake.live()
        .durableTransaction(
            sql -> {
              List<Entry> inputs =
                  choice.of(
                      Entry.committed(sql, studyId).stream()
                          .filter(entry -> entry.part().kind() == kind)
                          .toList());
              if (inputs.isEmpty()) {
                return Optional.empty();
              }
              Part part = Parts.reserve(sql, studyId, kind, lake.workerId());
              return Optional.of(
                  new PartMerge(lake.store(), lake.live(), reader, part, inputs, leftOut));
            });
  }

  Part part() {
    return part;
  }

  /**
   * Writes and commits the part.
   *
   * @return false where another was first
   * @throws StoreException where a part cannot be read or the new one not written; nothing changes
   */
  boolean run() {
    try {
      return commit(write());
    } catch (MovedException e) {
      return false;
    } catch (IOException e) {
      throw new StoreException("cannot write %s: %s".formatted(part.file(store), e), e);
    }
  }

  /** Puts the part's file on disk under its lasting name, where no reader looks for it yet. */
  Written write() throws IOException, MovedException {
    PartCheck check = new PartCheck(store, live, reader);
    for (Entry input : inputs) {
      try {
        // What is damaged must not get a new checksum.
        check.checkBytes(input);
      } catch (DamagedException e) {
        throw new StoreException("%s %s".formatted(input.part().path(), e.getMessage()), e);
      }
    }
    return writeRows();
  }

  private Written writeRows() throws IOException, MovedException {
    PartWriter writer = new PartWriter(store);
    try {
      PartMetadata metadata = live.query(this::metadata);
      return part.kind() == Kind.FILES ? files(writer, metadata) : trials(writer, metadata);
    } catch (NoSuchFileException e) {
      throw moved(e);
    } catch (StoreException e) {
      if (isCommitted()) {
        throw e;
      }
      throw moved(e);
    }
  }

  /** Ends the merge where the study was deleted meanwhile. */
  private PartMetadata metadata(Statements sql) throws SQLException {
    PartMetadata metadata = PartMetadata.find(sql, part.studyId());
    if (metadata == null) {
      throw new Tombstones(store).noStudy(part.studyId());
    }
    return metadata;
  }

  static MovedException moved(Exception cause) {
    MovedException moved = new MovedException();
    moved.initCause(cause);
    return moved;
  }

  /** Whether all inputs are committed. */
  private boolean isCommitted() {
    return live.query(
        sql -> {
          for (Entry input : inputs) {
            if (!Parts.isCommitted(sql, input.part())) {
              return false;
            }
          }
          return true;
        });
  }

  private Written trials(PartWriter writer, PartMetadata metadata) throws IOException {
    Written written =
        writer.trials(
            part,
            this::forEachTrial,
            metadata,
            (surveys, count) ->
                live.transaction(
                    sql -> {
                      metadata(sql);
                      return ColumnMap.promote(sql, part.studyId(), surveys, count);
                    }));
    requireAll(written.rows());
    return written;
  }

  private void requireAll(long rows) {
    long expected = inputs.stream().mapToLong(Entry::rows).sum();
    if (rows != expected) {
      throw new StoreException(
          "the parts %s have %d rows, live.db expects %d; 'assay verify' says what is wrong"
              .formatted(paths(), rows, expected));
    }
  }

  private void forEachTrial(TrialRows.Reader trials) throws IOException {
    try (PartCursor rows = new PartCursor(reader, reader.numbers(paths()), 0)) {
      long last = -1;
      for (long number = rows.number(PartCursor.NONE);
          number != PartCursor.NONE;
          number = rows.number(PartCursor.NONE)) {
        if (number <= last) {
          throw new StoreException(
              "trial number %d is in two of the parts %s; 'assay verify' says what is wrong"
                  .formatted(number, paths()));
        }
        PartReader.TrialRow row = rows.take();
        trials.accept(row.trial(), row.record());
        last = number;
      }
    } catch (SQLException e) {
      throw new IOException(
          "the record of a trial in the parts %s: %s".formatted(paths(), e.getMessage()), e);
    }
  }

  private Written files(PartWriter writer, PartMetadata metadata) throws IOException {
    Written written;
    long[] rows = {0};
    try (ArchivePart archive = new ArchivePart(writer.temporary(part), part.studyId())) {
      for (Path input : paths()) {
        new ArchiveFiles(reader, input)
            .forEach(
                path -> true,
                (file, content) -> {
                  rows[0]++;
                  if (!leftOut.contains(file.path())) {
                    archive.add(file, content);
                  }
                });
      }
      requireAll(rows[0]);
      written = archive.finish(metadata.of(Kind.FILES, List.of()));
    }
    writer.publish(part);
    return written;
  }

  private List<Path> paths() {
    return inputs.stream().map(input -> input.part().file(store)).toList();
  }

  /**
   * Makes the written part visible in place of those that it was made of.
   *
   * @return false where the reservation was cancelled or one of them was dropped: nothing changes
   */
  boolean commit(Written written) {
    try {
      live.durableTransaction(
          sql -> {
            if (!swap(sql, written, Parts.nextSnapshot(sql))) {
              throw new Lost();
            }
            return true;
          });
      committed = true;
    } catch (Lost e) {
      committed = false;
    }
    return committed;
  }

  /**
   * {@link #commit} inside the caller's transaction, which is to be rolled back where this gives
   * false; where it is not, {@link #done} says so.
   */
  boolean swap(Statements sql, Written written, long snapshot) throws SQLException {
    List<Long> replaced = inputs.stream().map(input -> input.part().id()).toList();
    return Parts.commit(sql, part, written, snapshot)
        && Parts.dropCommitted(sql, replaced, snapshot) == replaced.size();
  }

  /** The caller's transaction is committed. */
  void done() {
    committed = true;
  }

  /** Takes the reservation back and deletes the file, unless it is committed. */
  @Override
  public void close() {
    if (!committed) {
      HotPart.abandon(store, live, part);
    }
  }
}
