package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trial files that a seal packs into the archive and takes out of {@code runs/}. */
@Timeout(60)
class CompactedFilesTest {
  private static final String[] OF_THE_STUDY = {"best_trial.json", "run_meta.json"};

  @TempDir Path directory;
  private Store store;
  private StudyFixture study;

  @BeforeEach
  void open() {
    open(directory);
  }

  private void open(Path disk) {
    store = Store.open(disk.resolve("store"));
    study = StudyFixture.open(store, "study", TrialFiles.COMPACTED);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen(Path disk) {
    store.close();
    open(disk);
  }

  private Map<String, String> contents(Path run) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    for (String name : StudyFixture.names(run)) {
      contents.put(name, Files.readString(run.resolve(name), StandardCharsets.ISO_8859_1));
    }
    return contents;
  }

  private Map<String, String> restored() throws IOException {
    Path target = directory.resolve("restored" + System.nanoTime());
    assertThat(store.restore(study.id(), target, path -> true).problems()).isEmpty();
    return contents(target);
  }

  @Test
  void aSealPacksTheFilesOfItsTrialsAndARestoreBringsThemBack() throws IOException {
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    Claim.Lease running = study.acquire(3);
    for (int number = 0; number < 3; number++) {
      Files.write(study.run().resolve("trial_00%d.log".formatted(number + 1)), new byte[number]);
    }
    store.flush();
    Files.writeString(study.trialFile(0), "{ \"mine\": NaN\n}");
    Map<String, String> before = contents(study.run());

    study.seal();

    assertThat(study.files()).containsExactly("best_trial.json", "run_meta.json", "trial_003.log");
    before.remove("trial_003.log");
    assertThat(restored()).isEqualTo(before);
    before.remove("run_meta.json");
    assertThat(store.verify().faults()).isEmpty();

    store.finish(running, StudyFixture.complete(0));
    store.flush();
    assertThat(study.files()).contains("trial_003.json", "trial_003.log");
    assertThat(restored()).containsKey("trial_003.json").containsAllEntriesOf(before);
    study.seal();
    assertThat(study.files()).containsExactly(OF_THE_STUDY);
    assertThat(restored()).containsKeys("trial_003.json", "trial_003.log");
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void aFileThatIsMissingOrTornIsPackedAsTheRecordHasIt() throws IOException {
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    store.flush();
    Map<String, String> before = contents(study.run());
    Files.delete(study.trialFile(0));
    Files.write(study.trialFile(1), new byte[] {'{', '\n'});

    study.seal();

    assertThat(restored()).isEqualTo(before);
  }

  @Test
  void theFileOfATrialThatHadTheNumberBeforeAPowerFailureIsNotPacked() throws IOException {
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    store.flush();
    Map<String, String> before = contents(study.run());
    String stale = Files.readString(study.trialFile(1)).replace("\"x\": 2", "\"x\": 3");
    Files.writeString(
        study.trialFile(1), stale.replaceFirst("\"signature\": \"\\w+\"", "\"signature\": \"s\""));
    assertThat(contents(study.run())).isNotEqualTo(before);

    study.seal();

    assertThat(restored()).isEqualTo(before);
  }

  @Test
  void theFileOfAnotherTrialIsReplacedByTheNextWorker() throws IOException {
    store.close();
    store = Store.open(directory.resolve("store"));
    study = StudyFixture.open(store, "kept", TrialFiles.KEEP);
    study.evaluate(1, 1);
    store.flush();
    Map<String, String> before = contents(study.run());
    String signature = "\"signature\": \"\\w+\"";
    String stale = Files.readString(study.trialFile(0));
    store.close();
    Files.writeString(study.trialFile(0), stale.replaceFirst(signature, "\"signature\": \"s\""));
    assertThat(contents(study.run())).isNotEqualTo(before);

    store = Store.open(directory.resolve("store"));
    study = StudyFixture.open(store, "kept", TrialFiles.KEEP);
    store.flush();

    assertThat(contents(study.run())).isEqualTo(before);
  }

  @Test
  void aSealThatIsDuePacksAsWell() throws Exception {
    store.close();
    store =
        Store.open(
            store.directory(), new StoreOptions(StoreOptions.DEFAULT.lease(), /* sealRows= */ 20));
    study = StudyFixture.open(store, "study");
    for (int x = 0; x < 30; x++) {
      study.evaluate(x, x);
    }
    store.flush();
    while (study.files().size() > 30) {
      Thread.sleep(10);
    }

    assertThat(restored()).hasSize(32);
  }

  @Test
  void filesThatCannotBeDeletedYetAreDeletedWhenTheStudyIsOpenedAgain() throws IOException {
    Watcher inUse =
        operation -> {
          if (operation.kind() == Kind.DELETE && operation.path().toString().contains("/trial_")) {
            throw new FileSystemException(operation.path().toString(), null, "in use");
          }
        };
    reopen(WatchedDisk.watch(directory, inUse));
    for (int x = 0; x < 4; x++) {
      study.evaluate(x, x);
    }
    store.flush();
    Map<String, String> before = contents(study.run());
    study.seal();
    assertThat(contents(study.run())).isEqualTo(before);
    assertThat(restored()).isEqualTo(before);
    store.close();
    // A power failure may leave an unsynced file empty, or its beginning.
    Files.write(study.trialFile(0), new byte[0]);
    byte[] whole = Files.readAllBytes(study.trialFile(1));
    Files.write(study.trialFile(1), Arrays.copyOf(whole, whole.length / 2));
    Files.writeString(study.trialFile(2), "{}");

    open();
    store.flush();

    assertThat(study.files()).containsExactly("best_trial.json", "run_meta.json", "trial_003.json");
    assertThat(study.trialFile(2)).hasContent("{}");
    assertThat(restored()).isEqualTo(before);
  }

  @Test
  void aFileThatChangesAfterItWasPackedStays() throws IOException {
    Watcher hasty =
        operation -> {
          boolean isPacked =
              operation.kind() == Kind.RENAME && operation.path().toString().contains("/files/");
          if (isPacked) {
            Files.writeString(WatchedDisk.real(study.trialFile(0)), "{}");
          }
        };
    reopen(WatchedDisk.watch(directory, hasty));
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    store.flush();
    String before = contents(study.run()).get("trial_001.json");

    study.seal();

    assertThat(study.files()).containsExactly("best_trial.json", "run_meta.json", "trial_001.json");
    assertThat(study.trialFile(0)).hasContent("{}");
    assertThat(restored()).containsEntry("trial_001.json", before);
  }

  @Test
  void aFileThatIsWrittenAfterAnotherProcessHasSealedItsTrialDoesNotStay() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch sealed = new CountDownLatch(1);
    Watcher slow =
        operation -> {
          if (operation.kind() == Kind.WRITE
              && operation.path().toString().endsWith(".trial_001.json.2.tmp")) {
            writing.countDown();
            await(sealed);
          }
        };
    Path disk = WatchedDisk.watch(directory, slow);
    reopen(disk);
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    writing.await();
    try (Store other = Store.open(disk.resolve("store"))) {
      other.seal(study.id());
      assertThat(study.files()).doesNotContain("trial_001.json", "trial_002.json");
    }
    sealed.countDown();
    store.flush();
    assertThat(study.files()).contains("trial_001.json").doesNotContain("trial_002.json");

    study.seal();

    assertThat(study.files()).containsExactly(OF_THE_STUDY);
    assertThat(restored()).containsKeys("trial_001.json", "trial_002.json");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aSealWhoseFilesAnotherOneHasCancelledCommitsNothing() throws IOException {
    study.evaluate(1, 1);
    store.flush();
    HotPart seal =
        HotPart.reserveSeal(store.directory(), store.live, 1, study.id(), Long.MAX_VALUE)
            .orElseThrow();
    Written written = seal.write();
    store.live.transaction(
        sql -> {
          Parts.cancel(sql, Parts.list(sql, "kind = 'files' AND status = 'reserved'").get(0));
          return true;
        });

    assertThat(seal.commit(written)).isFalse();

    seal.abandon();
    assertThat(study.files()).contains("trial_001.json");
    study.seal();
    assertThat(study.files()).containsExactly(OF_THE_STUDY);
    assertThat(store.verify().faults()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, false", "false, true"})
  void trialsOfALostPartComeFromTheArchiveAndAreNotPackedAgain(
      boolean damaged, boolean isDatabaseLost) throws IOException {
    for (int x = 0; x < 3; x++) {
      study.evaluate(x, x);
    }
    Files.write(study.run().resolve("trial_002.log"), new byte[] {1});
    store.flush();
    Map<String, String> before = contents(study.run());
    study.seal();
    store.close();
    for (Part part : LakeListing.parts(store.directory())) {
      Path file = part.file(store.directory());
      if (part.kind() == Parts.Kind.TRIALS && damaged) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      } else if (part.kind() == Parts.Kind.TRIALS) {
        Files.delete(file);
      }
    }
    if (isDatabaseLost) {
      for (String name : List.of("live.db", "live.db-wal", "live.db-shm")) {
        Files.deleteIfExists(store.directory().resolve(name));
      }
    }

    RepairReport report = Store.repair(store.directory());

    assertThat(report.remaining()).isEmpty();
    assertThat(report.studies()).extracting(RepairReport.Study::lost).containsExactly(0L);
    open(directory);
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      assertThat(trials.map(FrozenTrial::value)).containsExactly(0.0, 1.0, 2.0);
    }
    store.flush();
    study.seal();
    before.remove("run_meta.json");
    assertThat(restored()).containsAllEntriesOf(before);
    assertThat(study.files()).containsExactly(OF_THE_STUDY);
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void aFileThatAnotherProcessDeletesMeanwhileKeepsNoOtherOne() throws IOException {
    Path run = study.run();
    Watcher other =
        operation -> {
          if (operation.kind() == Kind.DELETE && operation.path().endsWith("trial_001.json")) {
            Files.deleteIfExists(run.resolve("trial_002.json"));
          }
        };
    reopen(WatchedDisk.watch(directory, other));
    for (int x = 0; x < 3; x++) {
      study.evaluate(x, x);
    }

    study.seal();

    assertThat(study.files()).containsExactly(OF_THE_STUDY);
  }
}
