package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class LakeTest {
  @TempDir Path store;

  /** Trial ids that readers see through the manifest, ascending. */
  private static List<Long> shown(LakeFixture fixture) throws Exception {
    if (fixture.files("trials", "delta").isEmpty()) {
      return List.of();
    }
    return fixture
        .query("SELECT trial_id FROM read_parquet(FILES) ORDER BY 1", "trials", "delta")
        .stream()
        .map(row -> (Long) row.get(0))
        .toList();
  }

  private static List<Long> upTo(long count) {
    return LongStream.range(0, count).boxed().toList();
  }

  private static long count(LakeFixture fixture, String table) {
    return fixture.live.query(sql -> sql.number("SELECT count(*) FROM " + table));
  }

  private static void insert(LakeFixture fixture, long study, int trials) {
    for (int i = 0; i < trials; i++) {
      fixture.insertComplete(study, i);
    }
  }

  private List<Path> partFiles() throws Exception {
    return StudyImportTest.filesBelow(store.resolve("lake")).stream()
        .filter(file -> file.toString().contains("part-"))
        .toList();
  }

  @Test
  void newStoreHasAManifestAndEmptyParts() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      JsonNode manifest = fixture.manifest();
      assertThat(manifest.get("format").intValue()).isEqualTo(1);
      assertThat(manifest.get("snapshot").longValue()).isZero();
      assertThat(manifest.get("studies")).isEmpty();
      assertThat(manifest.get("files")).isEmpty();
      for (String kind : List.of("trials", "files")) {
        List<Path> empty = List.of(store.resolve("lake/" + kind + "/empty.parquet"));
        assertThat(LakeFixture.query("SELECT count(*) FROM read_parquet(FILES)", empty))
            .containsExactly(List.of(0L));
      }
    }
  }

  @Test
  void refreshShowsFinishedTrialsOnceAndOnlyWhatIsNew() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 3);
      fixture.insert(study, FrozenTrial.builder().state(TrialState.RUNNING));
      fixture.lake.refresh();
      assertThat(shown(fixture)).isEqualTo(upTo(3));
      long snapshot = fixture.manifest().get("snapshot").longValue();
      fixture.lake.refresh();
      assertThat(fixture.manifest().get("snapshot").longValue()).isEqualTo(snapshot);
      fixture.insertComplete(study, 5);
      fixture.lake.refresh();
      assertThat(shown(fixture)).containsExactly(0L, 1L, 2L, 4L);
      assertThat(fixture.files("delta")).hasSize(2);
      assertThat(count(fixture, "trials")).isEqualTo(5);
    }
  }

  @Test
  void sixteenDeltasBecomeOne() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      for (int i = 0; i < HotSelection.MAX_DELTAS; i++) {
        assertThat(fixture.files("delta")).hasSize(i);
        fixture.insertComplete(study, i);
        fixture.lake.refresh();
        assertThat(shown(fixture)).isEqualTo(upTo(i + 1));
      }
      assertThat(fixture.files("delta")).hasSize(1);
    }
  }

  @Test
  void sealReplacesDeltasAndEmptiesTheLiveDatabase() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      long other = fixture.createStudy("t");
      insert(fixture, study, 3);
      insert(fixture, other, 2);
      fixture.insert(study, FrozenTrial.builder().state(TrialState.RUNNING));
      fixture.lake.refresh();
      fixture.insertComplete(study, 9);
      fixture.seal(study);
      assertThat(shown(fixture)).containsExactly(0L, 1L, 2L, 3L, 4L, 6L);
      assertThat(fixture.files("trials")).hasSize(1);
      assertThat(fixture.files("delta")).hasSize(1);
      assertThat(count(fixture, "trials WHERE study_id = " + study)).isEqualTo(1);
      fixture.seal(study);
      assertThat(fixture.files("trials")).hasSize(1);
    }
  }

  @Test
  void newStudyReachesTheManifestWithAHigherSnapshot() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long before = fixture.manifest().get("snapshot").longValue();
      fixture.createStudy("new 😀");
      fixture.lake.refresh();
      JsonNode manifest = fixture.manifest();
      assertThat(manifest.get("snapshot").longValue()).isGreaterThan(before);
      JsonNode study = manifest.get("studies").get(0);
      assertThat(study.get("name").textValue()).isEqualTo("new 😀");
      assertThat(study.get("directions").get(0).textValue()).isEqualTo("MAXIMIZE");
      assertThat(study.get("user_attrs").textValue()).isEqualTo("{\"k\":1}");
      assertThat(study.get("created").textValue()).isEqualTo("1970-01-01T00:00:00Z");
    }
  }

  @Test
  void manifestTellsSizeAndDigestOfEachFile() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      fixture.seal(study);
      JsonNode file = fixture.manifest().get("files").get(0);
      Path path = store.resolve(file.get("path").textValue());
      assertThat(file.get("path").textValue()).isEqualTo("lake/trials/study=1/part-1.parquet");
      assertThat(file.get("rows").longValue()).isEqualTo(2);
      assertThat(file.get("bytes").longValue()).isEqualTo(Files.size(path));
      assertThat(file.get("sha256").textValue())
          .isEqualTo(
              java.util.HexFormat.of()
                  .formatHex(PartOutput.sha256().digest(Files.readAllBytes(path))));
    }
  }

  @Test
  void pausedSealThatWasCancelledLosesNothing() throws Exception {
    try (LakeFixture sealer = new LakeFixture(store);
        LakeFixture cleaner = new LakeFixture(store)) {
      long study = sealer.createStudy("s");
      insert(sealer, study, 4);
      sealer.lake.refresh();
      HotPart paused =
          HotPart.reserveSeal(store, sealer.live, sealer.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      ParquetPart.Written written = paused.write();
      assertThat(paused.part().file(store)).exists();
      // The sealer's lease has run out: it is no longer among the workers.
      cleaner.live.transaction(
          sql -> sql.update("DELETE FROM workers WHERE worker_id = ?", sealer.workerId));
      cleaner.lake.refresh();
      assertThat(paused.part().file(store)).doesNotExist();
      assertThat(shown(cleaner)).isEqualTo(upTo(4));
      assertThat(paused.commit(written)).isFalse();
      paused.abandon();
      assertThat(count(cleaner, "trials")).isEqualTo(4);
      cleaner.seal(study);
      assertThat(shown(cleaner)).isEqualTo(upTo(4));
      assertThat(count(cleaner, "trials")).isZero();
    }
  }

  @Test
  void pausedSealThatIsLeftAloneCommitsAfterNewDeltas() throws Exception {
    try (LakeFixture sealer = new LakeFixture(store);
        LakeFixture other = new LakeFixture(store)) {
      long study = sealer.createStudy("s");
      insert(sealer, study, 4);
      HotPart paused =
          HotPart.reserveSeal(store, sealer.live, sealer.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      ParquetPart.Written written = paused.write();
      insert(other, study, 3);
      other.lake.refresh();
      assertThat(shown(other)).isEqualTo(upTo(7));
      assertThat(paused.commit(written)).isTrue();
      sealer.lake.refresh();
      assertThat(shown(other)).isEqualTo(upTo(7));
      assertThat(other.files("delta")).hasSize(1);
      assertThat(count(other, "trials")).isEqualTo(3);
    }
  }

  @Test
  void rowsThatAnEndedSealDidNotComeToDeleteCountForNothing() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 3);
      fixture.lake.refresh();
      insert(fixture, study, 2);
      fixture.live.transaction(
          sql ->
              sql.update(
                  "CREATE TRIGGER killed BEFORE DELETE ON trials "
                      + "BEGIN SELECT RAISE(ABORT, 'killed'); END"));
      assertThatThrownBy(() -> fixture.seal(study)).hasMessageContaining("killed");
      assertThat(count(fixture, "trials")).isEqualTo(5);

      fixture.lake.refresh();
      assertThat(shown(fixture)).isEqualTo(upTo(5));
      assertThat(fixture.files("delta")).isEmpty();
      List<HotSelection.Unseen> unseen = fixture.live.query(HotSelection::unseen);
      assertThat(unseen).isEmpty();
      assertThat(HotPart.reserveSeal(store, fixture.live, fixture.workerId, study, Long.MAX_VALUE))
          .isEmpty();
      fixture.live.transaction(sql -> sql.update("DROP TRIGGER killed"));
    }
    try (LakeFixture next = new LakeFixture(store)) {
      assertThat(count(next, "trials")).isZero();
      assertThat(shown(next)).isEqualTo(upTo(5));
    }
  }

  @Test
  void deltaThatIsReservedForASealStaysOutOfItWhenThatIsCommitted() throws Exception {
    try (LakeFixture sealer = new LakeFixture(store);
        LakeFixture slow = new LakeFixture(store)) {
      long study = sealer.createStudy("s");
      insert(sealer, study, 3);
      HotPart seal =
          HotPart.reserveSeal(store, sealer.live, sealer.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      HotPart delta =
          HotPart.reserveDelta(
                  store,
                  slow.live,
                  slow.workerId,
                  new HotSelection.Unseen(study, seal.part().id(), 3))
              .orElseThrow();
      ParquetPart.Written written = delta.write();
      sealer.live.transaction(
          sql ->
              sql.update(
                  "CREATE TRIGGER killed BEFORE DELETE ON trials "
                      + "BEGIN SELECT RAISE(ABORT, 'killed'); END"));
      assertThatThrownBy(() -> seal.commit(seal.write())).hasMessageContaining("killed");
      assertThat(delta.commit(written)).isFalse();
      delta.abandon();
      sealer.live.transaction(sql -> sql.update("DROP TRIGGER killed"));
      sealer.lake.refresh();
      assertThat(shown(sealer)).isEqualTo(upTo(3));
    }
  }

  @Test
  void sealMarksAndDeletesItsRowsInSmallTransactions() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 1_600);
      long before = fixture.live.counts().commits();
      fixture.seal(study);
      assertThat(fixture.live.counts().commits() - before).isGreaterThan(2 * 1_600 / 500);
      assertThat(shown(fixture)).isEqualTo(upTo(1_600));
      assertThat(count(fixture, "trials")).isZero();
    }
  }

  @Test
  void deltaOfWhichAnotherSealHasRowsIsLeftToIt() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store);
        LakeFixture other = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 700);
      fixture.lake.refresh();
      Parts.Part part =
          other.live.transaction(
              sql -> {
                Parts.Part own = Parts.reserve(sql, study, Parts.Kind.TRIALS, other.workerId);
                sql.update("UPDATE trials SET part_id = ? WHERE trial_id = 5", own.id());
                return own;
              });
      fixture.insertComplete(study, 1);

      HotPart seal =
          HotPart.reserveSeal(store, fixture.live, fixture.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      assertThat(count(fixture, "trials WHERE part_id = " + seal.part().id())).isEqualTo(1);
      assertThat(count(fixture, "trials WHERE part_id = " + part.id())).isEqualTo(1);
      assertThat(seal.run()).isTrue();
      HotPart.abandon(store, other.live, part);
      fixture.seal(study);
      assertThat(shown(fixture)).isEqualTo(upTo(701));
      assertThat(count(fixture, "trials")).isZero();
    }
  }

  @Test
  void deltaWhoseRowsWereSealedMeanwhileLeavesNothing() throws Exception {
    try (LakeFixture slow = new LakeFixture(store);
        LakeFixture quick = new LakeFixture(store)) {
      long study = slow.createStudy("s");
      insert(slow, study, 4);
      HotPart delta =
          HotPart.reserveDelta(
                  store, slow.live, slow.workerId, new HotSelection.Unseen(study, null, 4))
              .orElseThrow();
      ParquetPart.Written written = delta.write();
      quick.seal(study);
      assertThat(delta.commit(written)).isFalse();
      delta.abandon();
      assertThat(shown(quick)).isEqualTo(upTo(4));
      assertThat(partFiles()).hasSize(1);
    }
  }

  @Test
  void concurrentSealsDeltasAndInsertsShowEveryTrialExactlyOnce() throws Exception {
    long study;
    try (LakeFixture fixture = new LakeFixture(store)) {
      study = fixture.createStudy("s");
    }
    int threads = 4;
    int rounds = 12;
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch ready = new CountDownLatch(threads);
    ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
    // Two databases, as two processes have them, with two threads on each.
    try (LakeFixture a = new LakeFixture(store);
        LakeFixture b = new LakeFixture(store)) {
      List<Future<Boolean>> workers =
          LongStream.range(0, threads)
              .mapToObj(
                  thread ->
                      pool.submit(
                          () -> {
                            LakeFixture fixture = thread % 2 == 0 ? a : b;
                            Random random = new Random(thread);
                            ready.countDown();
                            ready.await();
                            for (int round = 0; round < rounds; round++) {
                              insert(fixture, study, random.nextInt(4));
                              if (random.nextInt(3) == 0) {
                                fixture.seal(study);
                              } else {
                                fixture.lake.refresh();
                              }
                            }
                            return true;
                          }))
              .toList();
      Future<Boolean> watcher = pool.submit(() -> watch(a, done));
      for (Future<Boolean> worker : workers) {
        assertThat(worker.get(100, TimeUnit.SECONDS)).isTrue();
      }
      done.set(true);
      assertThat(watcher.get(10, TimeUnit.SECONDS)).isTrue();
      a.lake.refresh();
      long trials =
          a.live.query(sql -> sql.number("SELECT value FROM meta WHERE key = 'next_trial_id'"));
      assertThat(shown(a)).isEqualTo(upTo(trials));
      a.seal(study);
      assertThat(shown(b)).isEqualTo(upTo(trials));
      assertThat(a.files("delta")).isEmpty();
      assertThat(count(a, "parts WHERE status = 'reserved'")).isZero();
    } finally {
      pool.shutdownNow();
    }
  }

  /** Every manifest on the way shows each trial once, and trials once shown stay. */
  private static boolean watch(LakeFixture fixture, AtomicBoolean done) throws Exception {
    long snapshot = 0;
    List<Long> seen = List.of();
    while (!done.get()) {
      long next = fixture.manifest().get("snapshot").longValue();
      assertThat(next).isGreaterThanOrEqualTo(snapshot);
      snapshot = next;
      List<Long> now = shown(fixture);
      assertThat(now).doesNotHaveDuplicates().containsAll(seen);
      seen = now;
    }
    return true;
  }

  @Test
  void filesOfADeadWorkerAreCleanedAtTheNextOpening() throws Exception {
    long study;
    Path copy = store.resolve("copy");
    try (LakeFixture dying = new LakeFixture(store)) {
      study = dying.createStudy("s");
      insert(dying, study, 3);
      HotPart half =
          HotPart.reserveSeal(store, dying.live, dying.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      half.write();
      StudyImport run =
          dying.lake.beginImport(
              new StudySettings(
                  "run",
                  List.of(Direction.MAXIMIZE),
                  dev.assay.storage.json.Json.object(),
                  dev.assay.storage.json.Json.object()));
      run.addFile("a.txt", null, new byte[10]);
      // A store as a killed process leaves it: its files, and a lock that nobody holds.
      copyStore(copy);
      run.close();
    }
    try (LakeFixture next = new LakeFixture(copy)) {
      assertThat(StudyImportTest.filesBelow(copy.resolve("lake")))
          .noneMatch(file -> file.getFileName().toString().contains("part-"));
      assertThat(count(next, "parts WHERE status = 'reserved'")).isZero();
      next.seal(study);
      assertThat(shown(next)).isEqualTo(upTo(3));
    }
  }

  private void copyStore(Path target) throws IOException {
    List<Path> files;
    try (var walk = Files.walk(store)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path to = target.resolve(store.relativize(file));
      Files.createDirectories(to.getParent());
      Files.copy(file, to);
    }
  }

  @Test
  void partWhoseNameIsTakenLeavesTheOlderFileAlone() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      HotPart seal =
          HotPart.reserveSeal(store, fixture.live, fixture.workerId, study, Long.MAX_VALUE)
              .orElseThrow();
      Path older = seal.part().file(store);
      Files.createDirectories(older.getParent());
      Files.writeString(older, "older");

      assertThatThrownBy(seal::run).hasMessageContaining("it stays as it is");

      assertThat(older).hasContent("older");
      assertThat(seal.part().temporary(store)).doesNotExist();
      assertThat(count(fixture, "parts")).as("nobody deletes it later").isZero();
      fixture.seal(study);
      assertThat(older).hasContent("older");
      Files.delete(older);
      assertThat(shown(fixture)).isEqualTo(upTo(2));
    }
  }

  @Test
  void halfWrittenFilesUnderTemporaryNamesAreIgnored() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      fixture.seal(study);
      Files.writeString(store.resolve("lake/trials/study=1/.part-9.tmp"), "PAR1");
      Files.writeString(store.resolve(".manifest.json.tmp"), "{\"snap");
      insert(fixture, study, 1);
      fixture.lake.refresh();
      assertThat(shown(fixture)).isEqualTo(upTo(3));
    }
  }

  @Test
  void droppedFilesStayForTheGracePeriod() throws Exception {
    AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE);
    Clocks clocks = new Clocks(Clock.systemUTC(), nanoTime::get);
    try (LakeFixture fixture = new LakeFixture(store, Duration.ofMinutes(10), clocks)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      fixture.lake.refresh();
      Path delta = fixture.files("delta").get(0);
      fixture.seal(study);
      nanoTime.addAndGet(Duration.ofMinutes(9).toNanos());
      fixture.lake.refresh();
      assertThat(delta).exists();
      nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
      fixture.lake.refresh();
      assertThat(delta).doesNotExist();
      assertThat(shown(fixture)).isEqualTo(upTo(2));
      assertThat(count(fixture, "parts")).isEqualTo(1);
    }
  }

  @Test
  void laggingOrBrokenManifestIsPublishedAgainAtOpening() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      byte[] old = Files.readAllBytes(store.resolve("manifest.json"));
      fixture.seal(study);
      Files.write(store.resolve("manifest.json"), old);
    }
    try (LakeFixture fixture = new LakeFixture(store)) {
      assertThat(shown(fixture)).isEqualTo(upTo(2));
      Files.write(
          store.resolve("manifest.json"), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    }
    try (LakeFixture fixture = new LakeFixture(store)) {
      assertThat(shown(fixture)).isEqualTo(upTo(2));
    }
  }

  @Test
  void liveDatabaseOlderThanTheManifestIsRefused() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      fixture.seal(study);
    }
    List<Path> before = StudyImportTest.filesBelow(store.resolve("lake"));
    byte[] manifest = Files.readAllBytes(store.resolve("manifest.json"));
    Files.delete(store.resolve("live.db"));
    assertThatThrownBy(() -> new LakeFixture(store).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("manifest.json is of snapshot 1, but live.db knows 0 only");
    assertThat(StudyImportTest.filesBelow(store.resolve("lake"))).isEqualTo(before);
    assertThat(Files.readAllBytes(store.resolve("manifest.json"))).isEqualTo(manifest);
  }

  @Test
  void unwritableRecordNamesItsTrialAndFreesTheRows() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      insert(fixture, study, 2);
      fixture.live.transaction(
          sql -> sql.update("UPDATE trials SET record = '{' WHERE trial_id = 1"));
      assertThatThrownBy(() -> fixture.seal(study))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("trial 1 in live.db");
      assertThat(count(fixture, "trials WHERE part_id IS NOT NULL")).isZero();
      assertThat(partFiles()).isEmpty();
    }
  }
}
