package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TrialStreamTest {
  @TempDir Path directory;
  private Store store;
  private StudyRecord study;

  private int nextKey;

  /** What the study holds, by number. */
  private final TreeMap<Long, FrozenTrial> expected = new TreeMap<>();

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
    study = store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Claim.Lease claim(int x) {
    ObjectNode params = Json.object().put("x", x).put("text", "é😀" + x);
    return ((Claim.Acquired) store.claim(study.id(), params, Json.object(), null)).lease();
  }

  private static FrozenTrial result(Random random) {
    FrozenTrial.Builder trial = FrozenTrial.builder().durationSeconds(random.nextDouble());
    ObjectNode metrics = Json.object().put("m", random.nextGaussian()).put("n", Double.NaN);
    return switch (random.nextInt(4)) {
      case 0 -> trial.state(TrialState.FAIL).error("no").build();
      case 1 -> trial.state(TrialState.PRUNED).metrics(metrics).build();
      default -> trial.state(TrialState.COMPLETE).value(-0.0).metrics(metrics).build();
    };
  }

  private void finish(Claim.Lease lease, Random random) {
    FrozenTrial trial = store.finish(lease, result(random));
    expected.put(trial.number(), trial);
  }

  /** Finishes trials out of order and seals now and then; some stay hot, some are shown. */
  private void fill(int trials, Random random) {
    List<Claim.Lease> running = new ArrayList<>();
    for (int i = 0; i < trials; i++) {
      running.add(claim(nextKey++));
      if (running.size() > 5) {
        finish(running.remove(random.nextInt(running.size())), random);
      }
      switch (random.nextInt(150)) {
        case 0 -> store.seal(study.id());
        case 1 -> store.refresh();
        default -> {}
      }
    }
    running.forEach(lease -> finish(lease, random));
  }

  private List<FrozenTrial> read() {
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      return trials.toList();
    }
  }

  private List<Path> parts() {
    try (LiveDatabase live = LiveDatabase.open(store.directory().resolve("live.db"));
        Trials trials = new Trials(store.directory(), live)) {
      return live.query(sql -> trials.parts(sql, study.id()));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyTrialComesBackInOrderAsItWasFinished(long seed) {
    fill(700, new Random(seed));
    assertThat(parts()).hasSizeGreaterThan(1);

    assertThat(read()).containsExactlyElementsOf(expected.values());
    for (long number = 0; number < 700; number += 31) {
      assertThat(store.trial(study.id(), number)).isEqualTo(expected.get(number));
    }

    store.seal(study.id());
    assertThat(read()).containsExactlyElementsOf(expected.values());
    assertThat(store.trial(study.id(), 700)).isNull();
    assertThat(store.trial(study.id(), -1)).isNull();
  }

  @Test
  void anEmptyStudyHasNoTrialsAndAnUnknownOneIsRefused() {
    assertThat(read()).isEmpty();
    assertThat(store.trial(study.id(), 0)).isNull();
    assertThatThrownBy(() -> store.trials(99))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no study with the id 99");
    assertThatThrownBy(() -> store.trial(99, 0))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("no study with the id 99");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStreamShowsTheStudyAsItWasWhenItWasOpened(boolean sealed) {
    Random random = new Random(5);
    fill(10, random);
    Claim.Lease running = claim(nextKey++);
    fill(300, random);
    List<FrozenTrial> before = read();
    assertThat(before).hasSize(311);
    assertThat(before.get(10).state()).isEqualTo(TrialState.RUNNING);
    assertThat(store.trial(study.id(), 10)).isEqualTo(before.get(10));

    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      finish(running, random);
      fill(20, random);
      if (sealed) {
        store.seal(study.id());
      }
      assertThat(trials).containsExactlyElementsOf(before);
    }
    assertThat(read()).hasSize(331).element(10).isEqualTo(expected.get(10L));
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12})
  void sealsOnTheWayLoseAndDoubleNothing(long seed) {
    Random random = new Random(seed);
    fill(900, random);
    List<FrozenTrial> before = List.copyOf(expected.values());

    List<FrozenTrial> read = new ArrayList<>();
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      for (Iterator<FrozenTrial> each = trials.iterator(); each.hasNext(); ) {
        read.add(each.next());
        if (random.nextInt(250) == 0) {
          fill(random.nextInt(30), random);
          store.seal(study.id());
        }
      }
    }

    assertThat(read).containsExactlyElementsOf(before);
  }

  @Test
  void writersAndSealersInOtherThreadsLoseAndDoubleNothing() throws Exception {
    ConcurrentHashMap<Long, FrozenTrial> finished = new ConcurrentHashMap<>();
    AtomicInteger keys = new AtomicInteger();
    AtomicBoolean done = new AtomicBoolean();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    List<Future<?>> work = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Random random = new Random(100 + i);
      work.add(
          pool.submit(
              () -> {
                for (int x = keys.getAndIncrement(); x < 1500; x = keys.getAndIncrement()) {
                  FrozenTrial trial = store.finish(claim(x), result(random));
                  finished.put(trial.number(), trial);
                }
                return true;
              }));
    }
    work.add(
        pool.submit(
            () -> {
              while (!done.get()) {
                store.seal(study.id());
              }
              return true;
            }));

    int last = 0;
    do {
      last = expected.size();
      Set<Long> before = Set.copyOf(finished.keySet());
      List<FrozenTrial> read = read();
      for (int number = 0; number < read.size(); number++) {
        FrozenTrial trial = read.get(number);
        assertThat(trial.number()).isEqualTo(number);
        if (trial.state().isFinished()) {
          expected.put((long) number, trial);
        } else {
          assertThat(before).doesNotContain((long) number);
        }
      }
      assertThat(expected.keySet()).containsAll(before);
    } while (expected.size() < 1500 || last < 1500);
    done.set(true);
    for (Future<?> each : work) {
      each.get(60, TimeUnit.SECONDS);
    }
    pool.shutdown();

    assertThat(expected).isEqualTo(new TreeMap<>(finished));
  }

  /** Puts one part in the place of all others, and deletes those. */
  private void mergeParts() throws IOException {
    List<FrozenTrial> all = read();
    try (LiveDatabase live = LiveDatabase.open(store.directory().resolve("live.db"))) {
      List<Part> old =
          live.query(
              sql -> Parts.list(sql, "kind = 'trials' AND status = 'committed' AND study_id = 1"));
      Part part = live.transaction(sql -> Parts.reserve(sql, 1, Kind.TRIALS, 1));
      PartMetadata metadata = live.query(sql -> requireNonNull(PartMetadata.find(sql, 1)));
      TrialRows rows =
          reader -> {
            for (FrozenTrial trial : all) {
              reader.accept(trial, Records.write(trial));
            }
          };
      Written written =
          new PartWriter(store.directory())
              .trials(part, rows, metadata, (surveys, count) -> List.of());
      live.transaction(
          sql -> {
            long snapshot = Parts.nextSnapshot(sql);
            for (Part each : old) {
              Parts.drop(sql, each.id(), snapshot);
            }
            return Parts.commit(sql, part, written, snapshot);
          });
      for (Part each : old) {
        Files.delete(each.file(store.directory()));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 60, 299})
  void partsMergedAndDeletedOnTheWayLoseAndDoubleNothing(int moment) throws Exception {
    Random random = new Random(4);
    for (int i = 0; i < 4; i++) {
      fill(75, random);
      store.seal(study.id());
    }
    assertThat(parts()).hasSizeGreaterThan(3);

    List<FrozenTrial> read = new ArrayList<>();
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      for (Iterator<FrozenTrial> each = trials.iterator(); each.hasNext(); ) {
        if (read.size() == moment) {
          mergeParts();
        }
        read.add(each.next());
      }
    }

    assertThat(parts()).hasSize(1);
    assertThat(read).containsExactlyElementsOf(expected.values());
    assertThat(store.trial(study.id(), 7)).isEqualTo(expected.get(7L));
  }

  @Test
  void aLostPartIsNamed() throws Exception {
    fill(10, new Random(1));
    store.seal(study.id());
    Path part = parts().get(0);
    Files.delete(part);

    assertThatThrownBy(this::read)
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(part + " is missing");
    assertThatThrownBy(() -> store.trial(study.id(), 0))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(part + " is missing");
  }

  @Test
  void aPartLostOnTheWayIsNamed() throws Exception {
    Random random = new Random(1);
    fill(10, random);
    store.seal(study.id());
    fill(10, random);
    store.seal(study.id());
    Path last = parts().get(parts().size() - 1);

    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      Iterator<FrozenTrial> each = trials.iterator();
      each.next();
      Files.delete(last);
      assertThatThrownBy(() -> each.forEachRemaining(trial -> {}))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(last + " is missing");
    }
  }

  @Test
  void aStreamThatIsClosedEarlyHoldsNothing() throws Exception {
    useImported(20_000);
    read();
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    List<Path> handles = Handles.below(directory);

    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      assertThat(trials.iterator().next().number()).isZero();
      if (!handles.isEmpty()) {
        assertThat(Handles.below(directory)).hasSizeGreaterThan(handles.size());
      }
    }

    assertThat(Handles.below(directory)).isEqualTo(handles);
    assertThat(threads).containsAll(Thread.getAllStackTraces().keySet());
  }

  @Test
  void closingTheStoreEndsItsStreams() throws Exception {
    fill(50, new Random(1));
    store.seal(study.id());
    Stream<FrozenTrial> trials = store.trials(study.id());
    Iterator<FrozenTrial> each = trials.iterator();
    each.next();

    store.close();

    assertThatThrownBy(() -> each.forEachRemaining(trial -> {}))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("closed");
    trials.close();
    assertThat(Handles.below(directory)).isEmpty();
  }

  /** Goes on with a study whose trials came in whole. */
  private void useImported(int trials) {
    String filling = "x".repeat(400);
    try (StudyImport run =
        store.beginImport("large", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      for (int i = 0; i < trials; i++) {
        run.addTrial(
            FrozenTrial.builder()
                .state(TrialState.COMPLETE)
                .value(i)
                .params(Json.object().put("x", i).put("text", filling))
                .build());
      }
      study = run.commit();
    }
  }

  /** Reads a study with a heap that could not hold its trials: a sum over their numbers. */
  static final class SmallReader {
    public static void main(String[] arguments) {
      try (Store store = Store.openExisting(Path.of(arguments[0]));
          Stream<FrozenTrial> trials = store.trials(Long.parseLong(arguments[1]))) {
        System.out.println(trials.mapToLong(FrozenTrial::number).sum());
      }
    }
  }

  @Test
  void aStudyThatTheHeapCannotHoldIsRead() throws Exception {
    int sealed = 60_000;
    useImported(sealed);
    fill(300, new Random(1));
    long all = sealed + 300L;

    Path output = directory.resolve("output.txt");
    Process reader =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx24m"), SmallReader.class, store.directory(), study.id()))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start();

    assertThat(reader.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readString(output)).endsWith(all * (all - 1) / 2 + "\n");
  }
}
