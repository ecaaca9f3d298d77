package dev.assay.engine;

import static dev.assay.engine.Evaluations.valued;
import static dev.assay.engine.space.Declared.space;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.RunResult.End;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LeaseLostException;
import dev.assay.storage.Store;
import dev.assay.storage.StoreException;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs whose proposals somebody has in hand already, and runs that lose what they have in hand. */
@Timeout(60)
final class DuplicateTest {
  private static final SearchSpace ONE =
      space("{\"x\": {\"type\": \"int\", \"low\": 3, \"high\": 3}}");
  private static final SearchSpace REAL =
      space("{\"x\": {\"type\": \"float\", \"low\": 0.0, \"high\": 1.0}}");
  private static final ObjectNode THREE = Json.object().put("x", 3);

  @TempDir private Path directory;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private final Heard heard = new Heard();
  private Store mine;
  private Store theirs;
  private StudyRecord study;

  @BeforeEach
  void open() {
    mine = Store.open(directory);
    theirs = Store.open(directory);
    study = mine.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  @AfterEach
  void close() {
    thread.shutdownNow();
    theirs.close();
    mine.close();
  }

  private static FrozenTrial complete(double value) {
    return FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build();
  }

  private PreparedRun run(
      SearchSpace space,
      Sampler sampler,
      Objective objective,
      RunSettings settings,
      LongSupplier nanoTime) {
    return run(space, sampler, objective, settings, nanoTime, OnDuplicate.WAIT);
  }

  private PreparedRun run(
      SearchSpace space,
      Sampler sampler,
      Objective objective,
      RunSettings settings,
      LongSupplier nanoTime,
      OnDuplicate onDuplicate) {
    Study opened =
        Study.builder(space)
            .sampler((any, directions, seed) -> sampler)
            .seed(1)
            .duplicateStreak(2)
            .onDuplicate(onDuplicate)
            .nanoTime(nanoTime)
            .open(mine, study);
    return new PreparedRun(opened, objective, settings, heard);
  }

  private static Sampler random(SearchSpace space) {
    return Samplers.named("random").create(space, List.of(Direction.MINIMIZE), 1);
  }

  private static RunSettings waiting(int workers) {
    return new RunSettings(workers, null, null);
  }

  private Claim.Lease claimTheirs(ObjectNode params, SearchSpace space) {
    Claim claim = theirs.claim(study.id(), params, space.distributions(), null);
    return ((Claim.Acquired) claim).lease();
  }

  /** A run that proposes what the other store evaluates, and waits until that ends in this way. */
  private RunResult besides(Runnable end) throws Exception {
    CountDownLatch second = new CountDownLatch(2);
    Sampler same =
        (history, ask) -> {
          second.countDown();
          return THREE.deepCopy();
        };
    PreparedRun run = run(ONE, same, trial -> valued(7), waiting(1), System::nanoTime);
    Future<RunResult> result = thread.submit(run::run);
    // Its one worker waits: it proposes nothing else meanwhile.
    assertThat(second.await(400, TimeUnit.MILLISECONDS)).isFalse();
    assertThat(heard.trials).isEmpty();
    end.run();
    return result.get(20, TimeUnit.SECONDS);
  }

  @Test
  void aWorkerThatWaitsGoesOnWhenTheFirstTrialHasItsOutcome() throws Exception {
    Claim.Lease lease = claimTheirs(THREE, ONE);

    RunResult result = besides(() -> theirs.finish(lease, complete(1)));

    assertThat(result.end()).isEqualTo(End.EXHAUSTED);
    assertThat(result.complete()).isZero();
    assertThat(result.duplicates()).isPositive();
    assertThat(heard.trials).isEmpty();
  }

  @Test
  void aWorkerThatWaitsGetsTheClaimWhenTheFirstTrialFails() throws Exception {
    Claim.Lease lease = claimTheirs(THREE, ONE);
    FrozenTrial failed = FrozenTrial.builder().state(TrialState.FAIL).error("x").build();

    RunResult result = besides(() -> theirs.finish(lease, failed));

    assertThat(result.complete()).isEqualTo(1);
    assertThat(heard.trials).extracting(FrozenTrial::number).containsExactly(1L);
  }

  @Test
  void aWorkerThatWaitsGetsTheClaimWhenTheFirstOwnersLeaseRunsOut() throws Exception {
    theirs.close();
    mine.close();
    // It tells that it lives every ten minutes, and this process believes it for one second.
    theirs = Store.open(directory, new StoreOptions(Duration.ofHours(1), 10_000));
    mine = Store.open(directory, new StoreOptions(Duration.ofSeconds(1), 10_000));
    Claim.Lease lease = claimTheirs(THREE, ONE);

    RunResult result = besides(() -> {});

    assertThat(result.complete()).isEqualTo(1);
    assertThat(heard.trials).extracting(FrozenTrial::value).containsExactly(7.0);
    assertThatThrownBy(() -> theirs.finish(lease, complete(1)))
        .isInstanceOf(LeaseLostException.class);
  }

  @Test
  void whereTheStudySkipsAWorkerGoesOnAtOnce() throws Exception {
    claimTheirs(Json.object().put("x", 0.5), REAL);
    AtomicInteger proposals = new AtomicInteger();
    RunSettings skipping = new RunSettings(1, 2L, null);

    Sampler halfFirst =
        (history, ask) -> Json.object().put("x", proposals.getAndIncrement() == 0 ? 0.5 : 0.25);
    PreparedRun run =
        run(REAL, halfFirst, trial -> valued(7), skipping, System::nanoTime, OnDuplicate.SKIP);
    Future<RunResult> result = thread.submit(run::run);
    while (heard.trials.isEmpty()) {
      Thread.sleep(5);
    }
    theirs.close();

    assertThat(heard.trials.get(0).params().path("x").doubleValue()).isEqualTo(0.25);
    assertThat(result.get(20, TimeUnit.SECONDS).duplicates()).isPositive();
  }

  @Test
  void workersThatWaitEvaluateEachCombinationOnce() {
    SearchSpace thirty = space("{\"x\": {\"type\": \"int\", \"low\": 0, \"high\": 29}}");
    Map<String, AtomicInteger> evaluated = new ConcurrentHashMap<>();
    Objective objective =
        trial -> {
          evaluated
              .computeIfAbsent(trial.params().toString(), any -> new AtomicInteger())
              .incrementAndGet();
          Thread.sleep(2);
          return valued(1);
        };
    Sampler random = random(thirty);

    RunResult result = run(thirty, random, objective, waiting(8), System::nanoTime).run();

    assertThat(result.end()).isEqualTo(End.EXHAUSTED);
    assertThat(result.complete()).isEqualTo(30);
    assertThat(evaluated).hasSize(30);
    assertThat(evaluated.values()).allMatch(count -> count.get() == 1);
  }

  @Test
  void stopEndsAWait() throws Exception {
    claimTheirs(THREE, ONE);
    CountDownLatch asked = new CountDownLatch(1);
    Sampler same =
        (history, ask) -> {
          asked.countDown();
          return THREE.deepCopy();
        };
    PreparedRun run = run(ONE, same, trial -> valued(7), waiting(2), System::nanoTime);
    Future<RunResult> result = thread.submit(run::run);
    assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();

    run.stop();

    assertThat(result.get(20, TimeUnit.SECONDS).end()).isEqualTo(End.INTERRUPTED);
    assertThat(mine.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 0, 1, 1));
  }

