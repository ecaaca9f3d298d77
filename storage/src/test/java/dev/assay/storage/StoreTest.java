package dev.assay.storage;

import static dev.assay.storage.StudyFixture.complete;
import static dev.assay.storage.StudyFixture.params;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreTest {
  @TempDir Path directory;
  private LiveDatabase live;
  private Store store;
  private StudyFixture study;

  @BeforeEach
  void open() {
    live = StoreDirectory.open(directory.resolve("store"));
    store = Store.open(directory.resolve("store"), live, StoreOptions.DEFAULT, Clocks.SYSTEM);
    study = StudyFixture.open(store, "study");
  }

  private void limitPages(long pages) {
    live.transaction(sql -> sql.number("PRAGMA max_page_count = " + pages));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private static FrozenTrial fail(String error) {
    return FrozenTrial.builder().state(TrialState.FAIL).error(error).build();
  }

  @Test
  void aClaimIsGivenOnceAndItsDuplicateGetsTheFirstOutcome() {
    Claim.Lease lease = study.acquire(1);
    assertThat(lease.number()).isZero();
    assertThat(lease.trialFile()).isEqualTo("trial_001.json");
    assertThat(store.claim(study.id(), params(1), Json.object(), null))
        .isEqualTo(new Claim.Duplicate(lease.trialId(), TrialState.RUNNING, List.of()));

    store.finish(lease, complete(0.5));

    assertThat(store.claim(study.id(), params(1), Json.object(), null))
        .isEqualTo(new Claim.Duplicate(lease.trialId(), TrialState.COMPLETE, List.of(0.5)));
    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(1, 0, 0, 0, 1));
    assertThat(store.statistics().claims()).isEqualTo(1);
    assertThat(store.statistics().duplicates()).isEqualTo(2);
  }

  @Test
  void aFinishedTrialHasWhatTheClaimKnows() {
    Claim.Lease lease = study.acquire(1);

    FrozenTrial stored = store.finish(lease, complete(-0.0));

    assertThat(stored.id()).isEqualTo(lease.trialId());
    assertThat(stored.params()).isEqualTo(params(1));
    assertThat(stored.signature()).isEqualTo(lease.signature()).hasSize(64);
    assertThat(stored.trialKey()).hasSize(64);
    assertThat(stored.start()).isNotNull();
    assertThat(stored.complete()).isAfterOrEqualTo(stored.start());
    assertThat(stored.trialFile()).isEqualTo("trial_001.json");
    assertThat(stored.value()).isEqualTo(-0.0);
  }

  @Test
  void aFinishThatIsRepeatedSucceedsAndAnotherOneDoesNot() {
    Claim.Lease lease = study.acquire(1);
    FrozenTrial stored = store.finish(lease, complete(1.5));

    assertThat(store.finish(lease, complete(1.5))).isEqualTo(stored);
    assertThatThrownBy(() -> store.finish(lease, complete(2.5)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("trial number 0 is COMPLETE already");
    assertThat(store.counts(study.id()).complete()).isEqualTo(1);

    store.seal(study.id());

    assertThat(store.finish(lease, complete(1.5)).value()).isEqualTo(1.5);
    assertThatThrownBy(() -> store.finish(lease, complete(2.5)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("sealed");
  }

  @Test
  void aFailureFreesItsParameters() {
    store.finish(study.acquire(1), fail("boom"));

    Claim.Lease second = study.acquire(1);

    assertThat(second.number()).isEqualTo(1);
    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 1, 1, 1));
  }

  @Test
  void aPrunedTrialKeepsItsParameters() {
    store.finish(study.acquire(1), FrozenTrial.builder().state(TrialState.PRUNED).build());

    assertThat(store.claim(study.id(), params(1), Json.object(), null))
        .isInstanceOfSatisfying(
            Claim.Duplicate.class, d -> assertThat(d.state()).isEqualTo(TrialState.PRUNED));
  }

  @Test
  void aValueThatIsNotANumberFailsTheTrial() {
    FrozenTrial stored = store.finish(study.acquire(1), complete(Double.NaN));

    assertThat(stored.state()).isEqualTo(TrialState.FAIL);
    assertThat(stored.values()).isEmpty();
    assertThat(stored.error()).contains("NaN");
    assertThat(store.counts(study.id()).fail()).isEqualTo(1);
  }

  @Test
  void aLimitCountsWhatRunsAndNotWhatWasInterrupted() {
    store.finish(study.acquire(1), fail("interrupted"));
    store.finish(study.acquire(2), fail("boom"));
    study.acquire(3);

    assertThat(store.claim(study.id(), params(4), Json.object(), 2L))
        .isEqualTo(new Claim.LimitReached(1, 1));
    assertThat(store.claim(study.id(), params(4), Json.object(), 3L))
        .isInstanceOf(Claim.Acquired.class);
  }

  @Test
  void seenNamesWhatHasAnOwnerOrAnOutcome() {
    Claim.Lease running = study.acquire(1);
    Claim.Lease failed = study.acquire(2);
    store.finish(failed, fail("boom"));

    assertThat(
            store.seen(study.id(), Set.of("" + running.signature(), "" + failed.signature(), "x")))
        .containsExactly(running.signature());
    assertThat(store.seen(study.id(), Set.of())).isEmpty();
  }

  @Test
  void aStudyIsTheSameWhoeverOpensItAndKeepsItsDirections() {
    assertThat(StudyFixture.open(store, "study")).isEqualTo(study);
    assertThat(store.findStudy("study")).isEqualTo(study.study());
    assertThat(store.findStudy("none")).isNull();
    assertThatThrownBy(
            () ->
                store.openStudy("study", List.of(Direction.MINIMIZE), Json.object(), Json.object()))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "study 'study' has the directions [MAXIMIZE], asked for were [MINIMIZE]; use another name");
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();

    assertThatThrownBy(() -> store.counts(study.id()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the store is closed");
  }

  @Test
  void aCleanCloseGivesUpWhatIsRunning() {
    study.acquire(1);
    store.close();
    store = Store.openExisting(directory.resolve("store"));
    study = StudyFixture.open(store, "study");

    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 1, 0, 0));
    assertThat(study.acquire(1).number()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../x", "../../x", "/abs", "CON", "nul.txt", "a/b/../../..", "C:\\x", "emoji \uD83D\uDE00",
        "'; DROP TABLE studies; --", "Study", "STUDY", ".", "..", " lead", "\u0130", "a\nb"
      })
  void anyNameIsAStudyAndNoneLeavesTheStore(String name) throws IOException {
    StudyRecord named = StudyFixture.open(store, name).study();
    Claim claim = store.claim(named.id(), params(1), Json.object(), null);
    store.finish(((Claim.Acquired) claim).lease(), complete(1));
    store.seal(named.id());

    assertThat(store.findStudy(name)).isEqualTo(named);
    assertThat(named.name()).isEqualTo(name);
    assertThat(named.id()).isNotEqualTo(study.id());
    Path run = store.runDirectory(named);
    assertThat(run.getParent()).isEqualTo(directory.resolve("store/runs"));
    assertThat(run.getFileName().toString()).matches("\\d+(-[a-z0-9-]{1,40})?");
    assertThat(run.resolve("trial_001.json")).isRegularFile();
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(directory.resolve("store"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void aStudyMayHaveNoNameToBeSeen(String name) throws IOException {
    StudyFixture opened = StudyFixture.open(store, name);
    opened.evaluate(1, 1);
    store.seal(opened.study().id());

    assertThat(store.findStudy(name)).isEqualTo(opened.study());
    assertThat(opened.files()).contains("trial_001.json");
  }

  @Test
  void theLongestNameIsAStudyAndALongerOneIsNot() {
    String name = "n".repeat(600);

    assertThat(StudyFixture.open(store, name).study().name()).isEqualTo(name);
    assertThatThrownBy(() -> StudyFixture.open(store, name + "n"))
        .isInstanceOf(StoreException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "a\uD800", "\uDC00a"})
  void aNameThatSqliteCannotKeepIsRefused(String name) {
    assertThatThrownBy(() -> StudyFixture.open(store, name))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("the study's name holds ");
  }

  @Test
  void idsAreNotUsedAgain() throws IOException {
    long last = study.acquire(1).trialId();
    store.close();
    Path storeFile = directory.resolve("store/store.json");
    assertThat(storeFile).content().contains("\"reserved_trial_ids\": 100000");
    try (LiveDatabase live = LiveDatabase.open(directory.resolve("store/live.db"))) {
      live.transaction(sql -> sql.update("DELETE FROM trials"));
    }
    store = Store.openExisting(directory.resolve("store"));
    study = StudyFixture.open(store, "study");
    assertThat(study.acquire(2).trialId()).isEqualTo(last + 1);
    store.close();

    // All else is lost: only store.json knows of the ids.
    try (Stream<Path> files = Files.walk(directory.resolve("store"))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!storeFile.startsWith(file)) {
          Files.delete(file);
        }
      }
    }
    store = Store.openExisting(directory.resolve("store"));
    study = StudyFixture.open(store, "study");
    assertThat(study.acquire(1).trialId()).isEqualTo(100_000);
    assertThat(storeFile).content().contains("\"reserved_trial_ids\": 200000");
  }

  @Test
  void aFullDiskFailsTheFinishAndNothingElse() {
    Claim.Lease lease = study.acquire(1);
    StudyCounts before = store.counts(study.id());
    ObjectNode large = Json.object().put("text", "x".repeat(Spool.INLINE_BYTES - 1000));
    FrozenTrial result =
        FrozenTrial.builder().state(TrialState.COMPLETE).value(1).userAttrs(large).build();
    // SQLite refuses what is less than the file has already, and stays at that.
    limitPages(1);
    assertThatThrownBy(() -> store.finish(lease, result))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("live.db: the disk is full")
        .hasMessageContaining("free some space and try again");
    assertThat(store.counts(study.id())).isEqualTo(before);

    limitPages(1_000_000);
    assertThat(store.finish(lease, result).state()).isEqualTo(TrialState.COMPLETE);
  }

  @Test
  void whatCannotBeStoredIsRefused() {
    Claim.Lease lease = study.acquire(1);

    assertThatThrownBy(() -> store.finish(lease, FrozenTrial.builder().build()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("state RUNNING, expected COMPLETE, PRUNED or FAIL");
    assertThatThrownBy(
            () -> store.finish(lease, complete(1).toBuilder().values(List.of(1.0, 2.0)).build()))
        .isInstanceOf(StoreException.class)
        .hasMessage("trial number 0 has 2 values, its study has 1 objectives");
    assertThatThrownBy(() -> store.claim(99, params(1), Json.object(), null))
        .isInstanceOf(StoreException.class)
        .hasMessage("there is no study with the id 99");
    ObjectNode deep = Json.object();
    ObjectNode inner = deep;
    for (int i = 0; i < 1100; i++) {
      inner = inner.putObject("d");
    }
    assertThatThrownBy(() -> store.claim(study.id(), deep, Json.object(), null))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("nested deeper");
    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 0, 1, 1));
  }
}
