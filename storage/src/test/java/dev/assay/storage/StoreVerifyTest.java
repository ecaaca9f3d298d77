package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A whole store is sound, also while it is written to, and each damage is named. */
@Timeout(300)
final class StoreVerifyTest {
  @TempDir Path directory;
  private LiveDatabase live;
  private Store store;
  private StudyRecord study;

  @BeforeEach
  void aStoreWithTrialsEverywhere() throws Exception {
    live = StoreDirectory.open(directory);
    store = Store.open(directory, live, StoreOptions.DEFAULT, Clocks.SYSTEM);
    study = store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    finish(0, "sealed");
    finish(1, "sealed");
    store.seal(study.id());
    finish(2, "in a delta");
    store.refresh();
    finish(3, "hot");
    finish(4, "x".repeat(Spool.INLINE_BYTES));
    claim(5);
    try (StudyImport run =
        store.beginImport("imported", List.of(Direction.MINIMIZE), Json.object(), Json.object())) {
      run.addTrial(
          FrozenTrial.builder()
              .state(TrialState.COMPLETE)
              .value(1.0)
              .params(Json.object().put("x", 1))
              .build());
      run.commit();
    }
    store.flush();
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Claim.Lease claim(int x) {
    Claim claim = store.claim(study.id(), Json.object().put("x", x), Json.object(), null);
    return ((Claim.Acquired) claim).lease();
  }

  private void finish(int x, String note) {
    store.finish(
        claim(x),
        FrozenTrial.builder()
            .state(x % 5 == 2 ? TrialState.FAIL : TrialState.COMPLETE)
            // Some failed trials have a value, others none.
            .values(x % 10 == 2 ? List.of() : List.of((double) x))
            .error(x % 5 == 2 ? "boom" : null)
            .userAttrs(Json.object().put("note", note))
            .build());
  }

  private Path one(String folder, String name) throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
      return files
          .filter(file -> file.getFileName().toString().matches(name))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  private void change(String sql) {
    assertThat(live.<Integer>transaction(statements -> statements.update(sql))).isPositive();
  }

  private void assertNamed(StoreFault.Kind kind, String subject, String message) {
    assertThat(store.verify().faults())
        .anySatisfy(
            fault -> {
              assertThat(fault.kind()).isEqualTo(kind);
              assertThat(fault.subject()).contains(subject);
              assertThat(fault.message()).contains(message);
            });
  }

  @Test
  void aStoreWithTrialsEverywhereIsSound() {
    StoreVerification found = store.verify();

    assertThat(found.faults()).isEmpty();
    assertThat(found.studies()).isEqualTo(2);
    assertThat(found.trials()).isEqualTo(7);
    assertThat(found.parts()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void aFlippedByteInAPartIsNamed() throws IOException {
    Path part = one("lake/trials/study=1", "part-.*");
    byte[] bytes = Files.readAllBytes(part);
    bytes[bytes.length / 2] ^= 1;
    Files.write(part, bytes);

    assertThat(store.verify().faults()).hasSize(2);
    assertNamed(StoreFault.Kind.PART, part.getFileName().toString(), "SHA-256");
    assertNamed(StoreFault.Kind.TRIAL, "study 1", "its counts and its guard");
  }

  @Test
  void duplicatesThatTheManifestDoesNotCountYetAreNoFault() throws IOException {
    Path manifest = directory.resolve("manifest.json");
    assertThat(Files.readString(manifest)).contains("\"duplicates\":0");
    change("UPDATE studies SET duplicates = 3 WHERE study_id = 1");

    assertThat(store.verify().faults()).isEmpty();

    store.refresh();
    assertThat(Files.readString(manifest)).contains("\"duplicates\":3");
  }

  @Test
  void aTruncatedPartIsNamed() throws IOException {
    Path part = one("lake/deltas", "part-.*");
    byte[] bytes = Files.readAllBytes(part);
    Files.write(part, List.of("short"));

    assertNamed(
        StoreFault.Kind.PART, part.getFileName().toString(), "live.db expects " + bytes.length);
  }

  @Test
  void aDeletedPartIsNamed() throws IOException {
    Path part = one("lake/trials/study=1", "part-.*");
    Files.delete(part);

    assertNamed(StoreFault.Kind.PART, part.getFileName().toString(), "is missing");
    assertNamed(StoreFault.Kind.TRIAL, "study 1", "trial numbers 0 to 1 could not be checked");
  }

  @Test
  void aPartOfAnotherNumberOfRowsIsNamed() {
    change("UPDATE parts SET rows = 7 WHERE kind = 'trials' AND study_id = 1");

    assertNamed(StoreFault.Kind.PART, "lake/trials/study=1", "has 2 rows, live.db expects 7");
    assertNamed(StoreFault.Kind.MANIFEST, "manifest.json", "other files");
  }

  @Test
  void aWrongCountIsNamed() {
    change("UPDATE summaries SET complete = complete + 1 WHERE study_id = 1");

    assertNamed(StoreFault.Kind.SUMMARY, "study 1", "complete=5");
  }

  @Test
  void aWrongBestTrialVersionOrRankingIsNamed() {
    change("UPDATE summaries SET best_value = 99 WHERE study_id = 1");
    change("INSERT INTO score_versions VALUES (1, '\"v9\"', 3)");
    change("DELETE FROM top_trials WHERE study_id = 1");

    assertNamed(StoreFault.Kind.SUMMARY, "study 1", "best trial");
    assertNamed(StoreFault.Kind.SUMMARY, "study 1", "v9");
    assertNamed(StoreFault.Kind.SUMMARY, "study 1", "the list");
  }

  @Test
  void aTrialThatIsGoneOrThereTwiceIsNamed() {
    change("DELETE FROM trials WHERE number = 3");

    assertNamed(StoreFault.Kind.TRIAL, "study 1", "the first that is missing is 3");
    assertNamed(StoreFault.Kind.GUARD, "study 1", "the study does not have");

    change("UPDATE trials SET number = 0 WHERE number = 5");

    assertNamed(StoreFault.Kind.TRIAL, "study 1", "there twice");
  }

  @Test
  void aRowThatIsNotWhatItsRecordSaysIsNamed() {
    change("UPDATE trials SET state = 'PRUNED' WHERE number = 3");

    assertNamed(StoreFault.Kind.TRIAL, "study 1", "other columns than its record");

    change("UPDATE trials SET record = '{' WHERE number = 3");

    assertNamed(StoreFault.Kind.TRIAL, "study 1", "cannot be read");
    // So that the store can show what it has when it is closed.
    change("DELETE FROM trials WHERE number = 3");
  }

  @Test
  void aSignatureOfATrialThatDoesNotHoldItIsNamed() {
    change("UPDATE signatures SET signature = 'other' WHERE trial_id = 3");

    assertNamed(StoreFault.Kind.GUARD, "study 1", "names trial 3");
  }

  @Test
  void aSignatureWithAnotherStateThanItsTrialHasIsNamed() {
    change("UPDATE signatures SET state = 'RUNNING' WHERE trial_id IN (1, 3)");

    assertThat(store.verify().faults()).hasSize(2);
    assertNamed(StoreFault.Kind.GUARD, "study 1", "names trial 1 for a signature or a state");
    assertNamed(StoreFault.Kind.GUARD, "study 1", "names trial 3 for a signature or a state");
  }

  @Test
  void aSignatureThatTheGuardNamesForAnotherSealedTrialIsNamed() {
    change("UPDATE signatures SET signature = 'other' WHERE trial_id = 1");

    assertThat(store.verify().faults()).hasSize(1);
    assertNamed(StoreFault.Kind.GUARD, "study 1", "names trial 1 for a signature");
  }

  @Test
  void numbersThatAreMissingAreSaidInRanges() {
    NumberSet numbers = new NumberSet();
    for (long number : new long[] {0, 3, 4, 6, 70_000}) {
      numbers.add(number);
    }

    assertThat(numbers.missing(1, 9)).isEmpty();
    assertThat(numbers.missing(70_002, 9)).isEqualTo("1 to 2, 5, 7 to 69999, 70001");
    assertThat(numbers.missing(70_002, 2)).isEqualTo("1 to 2, 5 and others");
  }

  @Test
  void aStudyThatIsDeletedMeanwhileIsNoFault() {
    // The trial in hand has no worker any more.
    change("UPDATE trials SET worker_id = NULL WHERE number = 5");
    StudyCheck check = new StudyCheck(store.trials, study);
    store.deleteStudy(study.id());

    assertThatThrownBy(check::run).isInstanceOf(PartCheck.MovedException.class);
    assertThat(new StoreCheck(store.trials).run(List.of(study)).faults()).isEmpty();
  }

  @Test
  void aStoreThatCannotBeOpenedIsAFault() throws IOException {
    store.close();
    Files.writeString(directory.resolve("live.db"), "damaged ".repeat(1000));

    StoreVerification found = Store.verify(directory);

    assertThat(found.faults()).hasSize(1);
    assertThat(found.faults().get(0).kind()).isEqualTo(StoreFault.Kind.DATABASE);
    assertThat(found.faults().get(0).message()).contains("live.db");
    assertThatThrownBy(() -> Store.verify(directory.resolve("none")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no store");
  }

  @Test
  void aSignatureThatAPersonHasTakenOutIsNotMissed() {
    change("DELETE FROM signatures WHERE trial_id IN (0, 3)");

    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void aDeletedOrDamagedSpoolFileIsNamed() throws IOException {
    Path file = one("spool", ".*\\.zst");
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, List.of("damaged"));
    assertNamed(StoreFault.Kind.TRIAL, "study 1", file.getFileName().toString());

    Files.delete(file);
    assertNamed(StoreFault.Kind.TRIAL, "study 1", file.getFileName().toString());
    // So that the store can show what it has when it is closed.
    Files.write(file, bytes);
  }

  @Test
  void aTornTrialFileIsNamed() throws IOException {
    Path run = store.runDirectory(study);
    Files.writeString(run.resolve("trial_001.json"), "{\"a\":");
    Files.writeString(run.resolve("trial_002.json"), "");
    Files.delete(run.resolve("trial_003.json"));

    assertThat(store.verify().faults()).hasSize(2);
    assertNamed(StoreFault.Kind.TRIAL_FILE, "trial_001.json", "JSON");
    assertNamed(StoreFault.Kind.TRIAL_FILE, "trial_002.json", "JSON");
  }

  @Test
  void aTrialIdThatWasNotSetAsideIsNamed() throws IOException {
    new StoreFile(3).write(directory);

    assertNamed(StoreFault.Kind.DATABASE, "store.json", "reserved_trial_ids is 3");
  }

  @Test
  void whatIsInFlightIsNotTakenForDamage() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> writers = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int first = 1000 * (thread + 1);
      writers.add(
          threads.submit(
              () -> {
                Random random = new Random(first);
                for (int x = first; x < first + 150; x++) {
                  finish(x, "x".repeat(x % 10 == 0 ? Spool.INLINE_BYTES : 10));
                  int turn = random.nextInt(20);
                  if (turn == 0) {
                    store.seal(study.id());
                  } else if (turn == 1) {
                    store.refresh();
                  } else if (turn == 2) {
                    store.openStudy(
                        "s" + x, List.of(Direction.MINIMIZE), Json.object(), Json.object());
                  }
                }
              }));
    }
    threads.shutdown();
    int checks = 0;
    while (checks < 2 || !threads.isTerminated()) {
      assertThat(store.verify().faults()).isEmpty();
      checks++;
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    assertThat(store.verify().trials()).isEqualTo(7 + 600);
    assertThat(store.verify().faults()).isEmpty();
  }
}