  @Test
  void aResultThatIsRefusedIsNotedAndTheRunGoesOn() {
    AtomicInteger evaluations = new AtomicInteger();
    Objective objective =
        trial -> {
          if (evaluations.getAndIncrement() == 0) {
            // The trial ends under the worker's hands, as if it had slept through its lease.
            String signature = Signatures.shared().parameterSignature(trial.params());
            Claim.Duplicate own = requireNonNull(theirs.findHolder(study.id(), signature));
            theirs.finish(
                new Claim.Lease(study.id(), own.trialId(), 0, 1, signature, "trial_001.json"),
                complete(99));
          }
          return valued(1);
        };
    RunSettings three = new RunSettings(1, 3L, null);

    RunResult result = run(REAL, random(REAL), objective, three, System::nanoTime).run();

    assertThat(result.complete()).isEqualTo(2);
    assertThat(heard.notes)
        .singleElement()
        .asString()
        .contains("trial number 0 is COMPLETE already, with another result");
  }

  @Test
  void noWorkerUsesTheStoreWhenARunHasBroken() {
    CountDownLatch evaluating = new CountDownLatch(2);
    AtomicInteger looks = new AtomicInteger();
    Objective objective =
        trial -> {
          evaluating.countDown();
          Thread.sleep(30_000);
          return valued(1);
        };
    LongSupplier clock =
        () -> {
          if (looks.getAndIncrement() > 0) {
            awaitUninterruptibly(evaluating);
            throw new IllegalStateException("the clock broke");
          }
          return 0;
        };
    RunSettings two = new RunSettings(2, 10L, null);
    PreparedRun run = run(REAL, random(REAL), objective, two, clock);

    assertThatThrownBy(run::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the clock broke");

    assertThat(mine.counts(study.id())).isEqualTo(new StudyCounts(0, 0, 2, 0, 0));
    assertThat(heard.trials).extracting(FrozenTrial::error).containsOnly("interrupted");
  }

  @Test
  void aWorkerThatBreaksInterruptsTheOthers() {
    CountDownLatch evaluating = new CountDownLatch(1);
    AtomicInteger interrupted = new AtomicInteger();
    Objective objective =
        trial -> {
          if (trial.number() == 0) {
            assertThat(evaluating.await(20, TimeUnit.SECONDS)).isTrue();
            mine.close();
            return valued(1);
          }
          evaluating.countDown();
          try {
            Thread.sleep(120_000);
          } catch (InterruptedException e) {
            interrupted.getAndIncrement();
          }
          return valued(2);
        };
    PreparedRun run =
        run(REAL, random(REAL), objective, new RunSettings(2, 10L, null), System::nanoTime);

    assertThatThrownBy(run::run).isInstanceOf(StoreException.class);

    assertThat(interrupted).hasValue(1);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
