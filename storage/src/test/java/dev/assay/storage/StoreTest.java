package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path directory;
  private Store store;
  private StudyRecord study;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
    study = study("study");
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StudyRecord study(String name) {
    return store.openStudy(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static ObjectNode params(int x) {
    return Json.object().put("x", x);
  }

  private Claim.Lease acquire(int x) {
    Claim claim = store.claim(study.id(), params(x), Json.object(), null);
    assertThat(claim).isInstanceOf(Claim.Acquired.class);
    return ((Claim.Acquired) claim).lease();
  }

  private static FrozenTrial complete(double value) {
    return FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build();
  }

  private static FrozenTrial fail(String error) {
    return FrozenTrial.builder().state(TrialState.FAIL).error(error).build();
  }

  @Test
  void aClaimIsGivenOnceAndItsDuplicateGetsTheFirstOutcome() {
    Claim.Lease lease = acquire(1);
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
    Claim.Lease lease = acquire(1);

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
    Claim.Lease lease = acquire(1);
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
    store.finish(acquire(1), fail("boom"));

    Claim.Lease second = acquire(1);

    assertThat(second.number()).isEqualTo(1);
    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 1, 1, 1));
  }

  @Test
  void aPrunedTrialKeepsItsParameters() {
    store.finish(acquire(1), FrozenTrial.builder().state(TrialState.PRUNED).build());

    assertThat(store.claim(study.id(), params(1), Json.object(), null))
        .isInstanceOfSatisfying(
            Claim.Duplicate.class, d -> assertThat(d.state()).isEqualTo(TrialState.PRUNED));
  }

  @Test
  void aValueThatIsNotANumberFailsTheTrial() {
    FrozenTrial stored = store.finish(acquire(1), complete(Double.NaN));

    assertThat(stored.state()).isEqualTo(TrialState.FAIL);
    assertThat(stored.values()).isEmpty();
    assertThat(stored.error()).contains("NaN");
    assertThat(store.counts(study.id()).fail()).isEqualTo(1);
  }

  @Test
  void aLimitCountsWhatRunsAndNotWhatWasInterrupted() {
    store.finish(acquire(1), fail("interrupted"));
    store.finish(acquire(2), fail("boom"));
    acquire(3);

    assertThat(store.claim(study.id(), params(4), Json.object(), 2L))
        .isEqualTo(new Claim.LimitReached(1, 1));
    assertThat(store.claim(study.id(), params(4), Json.object(), 3L))
        .isInstanceOf(Claim.Acquired.class);
  }

  @Test
  void seenNamesWhatHasAnOwnerOrAnOutcome() {
    Claim.Lease running = acquire(1);
    Claim.Lease failed = acquire(2);
    store.finish(failed, fail("boom"));

    assertThat(
            store.seen(study.id(), Set.of("" + running.signature(), "" + failed.signature(), "x")))
        .containsExactly(running.signature());
    assertThat(store.seen(study.id(), Set.of())).isEmpty();
  }

  @Test
  void aStudyIsTheSameWhoeverOpensItAndKeepsItsDirections() {
    assertThat(study("study")).isEqualTo(study);
    assertThat(store.findStudy("study")).isEqualTo(study);
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
    acquire(1);
    store.close();
    store = Store.openExisting(directory.resolve("store"));

    assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 1, 0, 0));
    assertThat(acquire(1).number()).isEqualTo(1);
  }
}
