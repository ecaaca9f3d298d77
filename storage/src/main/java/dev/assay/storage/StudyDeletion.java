package dev.assay.storage;

import dev.assay.storage.Tombstones.Tombstone;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes whole studies. One transaction makes a study go; its tombstone is on disk before. After
 * it come, each able to be done again by whoever opens the store next: the guard's rows, some at a
 * time; the final tombstone; the study's directory in {@code runs/}. Readers keep the files of its
 * parts for their grace period.
 *
 * <p>Safe to share between threads; several processes may delete at once.
 */
final class StudyDeletion {
  private static final Logger LOG = LoggerFactory.getLogger(StudyDeletion.class);

  private final Lake lake;
  private final LiveDatabase live;
  private final Studies studies;
  private final Leases leases;
  private final Tombstones tombstones;
  private final DeletedRuns runs;

  private record Running(
      long number, @Nullable Long workerId, @Nullable Long beat, @Nullable String worker) {
    static Running read(ResultSet row) throws SQLException {
      return new Running(
          row.getLong(1),
          Statements.nullableLong(row, 2),
          Statements.nullableLong(row, 3),
          row.getString(4));
    }
  }

  StudyDeletion(Lake lake, Studies studies, Leases leases) {
    Path store = lake.store();
    this.lake = lake;
    this.live = lake.live();
    this.studies = studies;
    this.leases = leases;
    this.tombstones = new Tombstones(store);
    this.runs = new DeletedRuns(store);
  }

  /**
   * Deletes a study.
   *
   * @throws StoreException where there is none, or a worker that lives runs a trial of it
   */
  DeletedStudy delete(long studyId) {
    DeletedStudy deleted;
    try {
      deleted = tombstones.exclusively(() -> deleteRows(studies.require(studyId)));
    } catch (IOException e) {
      throw new StoreException(
          "cannot delete study %d: %s; it is still there".formatted(studyId, e), e);
    }
    long bytes = 0;
    try {
      lake.publishNow();
      lake.spool().sweep();
      bytes = runs.delete(Set.of(studyId));
    } catch (IOException | StoreException e) {
      // The study is gone; whoever opens the store next deletes what is left of it.
      LOG.warn("study '{}' is deleted, its files are not yet: {}", deleted.name(), e.getMessage());
    }
    return new DeletedStudy(
        studyId, deleted.name(), deleted.trials(), deleted.parts(), deleted.bytes() + bytes);
  }

  private DeletedStudy deleteRows(StudyRecord study) throws IOException {
    Tombstone tombstone =
        new Tombstone(study.id(), study.name(), greatestTrialId(), lake.clocks().now(), false);
    // Else a power failure could take back the study, and leave the tombstone to another of its id.
    live.sync();
    tombstones.write(tombstone);
    DeletedStudy deleted;
    try {
      deleted = live.durableTransaction(sql -> delete(sql, study));
    } catch (StoreException e) {
      takeBack(study, e);
      throw e;
    }
    try {
      complete(tombstone);
    } catch (IOException e) {
      throw new StoreException(
          "study '%s' is deleted, but not yet for good: %s; make room or mend the directory, and open the store again"
              .formatted(study.name(), e),
          e);
    }
    return deleted;
  }

  private long greatestTrialId() {
    return live.query(sql -> sql.number("SELECT value - 1 FROM meta WHERE key = 'next_trial_id'"));
  }

  private DeletedStudy delete(Statements sql, StudyRecord study) throws SQLException {
    requireIdle(sql, study);
    DeletedStudy deleted =
        sql.first(
            "SELECT next_number, count(part_id), coalesce(sum(bytes), 0) FROM studies s "
                + "LEFT JOIN parts p ON p.study_id = s.study_id AND status = 'committed' "
                + "WHERE s.study_id = ? GROUP BY s.study_id",
            row ->
                new DeletedStudy(
                    study.id(), study.name(), row.getLong(1), row.getLong(2), row.getLong(3)),
            study.id());
    if (deleted == null) {
      throw studies.missing(study.id());
    }
    Parts.dropAll(sql, study.id(), Parts.nextSnapshot(sql));
    sql.update("DELETE FROM studies WHERE study_id = ?", study.id());
    LiveRows.noteEnd(sql, study.id(), null);
    return deleted;
  }

  private void requireIdle(Statements sql, StudyRecord study) throws SQLException {
    List<Running> running =
        sql.list(
            "SELECT number, worker_id, beat, name FROM trials LEFT JOIN workers USING (worker_id) "
                + "WHERE study_id = ? AND state = 'RUNNING' ORDER BY number",
            Running::read,
            study.id());
    running.removeIf(each -> leases.isExpired(each.workerId(), each.beat()));
    if (!running.isEmpty()) {
      Running first = running.get(0);
      throw new StoreException(
          "study '%s' has running trials: %d, the first is number %d of worker %d (%s); wait for them or stop their processes, then delete it"
              .formatted(
                  study.name(), running.size(), first.number(), first.workerId(), first.worker()));
    }
  }

  /** A transaction has failed; only where the study is there for certain, its tombstone goes. */
  private void takeBack(StudyRecord study, StoreException failure) {
    try {
      if (studies.find(study.id()) != null) {
        tombstones.remove(study.id());
      }
    } catch (IOException | RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  private void complete(Tombstone tombstone) throws IOException {
    ImportedTrials.forget(live, tombstone.studyId());
    tombstones.makeFinal(tombstone, greatestTrialId());
  }

  /** Ends what a process has begun that did not come to its end. */
  void finishInterrupted() {
    try {
      List<Tombstone> found = tombstones.list();
      if (found.stream().anyMatch(tombstone -> !tombstone.isFinal())) {
        found = tombstones.exclusively(this::settle);
      }
      if (!found.isEmpty()) {
        // They come by id.
        neverGiveAgain(found.get(found.size() - 1).studyId());
        runs.delete(found.stream().map(Tombstone::studyId).collect(Collectors.toSet()));
      }
    } catch (IOException e) {
      LOG.warn("cannot finish the deletion of studies in {}: {}", lake.store(), e.toString());
    }
  }

  /** An older copy of the live database may not know of a study that has a tombstone. */
  private void neverGiveAgain(long studyId) {
    String greatest = "SELECT count(*) FROM sqlite_sequence WHERE name = 'studies' AND seq >= ?";
    if (live.query(sql -> sql.number(greatest, studyId)) > 0) {
      return;
    }
    live.transaction(
        sql -> {
          sql.update("DELETE FROM sqlite_sequence WHERE name = 'studies' AND seq < ?", studyId);
          return sql.update(
              "INSERT INTO sqlite_sequence (name, seq) SELECT 'studies', ? "
                  + "WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'studies')",
              studyId);
        });
  }

  /** The tombstones whose studies are gone, all of them final. */
  private List<Tombstone> settle() throws IOException {
    for (Tombstone tombstone : tombstones.list()) {
      if (!tombstone.isFinal() && studies.find(tombstone.studyId()) != null) {
        tombstones.remove(tombstone.studyId());
      } else if (!tombstone.isFinal()) {
        live.sync();
        complete(tombstone);
      }
    }
    return tombstones.list();
  }
}
