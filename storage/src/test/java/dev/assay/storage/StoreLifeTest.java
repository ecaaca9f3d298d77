package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.storage.json.Json;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store takes from the machine while it is open, and gives back. */
final class StoreLifeTest {
  @TempDir Path directory;

  private Path path() {
    return directory.resolve("store");
  }

  private static StudyRecord study(Store store) {
    return store.openStudy("study", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static Claim.Lease claim(Store store, int key) {
    Claim claim = store.claim(study(store).id(), StoreProcess.params(key), Json.object(), null);
    return ((Claim.Acquired) claim).lease();
  }

  private static void finish(Store store, Claim.Lease lease) {
    store.finish(lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(1.0).build());
  }

  private static Set<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("assay"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir", "/tmp")))) {
      // What the native library's loader unpacks once a process is not the store's to delete.
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.contains("assay-store") || name.startsWith("etilqs"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void useOnce(int key) {
    try (Store store = Store.open(path())) {
      finish(store, claim(store, key));
      claim(store, -key - 1);
      store.refresh();
      try (Stream<FrozenTrial> trials = store.trials(study(store).id())) {
        assertThat(trials.count()).isPositive();
      }
      store.seal(study(store).id());
    }
  }

  @Test
  void nothingStaysOpenAfterAClose() throws Exception {
    assumeTrue(
        Files.isDirectory(Path.of("/proc/self/fd")),
        "this system does not list a process's open files in /proc/self/fd");
    useOnce(0);
    Set<String> threads = threads();
    Set<String> temporary = temporaryFiles();

    for (int key = 1; key <= 50; key++) {
      useOnce(key);
    }

    assertThat(Handles.below(directory)).isEmpty();
    assertThat(threads()).isEqualTo(threads);
    assertThat(temporaryFiles()).isEqualTo(temporary);
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(files.map(Path::toString))
          .noneMatch(file -> file.endsWith(".tmp") || file.matches(".*(-wal|-shm|/worker-.*)"));
    }
  }

  @Test
  void openingThatFailsLetsGoOfEverything() throws Exception {
    Store.open(path()).close();
    Set<String> threads = threads();
    LiveDatabase live = StoreDirectory.open(path());
    try (Stream<Path> runs = Files.walk(path().resolve("runs"))) {
      for (Path file : runs.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }

    assertThatThrownBy(() -> Store.open(path(), live, StoreOptions.DEFAULT, Clocks.SYSTEM))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot use");

    assertThat(Handles.below(directory)).isEmpty();
    assertThat(threads()).isEqualTo(threads);
    try (Stream<Path> lake = Files.list(path().resolve("lake"))) {
      assertThat(lake.map(Path::toString)).noneMatch(file -> file.endsWith(".lock"));
    }
  }

  @Test
  void storeThatIsDeletedUnderItsProcessRefusesTheNextClaimAndFinish() throws Exception {
    Store store = Store.open(path());
    StudyRecord study = study(store);
    Claim.Lease lease = claim(store, 1);
    Files.delete(path().resolve("live.db"));
    assertThatThrownBy(store::beat).hasMessageContaining("live.db is gone");

    assertThatThrownBy(() -> finish(store, lease))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("live.db is gone");
    assertThatThrownBy(() -> store.claim(study.id(), StoreProcess.params(2), Json.object(), null))
        .hasMessageContaining("live.db is gone");
    assertThatThrownBy(store::close).hasMessageContaining("live.db is gone");
    if (Files.isDirectory(Path.of("/proc/self/fd"))) {
      assertThat(Handles.below(directory)).isEmpty();
    }
  }

  @Test
  void closeGivesUpThousandsOfRunningTrialsInBoundedTransactions() {
    int trials = 5_000;
    Store store = Store.open(path());
    try {
      StudyRecord study = study(store);
      for (int key = 0; key < trials; key++) {
        store.claim(study.id(), StoreProcess.params(key), Json.object(), null);
      }
    } finally {
      long commits = store.statistics().commits();
      store.close();
      // Few enough to be quick, many enough to let others write in between.
      assertThat(store.statistics().commits() - commits).isBetween(trials / 500L, trials / 100L);
    }
    try (Store again = Store.openExisting(path())) {
      assertThat(again.counts(study(again).id())).isEqualTo(new StudyCounts(0, 0, trials, 0, 0));
      try (Stream<FrozenTrial> given = again.trials(study(again).id())) {
        assertThat(given).hasSize(trials).allMatch(FrozenTrial::isInterrupted);
      }
    }
  }

  @Test
  void metersShowWhatTheStoreDoesWhileItIsOpen() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (Store store = Store.open(path(), StoreOptions.DEFAULT.withMeters(registry))) {
      Claim.Lease lease = claim(store, 1);
      store.claim(study(store).id(), StoreProcess.params(1), Json.object(), null);
      finish(store, lease);
      store.flush();

      assertThat(registry.get("assay.claims").functionCounter().count()).isEqualTo(1);
      assertThat(registry.get("assay.duplicates").functionCounter().count()).isEqualTo(1);
      assertThat(registry.get("assay.files.written").functionCounter().count()).isPositive();
      assertThat(registry.get("assay.commits").functionTimer().count()).isPositive();
      assertThat(registry.get("assay.commits").functionTimer().totalTime(TimeUnit.NANOSECONDS))
          .isPositive();
      assertThat(registry.get("assay.commit.writes").functionCounter().count())
          .isEqualTo((double) store.statistics().writes());
      assertThat(registry.get("assay.commit.writes.max").gauge().value()).isPositive();
      assertThat(registry.get("assay.commits.longest").gauge().value()).isBetween(1e-6, 60.0);
      assertThat(registry.get("assay.lock.waits").functionTimer().count()).isZero();
      assertThat(registry.get("assay.reader.waits").functionTimer().count()).isZero();
      assertThat(registry.get("assay.checkpoints").functionCounter().count()).isZero();
      List<String> caches = new ArrayList<>();
      registry
          .get("assay.cache.gets")
          .functionCounters()
          .forEach(
              meter -> caches.add(meter.getId().getTag("cache") + meter.getId().getTag("result")));
      assertThat(caches)
          .containsExactlyInAnyOrder("keyshit", "keysmiss", "signatureshit", "signaturesmiss");
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void stateTellsOfTheStoreAndOfEveryWorker() {
    try (Store store = Store.open(path());
        Store other = Store.open(path())) {
      claim(store, 1);
      finish(other, claim(other, 2));
      store.refresh();

      StoreState state = store.state();

      assertThat(state.studies())
          .containsExactly(new StoreState.Study(study(store), new StudyCounts(1, 0, 0, 1, 2)));
      assertThat(state.workers())
          .extracting(StoreState.Worker::alive, StoreState.Worker::running)
          .containsExactly(tuple(true, 1L), tuple(true, 0L));
      assertThat(state.parts())
          .extracting(StoreState.Parts::kind, StoreState.Parts::status, StoreState.Parts::rows)
          .containsExactly(tuple("delta", "committed", 1L));
      assertThat(state.sizes())
          .extracting(StoreState.Size::name)
          .containsExactly("live.db", "live.db-wal", "lake", "spool", "runs");
      assertThat(state.sizes().get(0).bytes()).isPositive();
      assertThat(state.log().pages()).isPositive();
    }
  }
}
