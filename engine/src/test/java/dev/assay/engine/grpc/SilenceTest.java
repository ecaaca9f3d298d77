package dev.assay.engine.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Direction;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.Store;
import dev.assay.storage.TrialState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SilenceTest {
  private static final Duration LIMIT = Duration.ofMinutes(10);
  private static final String FLOAT =
      "{\"name\": \"FloatDistribution\", \"attributes\": {\"step\": null, \"low\": 0.0, \"high\":"
          + " 1.0, \"log\": false}}";

  @TempDir private Path directory;
  private final AtomicLong now = new AtomicLong();
  private Store store;
  private LiveTrials trials;
  private long study;

  @BeforeEach
  void open() {
    store = Store.open(directory);
    trials = store.liveTrials();
    study = trials.createStudy("one", List.of(Direction.MINIMIZE));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Silence silence(int retries) {
    return new Silence(trials, LIMIT, retries, now::get);
  }

  private void pass(long minutes) {
    now.addAndGet(Duration.ofMinutes(minutes).toNanos());
  }

  private TrialState state(LiveTrial trial) {
    return trials.get(trial.id()).state();
  }

  @Test
  void aTrialFailsWhenNeitherACallNorAChangeOfItWasHeard() {
    Silence silence = silence(0);
    LiveTrial dead = trials.create(study, null);
    LiveTrial called = trials.create(study, null);
    LiveTrial changed = trials.create(study, null);
    silence.look(LIMIT);
    pass(6);
    silence.heard(called.id());
    trials.setIntermediateValue(changed.id(), 1, 0.5);
    silence.look(LIMIT);
    assertThat(state(dead)).isEqualTo(TrialState.RUNNING);
    pass(6);
    silence.look(LIMIT);
    assertThat(state(dead)).isEqualTo(TrialState.FAIL);
    assertThat(state(called)).isEqualTo(TrialState.RUNNING);
    assertThat(state(changed)).isEqualTo(TrialState.RUNNING);
    assertThat(trials.study(study).trials()).isEqualTo(3);
  }

  @Test
  void aFailedTrialWaitsAgainAsOftenAsItMay() {
    Silence silence = silence(2);
    LiveTrial trial = trials.create(study, null);
    trials.setParameter(trial.id(), "x", 0.25, FLOAT);
    trials.setUserAttr(trial.id(), "a", "1");
    for (int attempt = 0; attempt < 3; attempt++) {
      trials.setState(trial.id(), TrialState.RUNNING, List.of());
      silence.look(LIMIT);
      pass(11);
      silence.look(LIMIT);
      assertThat(state(trial)).isEqualTo(TrialState.FAIL);
      if (attempt < 2) {
        trial = trials.get(trials.idOf(study, attempt + 1));
        assertThat(trial.state()).isEqualTo(TrialState.WAITING);
        assertThat(trial.params()).extracting(LiveTrial.Param::internal).containsExactly(0.25);
        assertThat(trial.userAttrs()).containsEntry("a", "1");
        assertThat(trial.systemAttrs())
            .containsEntry("failed_trial", "0")
            .containsEntry("retry_history", attempt == 0 ? "[0]" : "[0,1]");
      }
    }
    assertThat(trials.study(study).trials()).isEqualTo(3);
  }

  @Test
  void aTrialThatWaitsIsNotSilent() {
    Silence silence = silence(0);
    LiveTrial trial = trials.create(study, null);
    trials.setState(trial.id(), TrialState.WAITING, List.of());
    silence.look(LIMIT);
    pass(60);
    silence.look(LIMIT);
    assertThat(state(trial)).isEqualTo(TrialState.WAITING);
  }

  @Test
  void aLookThatFailsIsNotTheLast() throws InterruptedException {
    LiveTrial trial = trials.create(study, null);
    AtomicInteger asked = new AtomicInteger();
    LongSupplier clock =
        () -> {
          if (asked.incrementAndGet() == 1) {
            throw new IllegalStateException("the clock is broken");
          }
          return System.nanoTime();
        };
    try (Silence silence = new Silence(trials, Duration.ofMillis(20), 0, clock)) {
      silence.start();
      long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while (state(trial) == TrialState.RUNNING && System.nanoTime() < end) {
        Thread.sleep(5);
      }
    }
    assertThat(state(trial)).isEqualTo(TrialState.FAIL);
  }
}
