package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One file of a store is cut short, or has a wrong bit. The store opens or says which file is
 * broken; other trials are there, and new ones can be added.
 */
class TornFileTest {
  /** How many places of each file; {@code -Dassay.cuts=1000000} for all. */
  private static final int CUTS = Integer.getInteger("assay.cuts", 6);

  @TempDir(factory = MemoryDisk.class)
  private static Path directory;

  private static Path good;

  @BeforeAll
  static void create() {
    good = directory.resolve("good");
    try (Store store = Store.open(good)) {
      StudyRecord study = study(store, "s");
      finish(store, study, 0, "");
      finish(store, study, 1, "");
      store.seal(study.id());
      finish(store, study, 2, "");
      store.refresh();
      finish(store, study, 3, "long ".repeat(20_000));
      store.deleteStudy(study(store, "gone").id());
    }
  }

  private static StudyRecord study(Store store, String name) {
    return store.openStudy(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static void finish(Store store, StudyRecord study, int key, String log) {
    Claim claim = store.claim(study.id(), StoreProcess.params(key), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(key)
            .userAttrs(Json.object().put("log", log))
            .build());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store.json",
        "manifest.json",
        "live.db",
        "lake/trials/empty.parquet",
        "lake/trials/study=1/part-",
        "lake/deltas/study=1/part-",
        "spool/",
        "tombstones/study-",
        "runs/1-s/trial_001.json",
        "runs/1-s/run_meta.json",
        "runs/1-s/best_trial.json"
      })
  void aFileThatIsCutShortIsNamedAndHidesNothingElse(String name) throws Exception {
    Path file = find(name);
    byte[] content = Files.readAllBytes(good.resolve(file));
    for (int length : places(content.length)) {
      check(file, Arrays.copyOf(content, length), true, "cut to " + length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "store.json",
        "manifest.json",
        "lake/trials/study=1/part-",
        "lake/deltas/study=1/part-",
        "spool/"
      })
  void aWrongBitIsNamedOrHidesNothingElse(String name) throws Exception {
    Path file = find(name);
    byte[] content = Files.readAllBytes(good.resolve(file));
    Random random = new Random(20261123);
    for (int place : places(content.length)) {
      byte[] wrong = content.clone();
      int bit = random.nextInt(8);
      wrong[place] ^= (byte) (1 << bit);
      check(file, wrong, name.equals("spool/"), "bit %d of byte %d".formatted(bit, place));
    }
  }

  /** Relative to the store. */
  private static Path find(String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(good)) {
      return files
          .filter(Files::isRegularFile)
          .map(good::relativize)
          .filter(file -> file.toString().startsWith(prefix))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }

  /** The first and last bytes, and some between. */
  private static Set<Integer> places(int length) {
    Set<Integer> places = new TreeSet<>();
    int step = Math.max(1, length / CUTS);
    for (int place = 0; place < length; place += step) {
      places.add(place);
    }
    for (int i = 1; i <= Math.min(4, length); i++) {
      places.add(i - 1);
      places.add(length - i);
    }
    return places;
  }

  private static void check(Path file, byte[] content, boolean isExact, String damage)
      throws IOException {
    Path store = directory.resolve("torn");
    copy(store);
    Files.write(store.resolve(file), content);
    String name = file.getFileName().toString();
    try {
      work(store, name, isExact);
    } catch (StoreException e) {
      // Who reads this is to know which file it is.
      assertThat(e).as("%s: %s", file, damage).hasMessageContaining(name);
    } catch (RuntimeException | AssertionError e) {
      throw new AssertionError("%s, %s: %s".formatted(file, damage, e), e);
    } finally {
      delete(store);
    }
  }

  private static void work(Path directory, String name, boolean isExact) {
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store, "s");
      for (int number = 0; number < 4; number++) {
        try {
          FrozenTrial trial = store.trial(study.id(), number);
          if (trial == null) {
            throw new AssertionError("trial " + number + " is gone, and nobody says so");
          }
          if (isExact) {
            assertThat(trial.value()).isEqualTo(number);
          }
        } catch (StoreException e) {
          // A value that is wrong within a good page is found by its trial, the file by 'verify'.
          assertThat(e.getMessage()).containsAnyOf(name, "'assay verify' says what is wrong");
        }
      }
      StudyRecord next = study(store, "next");
      finish(store, next, 0, "");
      store.seal(next.id());
      FrozenTrial read = store.trial(next.id(), 0);
      assertThat(read == null ? null : read.value()).isEqualTo(0.0);
    }
  }

  private static void copy(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(good)) {
      for (Path file : files.toList()) {
        Files.copy(file, store.resolve(good.relativize(file).toString()));
      }
    }
  }

  private static void delete(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
