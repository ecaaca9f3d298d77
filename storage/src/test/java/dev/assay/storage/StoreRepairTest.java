package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever of a store is lost or broken: a repair brings back what is left, and it is sound. */
@Timeout(300)
final class StoreRepairTest {
  /** {@code -Dassay.cuts=1000000} for each operation. */
  private static final int STEP = Integer.getInteger("assay.cuts", 24) > 1000 ? 1 : 7;

  private static final String FILE = "a file of the run, byte for byte";

  @TempDir(factory = MemoryDisk.class)
  private static Path directory;

  /** As a process has left it that was killed. */
  private static Path killed;

  /** An older live.db of it. */
  private static Path older;

  /** The trials of each study, by number. */
  private static final Map<String, List<FrozenTrial>> EXPECTED = new TreeMap<>();

  private static int copies;
  private Path store;

  @BeforeAll
  static void makeStore() throws Exception {
    killed = directory.resolve("killed");
    older = directory.resolve("older.db");
    Path open = directory.resolve("open");
    try (Store store = Store.open(open)) {
      StudyRecord study = study(store, "ours");
      finish(store, study, 0, "sealed");
      finish(store, study, 1, "sealed");
      finish(store, study, 2, "sealed");
      store.seal(study.id());
      LiveCopy.take(open.resolve("live.db"), older);
      finish(store, study, 3, "shown");
      finish(store, study, 4, "x".repeat(Spool.INLINE_BYTES));
      store.refresh();
      finish(store, study, 5, "hot");
      finish(store, study, 6, "y".repeat(Spool.INLINE_BYTES));
      claim(store, study, 7);
      importRun(store);
      delete(store);
      store.addSignatures(study.id(), Set.of("known"));
      store.flush();
      for (StudyRecord each : store.studies()) {
        try (Stream<FrozenTrial> trials = store.trials(each.id())) {
          EXPECTED.put(each.name(), trials.toList());
        }
      }
      copy(open, killed);
    }
  }

  private static StudyRecord study(Store store, String name) {
    return store.openStudy(
        name, List.of(Direction.MAXIMIZE), Json.object().put("who", "us"), Json.object());
  }

  private static Claim.Lease claim(Store store, StudyRecord study, int x) {
    Claim claim =
        store.claim(study.id(), Json.object().put("x", x), Json.object().put("x", "int"), null);
    return ((Claim.Acquired) claim).lease();
  }

  private static void finish(Store store, StudyRecord study, int x, String note) {
    store.finish(
        claim(store, study, x),
        FrozenTrial.builder()
            .state(x % 3 == 2 ? TrialState.FAIL : TrialState.COMPLETE)
            .values(x % 3 == 2 ? List.of() : List.of((double) x))
            .error(x % 3 == 2 ? "boom" : null)
            .durationSeconds(0.5)
            .userAttrs(Json.object().put("note", note))
            .build());
  }

  private static void importRun(Store store) {
    try (StudyImport run =
        store.beginImport("imported", List.of(Direction.MINIMIZE), Json.object(), Json.object())) {
      run.addFile("trial_001.json", "trial_001.json", FILE.getBytes(StandardCharsets.UTF_8));
      for (int x = 0; x < 3; x++) {
        run.addTrial(
            FrozenTrial.builder()
                .state(TrialState.COMPLETE)
                .value(x)
                .params(Json.object().put("x", x))
                .signature("imported" + x)
                .build());
      }
      run.addSignatures(Set.of("without outcome"));
      run.commit();
    }
  }

  /** A study that is deleted, of which files are left. */
  private static void delete(Store store) throws IOException {
    StudyRecord gone = study(store, "gone");
    finish(store, gone, 0, "gone");
    store.seal(gone.id());
    store.deleteStudy(gone.id());
    assertThat(LakeListing.parts(store.directory()))
        .as("its files stay as long as somebody may read them")
        .anyMatch(part -> part.studyId() == gone.id());
    store.refresh();
  }

