package dev.assay.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.history.History;
import dev.assay.engine.sampler.Ask;
import dev.assay.engine.sampler.Sampler;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.LiveTrial;
import dev.assay.storage.LiveTrials;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialFinishedException;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What waits in a store, and what clients of Optuna's protocol evaluate of the same study. */
@Timeout(120)
final class StudyQueueTest {
  private static final int QUEUED = 40;

  private static final String REAL =
      "{\"name\": \"FloatDistribution\", \"attributes\": "
          + "{\"step\": null, \"low\": 0.0, \"high\": 1.0, \"log\": false}}";

  @TempDir private Path directory;

  private static SearchSpace space() {
    try {
      return SearchSpace.of(
          (ObjectNode)
              Json.parse(
                  "{\"x\": {\"type\": \"int\", \"low\": 0, \"high\": 99}, "
                      + "\"group\": {\"y\": {\"type\": \"float\", \"low\": 0, \"high\": 1}}}"));
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  private static ObjectNode params(long x, double y) {
    ObjectNode params = Json.object().put("x", x);
    params.putObject("group").put("y", y);
    return params;
  }

  /** Proposes the same each time, and keeps what it knows of the finished trials. */
  private static final class Knowing implements Sampler {
    final Map<Double, Double> known = new TreeMap<>();

    @Override
    public ObjectNode suggest(History history, Ask ask) {
      for (int i = 0; i < history.finished(); i++) {
        int row = history.finished(i);
        known.put(history.loss(row, 0), history.parameter(row, 1));
      }
      return params(77, 0.125 + ask.number() / 1024.0);
    }
  }

  private static Study open(Store store, Sampler sampler) {
    return Study.builder(space())
        .name("s")
        .seed(1)
        .sampler((space, directions, seed) -> sampler)
        .open(store);
  }

  private static StudyRecord record(Store store) {
    return requireNonNull(store.findStudy("s"));
  }

  @Test
  void whatWasEnqueuedOutlivesItsProcessAndIsEvaluatedFirstByWhoeverAsks() {
    try (Store store = Store.open(directory)) {
      Study study = open(store, new Knowing());
      study.tell(requireNonNull(study.ask()), 0);
      study.enqueue(params(7, 0.5));
      study.enqueue(params(7, 0.5));
      study.enqueue(params(5, 0.5));
      // As study.enqueue_trial({"group.y": 0.75}, user_attrs={"who": "me"}) leaves it.
      LiveTrial partly =
          store.liveTrials().enqueue(record(store).id(), Json.object().put("group.y", 0.75));
      assertThat(partly.number()).isEqualTo(4);
    }
    try (Store store = Store.open(directory)) {
      Study study = open(store, new Knowing());
      List<String> evaluated = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Trial trial = requireNonNull(study.ask());
        evaluated.add(trial.number() + ": " + trial.whole("x") + " " + trial.real("group.y"));
        study.tell(trial, i);
      }
      assertThat(evaluated.subList(0, 3)).containsExactly("1: 7 0.5", "3: 5 0.5", "4: 77 0.75");
      assertThat(evaluated.get(3)).startsWith("5: 77");
      FrozenTrial twice = requireNonNull(store.trial(record(store).id(), 2));
      assertThat(twice.state()).isEqualTo(TrialState.FAIL);
      assertThat(twice.userAttrs().path("skipped").booleanValue()).isTrue();
      FrozenTrial first = requireNonNull(store.trial(record(store).id(), 1));
      assertThat(first.systemAttrs().path("fixed_params").path("group.y").doubleValue())
          .isEqualTo(0.5);
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  @Test
  void workersOfSeveralStoresAndClientsGetEachWaitingTrialOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(6);
    List<Long> popped = Collections.synchronizedList(new ArrayList<>());
    try (Store one = Store.open(directory);
        Store other = Store.open(directory)) {
      Study study = open(one, new Knowing());
      for (int i = 0; i < QUEUED; i++) {
        study.enqueue(params(i, 0.5));
      }
      List<Study> studies = List.of(study, open(other, new Knowing()));
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Study own = studies.get(i % 2);
        work.add(pool.submit(() -> evaluate(own, popped)));
      }
      for (Store store : List.of(one, other)) {
        work.add(pool.submit(() -> pop(store.liveTrials(), record(store).id(), popped)));
      }
      for (Future<Integer> each : work) {
        each.get();
      }
      assertThat(popped).hasSize(QUEUED).doesNotHaveDuplicates();
      assertThat(one.verify().faults()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  private static int evaluate(Study study, List<Long> popped) {
    for (Trial trial = study.ask(); trial != null && trial.number() < QUEUED; trial = study.ask()) {
      assertThat(trial.whole("x")).isEqualTo(trial.number());
      popped.add(trial.number());
      study.tell(trial, 1);
    }
    return 0;
  }

  private static int pop(LiveTrials trials, long study, List<Long> popped) {
    for (LiveTrial trial = trials.firstWaiting(study);
        trial != null;
        trial = trials.firstWaiting(study)) {
      try {
        if (trials.setState(trial.id(), TrialState.RUNNING, List.of())) {
          popped.add(trial.number());
          trials.setState(trial.id(), TrialState.COMPLETE, List.of(1.0));
        }
      } catch (TrialFinishedException e) {
        // Another was faster, and is done with it.
      }
    }
    return 0;
  }

  @Test
  void theSamplerHearsOfTrialsThatClientsFillStepByStep() {
    try (Store store = Store.open(directory)) {
      Knowing sampler = new Knowing();
      Study study = open(store, sampler);
      LiveTrials trials = store.liveTrials();
      long id = trials.create(record(store).id(), null).id();
      trials.setParameter(id, "group.y", 0.25, REAL);
      study.tell(requireNonNull(study.ask()), 10);
      trials.setParameter(
          id,
          "x",
          3,
          "{\"name\": \"IntDistribution\", \"attributes\": "
              + "{\"log\": false, \"step\": 1, \"low\": 0, \"high\": 99}}");
      study.tell(requireNonNull(study.ask()), 20);
      trials.setState(id, TrialState.COMPLETE, List.of(30.0));
      long deadline = System.nanoTime() + 10_000_000_000L;
      while (!sampler.known.containsKey(30.0) && System.nanoTime() < deadline) {
        study.tell(requireNonNull(study.ask()), 40);
      }
      assertThat(sampler.known).containsEntry(30.0, 0.25);
    }
  }
}
