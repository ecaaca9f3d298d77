package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Live trials of several threads and processes. */
class LiveTrialsSharedTest {
  private static final int QUEUED = 40;
  private static final int TRIALS = 60;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private Path path() {
    return directory.resolve("store");
  }

  private long study(Store store) {
    return store.liveTrials().createStudy(LiveProcess.STUDY, List.of(Direction.MINIMIZE));
  }

  private static void enqueue(Store store, long study) {
    for (int i = 0; i < QUEUED; i++) {
      store.liveTrials().create(study, LiveProcess.waiting(study, i / 100.0));
    }
  }

  @Test
  void threadsPopEachWaitingTrialOnce() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(8);
    try (Store one = Store.open(path());
        Store other = Store.open(path())) {
      enqueue(one, study(one));
      StringWriter log = new StringWriter();
      List<Future<Integer>> popping = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        LiveTrials trials = (i % 2 == 0 ? one : other).liveTrials();
        popping.add(
            pool.submit(
                () -> {
                  LiveProcess.pop(trials, log);
                  return 0;
                }));
      }
      for (Future<Integer> each : popping) {
        each.get();
      }
      List<String> popped = log.toString().lines().toList();
      assertThat(popped).hasSize(QUEUED).doesNotHaveDuplicates();
      assertThat(one.verify().faults()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void processesPopEachWaitingTrialOnce() throws Exception {
    try (Store store = Store.open(path())) {
      enqueue(store, study(store));
    }
    Path log = directory.resolve("log");
    List<Process> processes = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      processes.add(LiveProcess.start(path(), Path.of(log + "" + i), "pop", 2));
    }
    List<String> popped = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Path own = Path.of(log + "" + i);
      assertThat(processes.get(i).waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(processes.get(i).exitValue())
          .as(Files.readString(own.resolveSibling(own.getFileName() + ".output")))
          .isZero();
      popped.addAll(Files.readAllLines(own));
    }
    assertThat(popped).hasSize(QUEUED).doesNotHaveDuplicates();
  }

  @Test
  void whatWasAcknowledgedSurvivesAKill() throws Exception {
    try (Store store = Store.open(path())) {
      study(store);
    }
    Path log = directory.resolve("log");
    Random random = new Random(1);
    for (int round = 0; round < 2; round++) {
      Process process = LiveProcess.start(path(), log, "run", 4);
      while (!Files.exists(log) || Files.readAllLines(log).size() < 300 * (round + 1)) {
        assertThat(process.isAlive()).isTrue();
        Thread.sleep(1 + random.nextInt(20));
      }
      process.destroyForcibly().waitFor();
      try (Store store = Store.openExisting(path())) {
        check(store.liveTrials(), Files.readString(log, StandardCharsets.UTF_8));
        assertThat(store.verify().faults()).isEmpty();
      }
    }
  }

  private static void check(LiveTrials trials, String log) {
    Map<Long, LiveTrial> all = all(trials, trials.studyIdOf(LiveProcess.STUDY));
    // What follows the last line end was not acknowledged.
    for (String line : log.substring(0, log.lastIndexOf('\n')).split("\n", -1)) {
      String[] words = line.split(" ", -1);
      LiveTrial trial = requireNonNull(all.get(Long.valueOf(words[1])), line);
      switch (words[0]) {
        case "created" -> assertThat(trial.number()).isEqualTo(Long.parseLong(words[2]));
        case "param" ->
            assertThat(trial.params().get(0).internal()).isEqualTo(Double.parseDouble(words[2]));
        case "step" -> assertThat(trial.intermediateValues()).containsKey(Long.valueOf(words[2]));
        case "large" -> assertThat(trial.userAttrs().get("large")).hasSize(100_002);
        default -> {
          assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
          assertThat(trial.values()).containsExactly(Double.parseDouble(words[2]));
        }
      }
    }
  }

