package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.storage.Tombstones.Tombstone;
import dev.assay.storage.disk.DiskLog;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A study that is deleted is gone, everywhere and for good, and nothing else is. */
class StudyDeletionTest {
  private static final String LONG = "many words ".repeat(8_000);

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StudyRecord study(String name) {
    return study(store, name);
  }

  private static StudyRecord study(Store store, String name) {
    return store.openStudy(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private Claim claim(StudyRecord study, int key) {
    return store.claim(study.id(), StoreProcess.params(key), Json.object(), null);
  }

  private void finish(StudyRecord study, int key, String log) {
    store.finish(
        ((Claim.Acquired) claim(study, key)).lease(),
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(key)
            .userAttrs(Json.object().put("log", log))
            .build());
  }

  /** Sealed, shown and hot trials, large ones too, and the files of all. */
  private StudyRecord filled(String name) {
    StudyRecord study = study(name);
    finish(study, 0, "");
    finish(study, 1, LONG);
    store.seal(study.id());
    finish(study, 2, LONG);
    store.refresh();
    finish(study, 3, "");
    finish(study, 4, LONG);
    store.flush();
    return study;
  }

  private long rows(String table) {
    return store.live.query(sql -> sql.number("SELECT count(*) FROM " + table));
  }

  @Test
  void nothingOfADeletedStudyIsLeft() throws Exception {
    StudyRecord study = filled("gone");
    store.addSignatures(study.id(), Set.of("known"));
    Path run = store.runDirectory(study);
    long runBytes = bytes(run);

    DeletedStudy deleted = store.deleteStudy(study.id());

    assertThat(deleted.name()).isEqualTo("gone");
    assertThat(deleted.trials()).isEqualTo(5);
    assertThat(deleted.parts()).isEqualTo(2);
    assertThat(deleted.bytes()).isGreaterThan(runBytes).isLessThan(runBytes + 100_000);
    assertThat(store.findStudy("gone")).isNull();
    for (String table :
        List.of(
            "studies",
            "trials",
            "signatures",
            "summaries",
            "top_trials",
            "best_trials",
            "score_versions",
            "columns")) {
      assertThat(rows(table)).as(table).isZero();
    }
    assertThat(run).doesNotExist();
    assertThat(children("runs")).containsExactly(".lock");
    assertThat(children("spool")).isEmpty();
    assertThat(Files.readString(directory.resolve("manifest.json")))
        .contains("\"files\":[]")
        .doesNotContain("gone");
    assertThat(new Tombstones(directory).list())
        .extracting(Tombstone::studyId, Tombstone::greatestTrialId, Tombstone::isFinal)
        .containsExactly(tuple(study.id(), 4L, true));
    assertThat(store.verify().faults()).isEmpty();
  }

  private static long bytes(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private List<String> children(String name) throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve(name))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void otherStudiesAreAsTheyWere() throws Exception {
    StudyRecord kept = filled("kept");
    StudyRecord gone = filled("gone");
    StudySummary before = store.summary(kept.id(), 10);

    store.deleteStudy(gone.id());

    assertThat(store.studies()).containsExactly(kept);
    assertThat(store.summary(kept.id(), 10)).isEqualTo(before);
    try (Stream<FrozenTrial> trials = store.trials(kept.id())) {
      assertThat(trials).hasSize(5);
    }
    assertThat(store.runDirectory(kept).resolve("trial_005.json")).exists();
    assertThat(claim(kept, 0)).isInstanceOf(Claim.Duplicate.class);
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void theNameMayBeUsedAgainAndNoIdIs() throws Exception {
    StudyRecord first = filled("again");
    store.deleteStudy(first.id());

    StudyRecord second = study("again");
    Claim.Lease lease = ((Claim.Acquired) claim(second, 0)).lease();

    assertThat(second.id()).isGreaterThan(first.id());
    assertThat(lease.trialId()).isEqualTo(5);
    assertThat(lease.number()).isZero();
    assertThat(new Tombstones(directory).isDeleted(second.id())).isFalse();
  }

  @Test
  void aStudyWithATrialInHandIsNotDeleted() {
    StudyRecord study = study("busy");
    Claim.Lease lease = ((Claim.Acquired) claim(study, 0)).lease();

    assertThatThrownBy(() -> store.deleteStudy(study.id()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(
            "study 'busy' has running trials: 1, the first is number 0 of worker");
    assertThat(new Tombstones(directory)).satisfies(t -> assertThat(t.list()).isEmpty());
    store.finish(lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(1.0).build());
    assertThat(store.counts(study.id()).complete()).isEqualTo(1);
  }

  @Test
  void whatIsAskedOfADeletedStudySaysThatItWasDeleted() {
    StudyRecord study = filled("gone");
    Claim.Lease lease;
    try (Store other = Store.open(directory)) {
      lease =
          ((Claim.Acquired) other.claim(study.id(), StoreProcess.params(9), Json.object(), null))
              .lease();
      // As if its owner were suspended: its lease is over, and it does not know.
      store.live.transaction(
          sql -> sql.update("UPDATE trials SET worker_id = NULL WHERE state = 'RUNNING'"));
      store.deleteStudy(study.id());

      List<ThrowingCallable> calls =
          List.of(
              () -> other.claim(study.id(), StoreProcess.params(0), Json.object(), null),
              () -> other.claim(study.id(), StoreProcess.params(77), Json.object(), 5L),
              () ->
                  other.finish(
                      lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(1.0).build()),
              () -> other.seal(study.id()),
              () -> other.addSignatures(study.id(), Set.of("x")),
              () -> other.removeSignatures(study.id(), Set.of("x")),
              () -> other.counts(study.id()),
              () -> other.summary(study.id(), 1),
              () -> other.trial(study.id(), 0),
              () -> other.deleteStudy(study.id()),
              () -> store.claim(study.id(), StoreProcess.params(0), Json.object(), null));
      for (var call : calls) {
        assertThatThrownBy(call)
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("study 'gone' was deleted");
      }
    }
    assertThat(rows("signatures")).isZero();
    assertThat(store.runDirectory(study)).doesNotExist();
  }

  @Test
  void anotherProcessIsToldInTheMidstOfItsWork() throws Exception {
    Path log = Files.createFile(directory.resolveSibling(directory.getFileName() + ".txt"));
    StudyRecord study = study("shared");
    StoreProcess process = StoreProcess.start(directory, log, 1, 1_000_000, -1, 1);
    while (Files.size(log) < 100) {
      assertThat(process.isAlive()).isTrue();
      Thread.sleep(10);
    }

    boolean deleted = false;
    while (!deleted) {
      try {
        store.deleteStudy(study.id());
        deleted = true;
      } catch (StoreException e) {
        // In between two trials it succeeds.
        assertThat(e).hasMessageContaining("has running trials: 1");
      }
    }

    assertThatThrownBy(process::join)
        .hasMessageContaining("study 'shared' was deleted")
        .hasMessageNotContaining("FOREIGN KEY");
    assertThat(children("runs")).containsExactly(".lock");
    assertThat(rows("signatures")).isZero();
    assertThat(rows("trials")).isZero();
    store.refresh();
    assertThat(Files.readString(directory.resolve("manifest.json"))).contains("\"files\":[]");
  }

  @Test
  void aTrialFileThatIsBehindDoesNotBringTheDirectoryBack() throws Exception {
    StudyRecord study = filled("gone");
    FrozenTrial trial = requireNonNull(store.trial(study.id(), 0));
    store.deleteStudy(study.id());

    RunFiles files = new RunFiles(directory, store.live, 99);
    assertThatThrownBy(() -> files.writeTrial(study, trial))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("study 'gone' was deleted");
    files.writeStudy(study);

    assertThat(children("runs")).containsExactly(".lock");
  }

  @Test
  void aPartThatIsWrittenMeanwhileComesToNothing() throws Exception {
    StudyRecord study = study("gone");
    finish(study, 0, "");
    HotPart early =
        HotPart.reserveSeal(directory, store.live, 99, study.id(), Long.MAX_VALUE).orElseThrow();
    ParquetPart.Written written = early.write();

    store.deleteStudy(study.id());

    assertThat(early.commit(written)).isFalse();
    assertThat(early.run()).isFalse();
    assertThat(early.part().file(directory)).doesNotExist();
    assertThat(early.part().temporary(directory)).doesNotExist();
    assertThat(rows("columns")).isZero();
  }

  @Test
  void aReaderKeepsItsAnswer() throws Exception {
    StudyRecord study = study("gone");
    for (int key = 0; key < 3; key++) {
      finish(study, key, "");
      store.seal(study.id());
    }
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      Iterator<FrozenTrial> rest = trials.iterator();
      rest.next();

      store.deleteStudy(study.id());

      assertThat(rest.next().number()).isEqualTo(1);
      assertThat(rest.next().number()).isEqualTo(2);
      assertThat(rest.hasNext()).isFalse();
    }
  }

  @Test
  void aReaderOfHotTrialsIsToldThatTheStudyWasDeleted() throws Exception {
    StudyRecord study = study("gone");
    finish(study, 0, "");
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      Iterator<FrozenTrial> rest = trials.iterator();
      store.deleteStudy(study.id());

      assertThatThrownBy(rest::next).hasMessageContaining("study 'gone' was deleted");
    }
  }

  @Test
  void openingFinishesADeletionThatWasCommitted() throws Exception {
    StudyRecord study = filled("gone");
    Path run = store.runDirectory(study);
    Tombstones tombstones = new Tombstones(directory);
    Tombstone intended = new Tombstone(study.id(), "gone", 4, Instant.EPOCH, false);
    tombstones.write(intended);
    store.live.transaction(
        sql -> {
          Parts.dropAll(sql, study.id(), Parts.nextSnapshot(sql));
          return sql.update("DELETE FROM studies WHERE study_id = ?", study.id());
        });
    assertThat(rows("signatures")).isPositive();
    store.close();

    store = Store.open(directory);

    assertThat(tombstones.isDeleted(study.id())).isTrue();
    assertThat(rows("signatures")).isZero();
    assertThat(run).doesNotExist();
    assertThat(children("spool")).isEmpty();
  }

  @Test
  void openingTakesBackADeletionThatWasNotCommitted() throws Exception {
    StudyRecord study = filled("kept");
    Tombstones tombstones = new Tombstones(directory);
    tombstones.write(new Tombstone(study.id(), "kept", 4, Instant.EPOCH, false));
    store.close();

    store = Store.open(directory);

    assertThat(tombstones.list()).isEmpty();
    assertThat(store.counts(study.id()).complete()).isEqualTo(5);
    assertThat(store.runDirectory(study)).isDirectory();
  }

  @Test
  void openingDeletesWhatIsLeftOfADirectory() throws Exception {
    StudyRecord study = filled("gone");
    StudyRecord kept = filled("kept");
    Path run = store.runDirectory(study);
    store.deleteStudy(study.id());
    Files.createDirectories(run.resolve("logs"));
    Files.writeString(run.resolve("logs/trial_001.log"), "late");
    Files.createDirectories(directory.resolve("runs/.deleted-1-x"));
    store.close();

    store = Store.open(directory);

    assertThat(children("runs"))
        .containsExactly(".lock", store.runDirectory(kept).getFileName().toString());
  }

  @Test
  void anIdThatATombstoneHasIsNotGivenAgain() throws Exception {
    // A power failure took back the study, and left its tombstone.
    new Tombstones(directory).write(new Tombstone(7, "gone", 4, Instant.EPOCH, true));
    store.close();

    store = Store.open(directory);

    assertThat(study("new").id()).isEqualTo(8);
  }

  @Test
  void aStudyIsOnDiskBeforeItsTombstoneIs() {
    DiskLog log = new DiskLog();
    store.close();
    store = Store.open(WatchedDisk.watch(directory, log));
    StudyRecord study = study("gone");
    log.clear();

    store.deleteStudy(study.id());

    assertThat(syncsAndTombstones(log)).startsWith("live.db-wal", "study-1.json");
  }

  @Test
  void aDeletionIsOnDiskBeforeOpeningMakesItsTombstoneFinal() throws Exception {
    DiskLog log = new DiskLog();
    store.close();
    Path disk = WatchedDisk.watch(directory, log);
    store = Store.open(disk);
    StudyRecord study = study("gone");
    new Tombstones(disk).write(new Tombstone(study.id(), "gone", 4, Instant.EPOCH, false));
    store.live.transaction(sql -> sql.update("DELETE FROM studies WHERE study_id = ?", study.id()));
    log.clear();

    Store.open(disk).close();

    assertThat(new Tombstones(disk).isDeleted(study.id())).isTrue();
    assertThat(syncsAndTombstones(log)).startsWith("live.db-wal", "study-1.json");
  }

  private static List<String> syncsAndTombstones(DiskLog log) {
    return log.operations().stream()
        .filter(operation -> operation.kind() == Kind.FORCE || operation.kind() == Kind.RENAME)
        .map(operation -> operation.target() == null ? operation.path() : operation.target())
        .map(path -> path.getFileName().toString())
        .filter(name -> name.equals("live.db-wal") || name.startsWith("study-"))
        .toList();
  }

  @Test
  void aDeletionDoesNotCountWhatAnEarlierOneHasLeft() throws Exception {
    StudyRecord study = filled("gone");
    Path left = Files.createDirectories(directory.resolve("runs/.deleted-9-x"));
    Files.write(left.resolve("trial_001.json"), new byte[10_000_000]);

    assertThat(store.deleteStudy(study.id()).bytes()).isLessThan(10_000_000);
    assertThat(left).doesNotExist();
  }

  @Test
  void aTombstoneHasTheTimeOfTheStoresClock() throws Exception {
    Instant now = Instant.parse("2001-02-03T04:05:06Z");
    store.close();
    Clocks clocks = new Clocks(Clock.fixed(now, ZoneOffset.UTC), System::nanoTime);
    store = Store.open(directory, StoreDirectory.open(directory), StoreOptions.DEFAULT, clocks);

    store.deleteStudy(study("gone").id());

    assertThat(new Tombstones(directory).list()).extracting(Tombstone::deleted).containsOnly(now);
  }
}
