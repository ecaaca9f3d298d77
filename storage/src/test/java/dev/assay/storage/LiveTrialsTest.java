package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.LiveTrial.Param;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
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

  @Test
  void badInputStoresNothing() {
    LiveTrial trial = trials.create(study, null);
    trials.setParameter(trial.id(), "x", 0.5, FLOAT);
    trials.setParameter(trial.id(), "c", 0, CHOICE);
    long id = trial.id();
    LiveStudy before = trials.study(study);
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    for (String json : List.of("", "{", "{'a': 1}", "1 2", "nan", deep, "1".repeat(10_000_000))) {
      assertThatThrownBy(() -> trials.setUserAttr(id, "a", json))
          .isInstanceOf(BadValueException.class);
      assertThatThrownBy(() -> trials.setStudySystemAttr(study, "a", json))
          .isInstanceOf(BadValueException.class);
    }
    assertThatThrownBy(() -> trials.setUserAttr(id, "a", "\"\ud800\""))
        .isInstanceOf(BadValueException.class);
    for (String distribution :
        List.of("", "[]", "{\"name\": \"Other\"}", deep, CHOICE.replaceAll("\\[.*]", "[]"))) {
      assertThatThrownBy(() -> trials.setParameter(id, "y", 0, distribution))
          .isInstanceOf(BadValueException.class);
    }
    assertThatThrownBy(() -> trials.setParameter(id, "half \ud800", 0, FLOAT))
        .isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> trials.setParameter(id, "c", 5, CHOICE))
        .isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> trials.setParameter(id, "n", Double.NaN, INT))
        .isInstanceOf(BadValueException.class);
    String log = FLOAT.replace("0.0", "0.5").replace("false", "true");
    for (String other : List.of(INT, CHOICE, log)) {
      assertThatThrownBy(() -> trials.setParameter(id, "x", 1, other))
          .isInstanceOf(IncompatibleDistributionException.class);
    }
    for (TrialState state : TrialState.values()) {
      assertThatThrownBy(() -> trials.setState(id, state, List.of(Double.NaN)))
          .isInstanceOf(BadValueException.class);
    }
    assertThatThrownBy(
            () -> trials.create(study, template(TrialState.COMPLETE, List.of(Double.NaN))))
        .isInstanceOf(BadValueException.class);
    assertThatThrownBy(() -> trials.setIntermediateValue(id + 1, 0, 0))
        .isInstanceOf(NoSuchTrialException.class);
    assertThatThrownBy(() -> trials.get(-1)).isInstanceOf(NoSuchTrialException.class);
    assertThatThrownBy(() -> trials.idOf(study, 1)).isInstanceOf(NoSuchTrialException.class);
    assertThatThrownBy(() -> trials.idOf(study + 1, 0)).isInstanceOf(NoSuchStudyException.class);
    assertThatThrownBy(() -> trials.create(study + 1, null))
        .isInstanceOf(NoSuchStudyException.class);
    assertThatThrownBy(() -> trials.createStudy("a study", List.of(Direction.MINIMIZE)))
        .isInstanceOf(NameTakenException.class);
    assertThatThrownBy(() -> trials.createStudy("n".repeat(601), List.of(Direction.MINIMIZE)))
        .isInstanceOf(BadValueException.class);
    assertThat(trials.study(study).unfinished()).isEqualTo(before.unfinished());
    assertThat(trials.protocolStudy(study).systemAttrs()).isEmpty();
    // Bounds may differ, and a value may lie outside; so may names be anything.
    trials.setParameter(id, "x", 0.5, FLOAT.replace("1.0", "9.0"));
    trials.setParameter(id, "'; DROP TABLE trials --", 7, FLOAT);
    trials.setUserAttr(id, "large", "1e999");
    trials.setState(id, TrialState.COMPLETE, List.of(Double.POSITIVE_INFINITY));
    assertThat(trials.get(id).values()).containsExactly(Double.POSITIVE_INFINITY);
    requireSound();
  }

  @Test
  void largeAttributesAreFilesUntilTheTrialIsSealed() {
    LiveTrial trial = trials.create(study, null);
    String large = "\"" + "\u00e4\n".repeat(3_000_000) + "\"";
    trials.setUserAttr(trial.id(), "large", large.replace("\n", "\\n"));
    trials.setUserAttr(trial.id(), "large", "\"" + "z".repeat(30_000_000) + "\"");
    requireSound();
    reopen();
    assertThat(trials.get(trial.id()).userAttrs().get("large")).hasSize(30_000_002);
    trials.setState(trial.id(), TrialState.PRUNED, List.of());
    assertThat(requireNonNull(store.trial(study, 0)).userAttrs().get("large").textValue())
        .hasSize(30_000_000);
    store.seal(study);
    assertThat(trials.get(trial.id()).userAttrs().get("large")).hasSize(30_000_002);
    requireSound();
    LiveTrial finished = trials.create(study, trials.get(trial.id()));
    assertThat(finished.number()).isEqualTo(1);
    assertThat(finished.state()).isEqualTo(TrialState.PRUNED);
    assertThat(trials.get(finished.id()).userAttrs()).isEqualTo(trials.get(trial.id()).userAttrs());
    requireSound();
  }

  @Test
  void aSilentTrialFailsAndIsRetriedAsOptunaDoesIt() {
    LiveTrial first = trials.create(study, template(TrialState.RUNNING, List.of()));
    List<LiveTrial> failed = trials.failSilent(List.of(first.id(), 12345L), 2);
    assertThat(failed).extracting(LiveTrial::id).containsExactly(first.id());
    assertThat(trials.failSilent(List.of(first.id()), 2)).isEmpty();
    assertThat(trials.get(first.id()).state()).isEqualTo(TrialState.FAIL);
    assertThat(requireNonNull(store.trial(study, 0)).error()).isEqualTo("interrupted");
    for (int retry = 1; retry <= 2; retry++) {
      LiveTrial waiting = requireNonNull(trials.study(study).unfinished().get((long) retry));
      assertThat(waiting.state()).isEqualTo(TrialState.WAITING);
      assertThat(waiting.params()).isEqualTo(first.params());
      assertThat(waiting.systemAttrs())
          .containsEntry("failed_trial", "0")
          .containsEntry("retry_history", retry == 1 ? "[0]" : "[0,1]")
          .containsKey("system");
      assertThat(trials.failSilent(List.of(waiting.id()), 2)).isEmpty();
      assertThat(trials.setState(waiting.id(), TrialState.RUNNING, List.of())).isTrue();
      assertThat(trials.setState(waiting.id(), TrialState.RUNNING, List.of())).isFalse();
      assertThat(trials.failSilent(List.of(waiting.id()), 2)).hasSize(1);
    }
    assertThat(trials.study(study).unfinished()).isEmpty();
    requireSound();
  }

  @Test
  void theFirstThatAsksHasItsParameters() {
    LiveTrial first = trials.create(study, null);
    LiveTrial second = trials.create(study, null);
    trials.setParameter(first.id(), "x", 0.5, FLOAT);
    trials.setParameter(second.id(), "x", 0.5, FLOAT);
    assertThat(trials.claimParameters(second.id())).isNull();
    assertThat(trials.claimParameters(second.id())).isNull();
    assertThat(requireNonNull(trials.claimParameters(first.id())).id()).isEqualTo(second.id());
    ObjectNode params = Json.object().put("x", 0.5);
    assertThat(store.claim(study, params, Json.object(), null)).isInstanceOf(Claim.Duplicate.class);
    requireSound();
    // Its claim goes with the parameters that it has in the end.
    trials.setParameter(second.id(), "x", 0.75, FLOAT);
    trials.setState(second.id(), TrialState.COMPLETE, List.of(1.0));
    assertThat(trials.claimParameters(first.id())).isNull();
    trials.setState(first.id(), TrialState.FAIL, List.of());
    requireSound();
    Claim.Lease lease = ((Claim.Acquired) store.claim(study, params, Json.object(), null)).lease();
    LiveTrial third = trials.create(study, null);
    trials.setParameter(third.id(), "x", 0.5, FLOAT);
    assertThat(trials.study(study).unfinished()).hasSize(2);
    assertThat(requireNonNull(trials.claimParameters(third.id())).id()).isEqualTo(lease.trialId());
    assertThatThrownBy(() -> trials.setState(lease.trialId(), TrialState.FAIL, List.of()))
        .isInstanceOf(TrialFinishedException.class);
    store.finish(lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(3).build());
    assertThat(requireNonNull(trials.claimParameters(third.id())).values()).containsExactly(3.0);
    trials.setState(third.id(), TrialState.COMPLETE, List.of(3.0));
    assertThat(requireNonNull(store.findHolder(study, third(third))).trialId())
        .isEqualTo(lease.trialId());
    requireSound();
  }

  private String third(LiveTrial trial) {
    return requireNonNull(requireNonNull(store.trial(study, trial.number())).signature());
  }

  @Test
  void unfinishedTrialsCountAndGoWithTheirStudyAndStayThroughARepair() throws Exception {
    LiveTrial running = trials.create(study, template(TrialState.RUNNING, List.of()));
    LiveTrial waiting = trials.create(study, template(TrialState.WAITING, List.of()));
    LiveTrial complete = trials.create(study, template(TrialState.COMPLETE, List.of(2.0)));
    trials.setUserAttr(running.id(), "large", "\"" + "z".repeat(100_000) + "\"");
    running = trials.get(running.id());
    assertThat(store.counts(study).running()).isEqualTo(1);
    assertThat(store.claim(study, Json.object().put("y", 1), Json.object(), 2L))
        .isEqualTo(new Claim.LimitReached(1, 1));
    assertThat(store.compact(study)).isNotNull();
    assertThat(all())
        .extracting(LiveTrial::id)
        .containsExactly(running.id(), waiting.id(), complete.id());
    assertThat(store.trials(study))
        .extracting(FrozenTrial::state)
        .containsExactly(TrialState.RUNNING, TrialState.WAITING, TrialState.COMPLETE);
    store.close();

    Path path = directory.resolve("store");
    try (LiveDatabase live = LiveDatabase.open(path.resolve("live.db"))) {
      live.transaction(sql -> sql.update("UPDATE summaries SET complete = 7"));
    }
    RepairReport report = Store.repair(path);
    assertThat(report.remaining()).isEmpty();
    store = Store.openExisting(path);
    trials = store.liveTrials();
    assertThat(all())
        .extracting(LiveTrial::id)
        .containsExactly(running.id(), waiting.id(), complete.id());
    assertThat(trials.get(running.id())).isEqualTo(running);
    assertThat(trials.get(waiting.id())).isEqualTo(waiting);
    assertThat(trials.create(study, null).number()).isEqualTo(3);
    long id = waiting.id();
    trials.setState(id, TrialState.RUNNING, List.of());
    assertThatThrownBy(() -> trials.setParameter(id, "x", 1, INT))
        .isInstanceOf(IncompatibleDistributionException.class);

    trials.deleteStudy(study);
    requireSound();
    assertThatThrownBy(() -> trials.study(study)).isInstanceOf(NoSuchStudyException.class);
    assertThatThrownBy(() -> trials.setUserAttr(id, "a", "1"))
        .isInstanceOf(NoSuchTrialException.class);
    assertThat(path.resolve("spool")).isEmptyDirectory();
    long again = trials.createStudy("a study", List.of(Direction.MINIMIZE));
    assertThat(again).isGreaterThan(study);
    assertThat(trials.create(again, null).id()).isGreaterThan(complete.id());
  }
}
