package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.LiveTrial.Param;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.CanonicalJson;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveTrialsTest {
  private static final String FLOAT =
      "{\"name\": \"FloatDistribution\", \"attributes\": "
          + "{\"step\": null, \"low\": 0.0, \"high\": 1.0, \"log\": false}}";
  private static final String INT =
      "{\"name\": \"IntDistribution\", \"attributes\": "
          + "{\"log\": false, \"step\": 1, \"low\": 1, \"high\": 10}}";
  private static final String CHOICE =
      "{\"name\": \"CategoricalDistribution\", \"attributes\": "
          + "{\"choices\": [\"a\", null, true, 1, 2.5]}}";

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private Store store;
  private LiveTrials trials;
  private long study;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
    trials = store.liveTrials();
    study = trials.createStudy("a study", List.of(Direction.MINIMIZE));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    store = Store.openExisting(directory.resolve("store"));
    trials = store.liveTrials();
  }

  private static LiveTrial template(TrialState state, List<Double> values) {
    return new LiveTrial(
        77,
        77,
        77,
        state,
        values,
        Instant.parse("2026-01-02T03:04:05.000006Z"),
        state.isFinished() ? Instant.parse("2026-01-02T03:04:06.500006Z") : null,
        List.of(new Param("x", 0.25, FLOAT), new Param("c", 1, CHOICE)),
        Map.of("user", "[1, 2.0, NaN]"),
        Map.of("system", "{\"a\": \"\\ud800\"}"),
        new TreeMap<>(Map.of(-1L, Double.NaN, 3L, -0.0)));
  }

  private List<LiveTrial> all() {
    LiveStudy now = trials.study(study);
    TreeMap<Long, LiveTrial> all = new TreeMap<>(now.unfinished());
    trials.forEachFinished(now, 0, trial -> all.put(trial.number(), trial));
    assertThat(all).hasSize((int) now.trials());
    return new ArrayList<>(all.values());
  }

  private void requireSound() {
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void isFilledStepByStepAndFinishesAsAnyOther() {
    LiveTrial trial = trials.create(study, null);
    assertThat(trial.state()).isEqualTo(TrialState.RUNNING);
    assertThat(trial.start()).isNotNull();
    trials.setParameter(trial.id(), "x", 0.5, FLOAT);
    trials.setParameter(trial.id(), "n", 3.5, INT);
    trials.setParameter(trial.id(), "c", 4, CHOICE);
    trials.setParameter(trial.id(), "x", 0.75, FLOAT);
    trials.setIntermediateValue(trial.id(), 0, Double.NaN);
    trials.setIntermediateValue(trial.id(), -5, Double.NEGATIVE_INFINITY);
    trials.setIntermediateValue(trial.id(), 7, -0.0);
    trials.setUserAttr(trial.id(), "note", "\"one\"");
    trials.setUserAttr(trial.id(), "note", "{\"b\": NaN, \"a\": 123456789012345678901234567890}");
    trials.setSystemAttr(trial.id(), "constraints", "[0.0, -1.5]");
    LiveTrial filled = trials.get(trial.id());
    assertThat(filled.params())
        .containsExactlyInAnyOrder(
            new Param("x", 0.75, FLOAT), new Param("n", 3.5, INT), new Param("c", 4, CHOICE));
    assertThat(filled.intermediateValues())
        .isEqualTo(Map.of(0L, Double.NaN, -5L, Double.NEGATIVE_INFINITY, 7L, -0.0));
    requireSound();
    reopen();
    assertThat(trials.get(trial.id())).isEqualTo(filled);

    assertThat(trials.setState(trial.id(), TrialState.COMPLETE, List.of(-0.0))).isTrue();

    FrozenTrial stored = requireNonNull(store.trial(study, 0));
    assertThat(CanonicalJson.sorted(stored.params())).isEqualTo("{\"c\":2.5,\"n\":3,\"x\":0.75}");
    assertThat(stored.values()).containsExactly(-0.0);
    assertThat(stored.constraintsOk()).isTrue();
    String signature = requireNonNull(stored.signature());
    assertThat(requireNonNull(store.findHolder(study, signature)).trialId()).isEqualTo(trial.id());
    assertThat(store.bestTrial(study)).isEqualTo(stored);
    LiveTrial finished = trials.get(trial.id());
    requireSound();
    reopen();
    assertThat(trials.get(trial.id()).params())
        .extracting(Param::internal)
        .containsExactlyInAnyOrder(0.75, 3.5, 4.0);
    assertThat(trials.get(trial.id()).complete()).isEqualTo(finished.complete());
    store.seal(study);
    assertThat(trials.idOf(study, 0)).isEqualTo(trial.id());
    assertThat(trials.get(trial.id()).intermediateValues()).isEqualTo(filled.intermediateValues());
    assertThatThrownBy(() -> trials.setUserAttr(trial.id(), "late", "1"))
        .isInstanceOf(TrialFinishedException.class);
    requireSound();
  }

  @Test
  void copiesATemplateInAnyState() {
    for (TrialState state : TrialState.values()) {
      LiveTrial template = template(state, List.of(0.5));
      LiveTrial created = trials.create(study, template);
      assertThat(created).isEqualTo(template.in(study).as(created.id(), created.number()));
      LiveTrial read = trials.get(created.id());
      assertThat(read.state()).isEqualTo(state);
      assertThat(read.values()).containsExactly(0.5);
      assertThat(read.start()).isEqualTo(template.start());
      assertThat(read.complete()).isEqualTo(template.complete());
      assertThat(read.params()).hasSize(2);
      assertThat(read.intermediateValues()).isEqualTo(template.intermediateValues());
    }
    assertThat(all()).extracting(LiveTrial::number).containsExactly(0L, 1L, 2L, 3L, 4L);
    requireSound();
    reopen();
    assertThat(all()).extracting(LiveTrial::state).containsExactly(TrialState.values());
  }
}
