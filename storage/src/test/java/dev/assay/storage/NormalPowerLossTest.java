package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.Recording.Acknowledged;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.PowerLoss;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * In {@link Durability#NORMAL} a power failure may set the live database back to an earlier commit,
 * while files of the store are newer: the store opens all the same, has what readers of the lake
 * were shown, and nothing that was never so.
 */
class NormalPowerLossTest {
  @TempDir(factory = MemoryDisk.class)
  private static Path directory;

  private static Recording recording;
  private static StoredTrials trials;
  private static int checked;

  @BeforeAll
  static void record() throws Exception {
    Path recorded = directory.resolve("recorded").toAbsolutePath();
    Files.createDirectories(recorded);
    try (Recording seen = new Recording(recorded, directory)) {
      recording = seen;
      new Workload(
              WatchedDisk.watch(recorded, recording).resolve("parent/store"),
              StoreOptions.DEFAULT,
              recording)
          .run();
    }
    trials = new StoredTrials();
  }

  @AfterAll
  static void close() throws Exception {
    trials.close();
  }

  private static boolean isSyncOfTheLog(Operation operation) {
    return operation.kind() == Kind.FORCE && operation.path().endsWith("live.db-wal");
  }

  @Test
  void whatReadersWereShownSurvivesTheOldestDatabaseThatIsPossible() throws Exception {
    replay(NormalPowerLossTest::isSyncOfTheLog, () -> true, new Random(0), 1, 0.3);
  }

  @Test
  void whatReadersWereShownSurvivesAPowerFailureThatTakesAnything() throws Exception {
    Random random = new Random(20261123);
    replay(NormalPowerLossTest::isSyncOfTheLog, random::nextBoolean, random, 0.5, 0.3);
  }

  @Test
  void withoutTheSyncsOfTheLogSomethingThatWasShownIsLost() {
    assertThat(recording.operations()).anyMatch(NormalPowerLossTest::isSyncOfTheLog);
    assertThatThrownBy(() -> replay(operation -> false, () -> true, new Random(0), 1, 1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("operations, the last of them");
  }

  /** What readers were shown after so many operations, of studies that nobody deletes. */
  private static Set<String> shown(int operations) {
    Set<String> deleted = new HashSet<>();
    List<Acknowledged.Finished> finished = new ArrayList<>();
    Set<String> shown = new HashSet<>();
    for (Acknowledged each : recording.acknowledged(Integer.MAX_VALUE)) {
      if (each instanceof Acknowledged.Deleting deleting) {
        deleted.add(deleting.study());
      }
    }
    for (Acknowledged each : recording.acknowledged(operations)) {
      if (each instanceof Acknowledged.Finished trial) {
        finished.add(trial);
      } else if (each instanceof Acknowledged.Visible now) {
        finished.stream()
            .filter(trial -> now.study() == null || now.study().equals(trial.study()))
            .filter(trial -> !deleted.contains(trial.study()))
            .forEach(trial -> shown.add(text(trial)));
      }
    }
    return shown;
  }

  private static String text(Acknowledged.Finished trial) {
    return new StoredTrials.Row(trial.study(), trial.number(), 0, "COMPLETE", trial.value()).text();
  }

  private static Set<String> everFinished() {
    Set<String> texts = new HashSet<>();
    for (Acknowledged each : recording.acknowledged(Integer.MAX_VALUE)) {
      if (each instanceof Acknowledged.Finished trial) {
        texts.add(text(trial));
      }
    }
    return texts;
  }

  private static void check(
      PowerLoss disk, int operations, BooleanSupplier keeps, @Nullable Path database)
      throws Exception {
    Path place = directory.resolve("left").resolve(Integer.toString(checked++));
    disk.leave(place, keeps);
    Path path = place.resolve("parent/store");
    try {
      if (database != null) {
        Files.copy(database, path.resolve("live.db"));
      }
      requireSound(path, shown(operations));
    } catch (StoreException | AssertionError e) {
      throw new AssertionError(
          "after %d operations, the last of them %s: %s"
              .formatted(
                  operations,
                  operations == 0 ? "none" : recording.operations().get(operations - 1),
                  e.getMessage()),
          e);
    }
  }

  private static void requireSound(Path path, Set<String> shown) throws Exception {
    try (Store store = Store.open(path)) {
      store.studies().forEach(study -> store.failAbandoned(study.id()));
      store.refresh();
      List<String> texts = texts(path);
      assertThat(texts).containsAll(shown).doesNotHaveDuplicates();
      assertThat(texts.stream().filter(text -> text.contains(" COMPLETE ")))
          .isSubsetOf(everFinished());

      StudyRecord study =
          store.openStudy("first", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      Claim claim = store.claim(study.id(), Json.object().put("key", "new"), Json.object(), null);
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder().state(TrialState.COMPLETE).value(0.5).build());
      store.seal(study.id());
      assertThat(texts(path)).hasSize(texts.size() + 1).containsAll(texts);
    }
  }

  private static List<String> texts(Path path) throws Exception {
    return trials.read(path).stream().map(StoredTrials.Row::text).toList();
  }

  /**
   * @param oldest how often the live database is the oldest of all that are possible
   * @param share of the steps that are looked at
   */
  private static void replay(
      Predicate<Operation> isSync,
      BooleanSupplier keeps,
      Random random,
      double oldest,
      double share)
      throws Exception {
    List<Operation> operations = recording.operations();
    PowerLoss disk = new PowerLoss(recording.root());
    for (int done = 0; done <= operations.size(); done++) {
      if (done > 0) {
        disk.done(operations.get(done - 1));
      }
      if (done == operations.size()
          || (isNoted(operations.get(done)) && random.nextDouble() < share)) {
        List<@Nullable Path> databases = recording.databasesSinceSync(done, isSync);
        int chosen = random.nextDouble() < oldest ? 0 : random.nextInt(databases.size());
        check(disk, done, keeps, databases.get(chosen));
      }
    }
  }

  /** A step on the way of something that a transaction names. */
  private static boolean isNoted(Operation operation) {
    return operation.kind() != Kind.WRITE
        && operation.kind() != Kind.READ
        && !operation.path().toString().contains("/runs/");
  }
}