  @BeforeEach
  void copy() throws IOException {
    store = directory.resolve("copy" + copies++);
    copy(killed, store);
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void lose(Path store) throws IOException {
    Files.delete(store.resolve("live.db"));
    Files.deleteIfExists(store.resolve("live.db-wal"));
    Files.deleteIfExists(store.resolve("live.db-shm"));
  }

  private Path one(String folder, String name) throws IOException {
    return all(folder, name).get(0);
  }

  private List<Path> all(String folder, String name) throws IOException {
    try (Stream<Path> files = Files.walk(store.resolve(folder))) {
      return files.filter(file -> file.getFileName().toString().matches(name)).sorted().toList();
    }
  }

  /** Repairs the store, which is sound then, and stays so. */
  private RepairReport repair() {
    RepairReport report = Store.repair(store);
    assertThat(report.remaining()).isEmpty();
    assertThat(store.resolve("repair")).doesNotExist();
    assertThat(Store.repair(store).found()).isEmpty();
    return report;
  }

  private static StudyRecord found(Store opened, String name) {
    return Objects.requireNonNull(opened.findStudy(name), name);
  }

  private static FrozenTrial expected(int number) {
    return Objects.requireNonNull(EXPECTED.get("ours")).get(number);
  }

  private static List<FrozenTrial> trials(Store opened, String name) {
    StudyRecord study = found(opened, name);
    try (Stream<FrozenTrial> trials = opened.trials(study.id())) {
      return trials.toList();
    }
  }

  /**
   * All that was there is there.
   *
   * @param whole how many trials of our study came back with all that they had, not from files
   */
  private void assertAllThere(Store opened, int whole) {
    assertThat(opened.studies()).extracting(StudyRecord::name).containsExactly("ours", "imported");
    assertThat(found(opened, "ours").userAttrs()).isEqualTo(Json.object().put("who", "us"));
    List<FrozenTrial> ours = trials(opened, "ours");
    for (int number = 0; number < 7; number++) {
      FrozenTrial expected = expected(number);
      if (number < whole) {
        assertThat(Records.write(ours.get(number))).isEqualTo(Records.write(expected));
      }
      assertThat(document(ours.get(number))).isEqualTo(document(expected));
    }
    assertThat(trials(opened, "imported")).isEqualTo(EXPECTED.get("imported"));
  }

  private static String document(FrozenTrial trial) {
    return CanonicalJson.compact(TrialDocument.toJson(trial));
  }

  /** What comes after a repair is as if nothing had happened. */
  private void assertGoesOn(Store opened) throws IOException {
    StudyRecord study = study(opened, "ours");
    Set<Long> used = new HashSet<>();
    EXPECTED.values().forEach(trials -> trials.forEach(trial -> used.add(trial.id())));
    List<FrozenTrial> before = trials(opened, "ours");
    Claim again = opened.claim(study.id(), Json.object().put("x", 6), Json.object(), null);
    assertThat(((Claim.Duplicate) again).values()).containsExactly(6.0);
    Claim.Lease lease = claim(opened, study, 100);
    assertThat(lease.number()).isEqualTo(before.size());
    assertThat(used).doesNotContain(lease.trialId());
    opened.finish(lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(100).build());
    StudyRecord next = study(opened, "next");
    assertThat(next.id()).isGreaterThan(3);
    opened.seal(study.id());
    assertThat(trials(opened, "ours")).hasSize(before.size() + 1);
    Path restored = directory.resolve("restored" + copies++);
    opened.restore(found(opened, "imported").id(), restored, path -> true);
    assertThat(restored.resolve("trial_001.json")).hasContent(FILE);
    assertThat(opened.verify().faults()).isEmpty();
  }

  @Test
  void aLostDatabaseIsMadeAnewFromTheFilesOfTheStore() throws IOException {
    lose(store);
    assertThatThrownBy(() -> Store.openExisting(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("assay repair");

    RepairReport report = repair();

    assertThat(report.rebuilt()).isTrue();
    assertThat(report.studies()).extracting(RepairReport.Study::lost).containsExactly(0L, 0L);
    try (Store opened = Store.openExisting(store)) {
      assertThat(trials(opened, "ours")).hasSize(7);
      assertAllThere(opened, 5);
      assertThat(opened.known(1, Set.of("known"))).isEmpty();
      assertGoesOn(opened);
    }
  }

  /** Gives an id to a trial that is number 8, and interrupted. */
  private static long lastIdOf(Path store) {
    try (Store opened = Store.openExisting(store)) {
      return claim(opened, study(opened, "ours"), 50).trialId();
    }
  }

  @Test
  void whatNoPartHasComesFromTheTrialFilesAndNoFileMakesUpTrials() throws IOException {
    long last = lastIdOf(store);
    lose(store);
    Files.delete(one("runs/1-ours", "trial_009.json"));
    for (Path delta : all("lake/deltas/study=1", "part-.*")) {
      Files.delete(delta);
    }
    long tooGreat = Objects.requireNonNull(StoreFile.read(store)).reservedTrialIds();
    ObjectNode document =
        (ObjectNode) Json.parse(Files.readAllBytes(one("runs/1-ours", "trial_006.json")));
    document.put("number", tooGreat);
    Files.write(
        store.resolve("runs/1-ours/" + RunDirectories.trialFile(tooGreat)),
        CanonicalJson.indentedBytes(document));

    RepairReport report = repair();

    RepairReport.Study ours = report.studies().get(0);
    assertThat(ours.fromFiles()).isEqualTo(4);
    assertThat(ours.lost()).isZero();
    try (Store opened = Store.openExisting(store)) {
      assertThat(trials(opened, "ours")).hasSize(7);
      assertAllThere(opened, 3);
      assertThat(trials(opened, "ours").subList(3, 7))
          .as("new ids, where nothing is left of an id but the block that it was taken from")
          .allMatch(trial -> trial.id() > last);
    }
  }

  @Test
  void aStoreWithoutDatabaseAndManifestIsNotTakenForAnEmptyOne() throws IOException {
    lose(store);
    Files.delete(store.resolve("manifest.json"));
    assertThatThrownBy(() -> Store.openExisting(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("assay repair");

    repair();

    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, 5);
    }
  }

  @Test
  void anOlderDatabaseWithoutAManifestGivesNoIdOfAPartAgain() throws IOException {
    lose(store);
    Files.delete(store.resolve("manifest.json"));
    Files.copy(older, store.resolve("live.db"));
    List<String> before = LakeListing.files(store);
    assertThatThrownBy(() -> Store.openExisting(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("assay repair");
    assertThat(LakeListing.files(store)).isEqualTo(before);

    repair();

    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, 5);
    }
  }

  @Test
  void anOlderDatabaseGivesWhatTheFilesDoNotHave() throws IOException {
    lose(store);
    Files.copy(older, store.resolve("live.db"));
    assertThatThrownBy(() -> Store.openExisting(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("assay repair");

    repair();

    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, 5);
      assertGoesOn(opened);
    }
  }

  @ParameterizedTest
  @CsvSource({"live.db, 100, 5", "live.db, 5000, 5", "live.db, 0, 5"})
  void aDatabaseThatIsCutShortIsMadeAnew(String name, int length, int whole) throws IOException {
    try (LiveDatabase live = LiveDatabase.open(store.resolve(name))) {
      assertThat(live.query(Parts::snapshot)).isPositive();
    }
    byte[] content = Files.readAllBytes(store.resolve(name));
    Files.write(store.resolve(name), Arrays.copyOf(content, length));

    repair();

    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, whole);
      assertGoesOn(opened);
    }
  }

  private void change(String damage) {
    try (LiveDatabase live = LiveDatabase.open(store.resolve("live.db"))) {
      assertThat(live.<Integer>transaction(sql -> sql.update(damage))).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE summaries SET complete = complete + 1",
        "DELETE FROM top_trials",
        "DELETE FROM best_trials",
        "UPDATE signatures SET trial_id = trial_id + 100 WHERE trial_id = 0",
        "UPDATE signatures SET state = 'PRUNED' WHERE trial_id = 0",
        "UPDATE parts SET sha256 = 'x' WHERE kind = 'trials' AND study_id = 1",
        "DELETE FROM parts WHERE study_id = 1",
        "UPDATE studies SET next_number = 12 WHERE study_id = 1",
        "UPDATE trials SET record = '{' WHERE record IS NOT NULL",
        "DELETE FROM trials"
      })
  void whatIsWrongInTheDatabaseIsSetRight(String damage) throws IOException {
    change(damage);
    for (Path delta : all("lake/deltas/study=1", "part-.*")) {
      Files.delete(delta);
    }

    repair();

    // Where the database has lost the hot ones, their files have what is written there.
    boolean isHotWhole = !damage.contains(" trials");
    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, isHotWhole ? 7 : 3);
      assertGoesOn(opened);
    }
  }

  @Test
  void theTrialsOfADamagedPartComeFromThePartAndFromTheirFiles() throws IOException {
    Path part = one("lake/trials/study=1", "part-.*");
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 1;
    Files.write(part, bytes);

    RepairReport report = repair();

    assertThat(report.quarantined())
        .extracting(RepairReport.Moved::path)
        .contains(store.relativize(part).toString());
    try (Store opened = Store.openExisting(store)) {
      assertAllThere(opened, 0);
      assertGoesOn(opened);
    }
  }

  @Test
  void aTrialOfWhichNothingIsLeftFailsAndSaysSo() throws IOException {
    Files.delete(one("lake/trials/study=1", "part-.*"));
    Files.delete(one("runs/1-ours", "trial_002.json"));

    RepairReport report = repair();

    assertThat(report.studies().get(0).lost()).isEqualTo(1);
    try (Store opened = Store.openExisting(store)) {
      FrozenTrial lost = Objects.requireNonNull(opened.trial(1, 1));
      assertThat(lost.state()).isEqualTo(TrialState.FAIL);
      assertThat(lost.error()).startsWith("lost: ");
      assertThat(opened.seen(1, Set.of(Objects.requireNonNull(expected(1).signature())))).isEmpty();
      assertGoesOn(opened);
    }
  }

  @Test
  void trialFilesAreMadeAnew() throws IOException {
    byte[] good = Files.readAllBytes(one("runs/1-ours", "trial_001.json"));
    Files.writeString(one("runs/1-ours", "trial_001.json"), "{\"a\": ");
    Files.delete(one("runs/1-ours", "trial_004.json"));

    RepairReport report = repair();

    assertThat(report.rebuilt()).isFalse();
    assertThat(store.resolve("runs/1-ours/trial_001.json")).hasBinaryContent(good);
    assertThat(store.resolve("runs/1-ours/trial_004.json")).exists();
    assertThat(report.quarantined()).hasSize(1);
  }

  @Test
  void aSoundStoreIsLeftAsItIs() throws IOException {
    try (Store opened = Store.openExisting(store)) {
      opened.flush();
    }
    List<String> before = contents(store);

    assertThat(Store.repair(store).found()).isEmpty();

    assertThat(contents(store)).isEqualTo(before);
  }

  private static List<String> contents(Path root) throws IOException {
    List<String> contents = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.getFileName().toString().startsWith("live.db")) {
          contents.add(root.relativize(file) + " " + Arrays.hashCode(Files.readAllBytes(file)));
        }
      }
    }
    return contents;
  }

  /** Dies at one of the operations that make the new database and put it into its place. */
  private static final class Death implements Watcher {
    private final int at;
    private int operations;
    private boolean isOver;

    Death(int at) {
      this.at = at;
    }

    @Override
    public synchronized void before(Operation operation) throws IOException {
      boolean isWork = operation.path().getFileName().toString().contains("repair.json");
      if (isOver || !operation.isWriteLike() || (operations == 0 && !isWork)) {
        return;
      }
      operations++;
      if (operations >= at) {
        throw new IOException("dead");
      }
      isOver =
          operation.path().getFileName().toString().equals("repair.json")
              && operation.kind() == Operation.Kind.DELETE;
    }
  }

  @Test
  void aRepairThatIsCutOffAnywhereIsTakenUpAgain() throws IOException {
    change("UPDATE summaries SET complete = complete + 1");
    Path archive = one("lake/files/study=2", "part-.*");
    byte[] bytes = Files.readAllBytes(archive);
    Files.write(archive, Arrays.copyOf(bytes, bytes.length - 9));
    Path damaged = store;
    int deaths = 0;
    for (int at = 1; ; at += STEP) {
      store = directory.resolve("copy" + copies++);
      copy(damaged, store);
      Death death = new Death(at);
      Path watched = WatchedDisk.watch(store, death);
      try {
        Store.repair(watched);
        break;
      } catch (StoreException e) {
        assertThat(e).as("operation %d", at).hasMessageContaining("dead");
        deaths++;
      }
      if (Files.exists(store.resolve("live.db.new"))) {
        assertThatThrownBy(() -> Store.openExisting(store)).hasMessageContaining("assay repair");
      }
      RepairReport report = repair();
      assertThat(report.losses())
          .as("operation %d", at)
          .singleElement(STRING)
          .contains("the run files in it cannot be restored");
      assertThat(report.studies()).hasSize(2);
      try (Store opened = Store.openExisting(store)) {
        assertAllThere(opened, 7);
        assertThat(opened.known(1, Set.of("known"))).containsExactly("known");
      }
    }
    assertThat(deaths).isGreaterThan(24 / STEP);
  }

  @Test
  void wrongBitsInTheDatabaseTakeNothingThatIsElsewhere() throws IOException {
    try (LiveDatabase live = LiveDatabase.open(store.resolve("live.db"))) {
      assertThat(live.query(Parts::snapshot)).isPositive();
    }
    byte[] content = Files.readAllBytes(store.resolve("live.db"));
    Random random = new Random(20261123);
    for (int round = 0; round < 3; round++) {
      byte[] wrong = content.clone();
      // A whole page of them, which no page of SQLite survives.
      int page = random.nextInt(wrong.length / 4096);
      for (int i = 0; i < 4096; i++) {
        wrong[page * 4096 + i] ^= (byte) 0xff;
      }
      Files.deleteIfExists(store.resolve("live.db-wal"));
      Files.write(store.resolve("live.db"), wrong);

      RepairReport report = Store.repair(store);

      assertThat(report.remaining()).as("page %d", page).isEmpty();
      try (Store opened = Store.openExisting(store)) {
        assertAllThere(opened, 5);
      }
    }
  }

  /** It comes between the first look and the moment from which nobody can open the store. */
  @Test
  void aStoreThatIsOpenedAtTheLastMomentIsNotRepaired() throws Exception {
    Files.createDirectory(store.resolve("repair"));
    FutureTask<RepairReport> repair = new FutureTask<>(() -> Store.repair(store));
    Thread thread = new Thread(repair);
    WorkerLock opened =
        new FileMutex(store.resolve(Manifest.LOCK))
            .locked(
                () -> {
                  thread.start();
                  while (thread.isAlive() && !waitsForTheManifest(thread)) {
                    Thread.onSpinWait();
                  }
                  return WorkerLock.hold(store.resolve("lake"), 1_000);
                });

    assertThatThrownBy(repair::get)
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("end that process");
    opened.close();
    assertThat(store.resolve("live.db.new")).doesNotExist();
    repair();
  }

  private static boolean waitsForTheManifest(Thread thread) {
    return thread.getState() == Thread.State.WAITING
        && Stream.of(thread.getStackTrace())
            .anyMatch(frame -> frame.getMethodName().equals("rebuildAlone"));
  }

  @Test
  void aStoreThatOthersHaveOpenIsNotRepaired() throws IOException {
    try (Store opened = Store.openExisting(store)) {
      opened.live.transaction(sql -> sql.update("DELETE FROM best_trials"));

      assertThatThrownBy(() -> Store.repair(store))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("end that process");
    }
  }
}
