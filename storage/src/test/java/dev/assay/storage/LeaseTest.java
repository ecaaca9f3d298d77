package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two stores on one directory, as two processes have them; the second one's clock is ours. */
class LeaseTest {
  private static final Duration LEASE = Duration.ofHours(10);
  private static final ObjectNode PARAMS = Json.object().put("x", 1);

  @TempDir Path directory;
  private final AtomicLong nanoTime = new AtomicLong(-5);
  private Store owner;
  private Store observer;
  private StudyRecord study;

  @BeforeEach
  void open() {
    // The lease is so long that no beat comes by itself.
    owner = open(System::nanoTime);
    observer = open(nanoTime::get);
    study = owner.openStudy("s", List.of(Direction.MINIMIZE), Json.object(), Json.object());
  }

  private Store open(LongSupplier nanoTime) {
    Path store = directory.resolve("store");
    return Store.open(
        store,
        StoreDirectory.open(store),
        new StoreOptions(LEASE, 10_000),
        new Clocks(Clock.systemUTC(), nanoTime));
  }

  @AfterEach
  void close() {
    owner.close();
    observer.close();
  }

  private Claim.Lease acquire(Store store) {
    Claim claim = store.claim(study.id(), PARAMS, Json.object(), null);
    assertThat(claim).isInstanceOf(Claim.Acquired.class);
    return ((Claim.Acquired) claim).lease();
  }

  private void assertDuplicate(Store store) {
    assertThat(store.claim(study.id(), PARAMS, Json.object(), null))
        .isInstanceOf(Claim.Duplicate.class);
  }

  private static FrozenTrial complete(double value) {
    return FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build();
  }

  @Test
  void aClaimIsTakenOverWhenItsWorkersBeatHasStoodStillForTheLease() {
    Claim.Lease first = acquire(owner);
    assertDuplicate(observer);
    nanoTime.addAndGet(LEASE.toNanos() - 1);
    assertDuplicate(observer);
    nanoTime.addAndGet(1);

    Claim.Lease second = acquire(observer);

    assertThat(second.trialId()).isEqualTo(first.trialId());
    assertThat(second.number()).isEqualTo(first.number());
    assertThat(second.attempt()).isEqualTo(2);
    assertDuplicate(owner);
  }

  @Test
  void aBeatKeepsTheClaim() {
    acquire(owner);
    assertDuplicate(observer);
    nanoTime.addAndGet(LEASE.toNanos() - 1);
    owner.beat();
    assertDuplicate(observer);
    nanoTime.addAndGet(LEASE.toNanos() - 1);

    assertDuplicate(observer);
  }

  @Test
  void whoeverWasShutOutIsRefusedAndToldByWhom() {
    Claim.Lease first = acquire(owner);
    assertDuplicate(observer);
    nanoTime.addAndGet(LEASE.toNanos());
    Claim.Lease second = acquire(observer);

    assertThatThrownBy(() -> owner.finish(first, complete(1)))
        .isInstanceOf(LeaseLostException.class)
        .hasMessageMatching(
            "trial number 0 was taken over by worker 2 \\(process \\d+\\), attempt 2, because the "
                + "lease of attempt 1 had run out; it is RUNNING now and this result was not stored");

    assertThat(observer.finish(second, complete(2)).value()).isEqualTo(2);
    assertThatThrownBy(() -> owner.finish(first, complete(2)))
        .hasMessageContaining("it is COMPLETE now");
    assertThat(owner.counts(study.id())).isEqualTo(new StudyCounts(1, 0, 0, 0, 1));
    StudySummary summary = owner.summary(study.id(), 1);
    assertThat(summary.counts()).isEqualTo(new StudySummary.Counts(1, 0, 0, 1, 1));
    assertThat(summary.top()).extracting(StudySummary.Trial::score).containsExactly(2.0);
  }

  @Test
  void aClaimIsForgottenWhetherItsFinishIsStoredOrRefused() {
    Claim.Lease first = acquire(owner);
    assertThat(owner.claimsInHand()).isEqualTo(1);
    assertDuplicate(observer);
    nanoTime.addAndGet(LEASE.toNanos());
    Claim.Lease second = acquire(observer);

    assertThatThrownBy(() -> owner.finish(first, complete(1)))
        .isInstanceOf(LeaseLostException.class);
    observer.finish(second, complete(1));

    assertThat(owner.claimsInHand()).isZero();
    assertThat(observer.claimsInHand()).isZero();
  }

  @Test
  void theHolderOfASignatureIsNobodyOnceItsLeaseHasRunOut() {
    Claim.Lease lease = acquire(owner);
    assertThat(observer.findHolder(study.id(), "" + lease.signature())).isNotNull();
    nanoTime.addAndGet(LEASE.toNanos());

    assertThat(observer.findHolder(study.id(), "" + lease.signature())).isNull();
    assertThat(owner.findHolder(study.id(), "" + lease.signature()))
        .isEqualTo(new Claim.Duplicate(lease.trialId(), TrialState.RUNNING, List.of()));
  }

  @Test
  void abandonedTrialsAreGivenUpOnce() {
    Claim.Lease first = acquire(owner);
    assertThat(observer.failAbandoned(study.id())).isZero();
    nanoTime.addAndGet(LEASE.toNanos());

    assertThat(observer.failAbandoned(study.id())).isEqualTo(1);
    assertThat(observer.failAbandoned(study.id())).isZero();
    assertThat(owner.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 1, 0, 0));
    assertThatThrownBy(() -> owner.finish(first, complete(1)))
        .hasMessageContaining("was taken over by worker 2");
    assertThat(acquire(observer).number()).isEqualTo(1);
  }

  @Test
  void aStoreDoesNotTakeOverItsOwnClaims() {
    acquire(observer);
    nanoTime.addAndGet(LEASE.toNanos() * 2);

    assertDuplicate(observer);
    assertThat(observer.failAbandoned(study.id())).isZero();
  }

  @Test
  void aSignatureThatIsKnownWithoutAnOutcomeGoesToTheNextAsker() {
    Claim.Lease lease = acquire(owner);
    StudyRecord imported;
    try (StudyImport run =
        owner.beginImport("imported", List.of(Direction.MINIMIZE), Json.object(), Json.object())) {
      run.addSignatures(List.of("" + lease.signature()));
      imported = run.commit();
    }
    assertThat(owner.seen(imported.id(), List.of("" + lease.signature()))).isEmpty();

    assertThat(owner.claim(imported.id(), PARAMS, Json.object(), null))
        .isInstanceOfSatisfying(
            Claim.Acquired.class, claim -> assertThat(claim.lease().attempt()).isEqualTo(1));
    assertThat(owner.claim(imported.id(), PARAMS, Json.object(), null))
        .isInstanceOf(Claim.Duplicate.class);
    assertThat(owner.counts(imported.id()).signatures()).isEqualTo(1);
  }

  @Test
  void aCleanCloseFreesTheClaimsForOthers() {
    acquire(owner);
    assertDuplicate(observer);

    owner.close();

    assertThat(acquire(observer).number()).isEqualTo(1);
  }
}