  private static Map<Long, LiveTrial> all(LiveTrials trials, long study) {
    LiveStudy now = trials.study(study);
    Map<Long, LiveTrial> all = new TreeMap<>();
    now.unfinished().values().forEach(trial -> all.put(trial.id(), trial));
    trials.forEachFinished(now, 0, trial -> all.put(trial.id(), trial));
    assertThat(all.values())
        .extracting(LiveTrial::number)
        .containsExactlyElementsOf(
            java.util.stream.LongStream.range(0, now.trials()).boxed().toList());
    return all;
  }

  /** What Optuna's client keeps, and how it asks for the rest. */
  private static final class Copy {
    private final Map<Long, LiveTrial> trials = new TreeMap<>();
    private final Set<Long> unfinished = new HashSet<>();
    private long lastFinished = -1;

    void poll(LiveTrials live, long study) {
      LiveStudy now = live.study(study);
      List<LiveTrial> answer = new ArrayList<>();
      for (LiveTrial trial : now.unfinished().values()) {
        if (trial.id() > lastFinished || unfinished.contains(trial.id())) {
          answer.add(trial);
        }
      }
      long bound = lastFinished;
      Set<Long> included = Set.copyOf(unfinished);
      live.forEachFinished(
          now,
          0,
          trial -> {
            if (trial.id() > bound || included.contains(trial.id())) {
              answer.add(trial);
            }
          });
      assertThat(live.firstAfter(now, bound))
          .isEqualTo(trials.values().stream().filter(trial -> trial.id() <= bound).count());
      for (LiveTrial trial : answer) {
        trials.put(trial.id(), trial);
        if (trial.state().isFinished()) {
          unfinished.remove(trial.id());
          lastFinished = Math.max(lastFinished, trial.id());
        } else {
          unfinished.add(trial.id());
        }
      }
    }
  }

  @Test
  void aClientsCopyIsTheSameAsAFullRead() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(6);
    try (Store one = Store.open(path());
        Store other = Store.open(path())) {
      long study = study(one);
      List<Future<Integer>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(i);
        LiveTrials trials = (i % 2 == 0 ? one : other).liveTrials();
        workers.add(pool.submit(() -> work(trials, study, random)));
      }
      workers.add(
          pool.submit(
              () -> {
                // Trials move into parts while they are read.
                for (int i = 0; i < 5; i++) {
                  Thread.sleep(50);
                  one.seal(study);
                }
                return 0;
              }));
      List<Copy> copies = List.of(new Copy(), new Copy());
      boolean last;
      do {
        last = workers.stream().allMatch(Future::isDone);
        copies.get(0).poll(one.liveTrials(), study);
        copies.get(1).poll(other.liveTrials(), study);
      } while (!last);
      for (Future<Integer> worker : workers) {
        worker.get();
      }
      Map<Long, LiveTrial> all = all(other.liveTrials(), study);
      assertThat(all).hasSize(4 * TRIALS);
      for (Copy copy : copies) {
        assertThat(copy.trials.keySet()).isEqualTo(all.keySet());
        copy.trials.forEach(
            (id, trial) -> {
              assertThat(trial.state()).isEqualTo(TrialState.COMPLETE);
              LiveTrial read = requireNonNull(all.get(id));
              assertThat(trial.values()).isEqualTo(read.values());
              assertThat(trial.intermediateValues()).isEqualTo(read.intermediateValues());
            });
      }
      assertThat(one.verify().faults()).isEmpty();
    } finally {
      pool.shutdownNow();
    }
  }

  private static int work(LiveTrials trials, long study, Random random) {
    List<Long> running = new ArrayList<>();
    for (int i = 0; i < TRIALS; i++) {
      long id = trials.create(study, null).id();
      trials.setParameter(id, "x", random.nextDouble(), LiveProcess.FLOAT);
      trials.setIntermediateValue(id, i, i);
      running.add(id);
      // Not in the order in which they came.
      while (running.size() > 3 || (i == TRIALS - 1 && !running.isEmpty())) {
        long ended = running.remove(random.nextInt(running.size()));
        trials.setState(ended, TrialState.COMPLETE, List.of((double) ended));
      }
    }
    return 0;
  }
}
