package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.storage.disk.BadDisk;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.WatchedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails the Nth of the operations of a {@link Workload}, for all N: what was
 * acknowledged stays and can be read, and with a good disk again the work is done to its end.
 */
class BadDiskTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @Test
  void aFullDiskTakesNothingBackAndWorkGoesOnWhenThereIsRoom() throws Exception {
    failEachOperation(BadDisk::fullAt);
  }

  @Test
  void anErrorOfTheDiskTakesNothingBackAndTheStepCanBeDoneAgain() throws Exception {
    failEachOperation(BadDisk::brokenAt);
  }

  private void failEachOperation(IntFunction<BadDisk> badAt) throws Exception {
    try (StoredTrials trials = new StoredTrials()) {
      Path good = directory.resolve("good");
      new Workload(good, StoreOptions.DEFAULT, new Workload.Journal() {}).run();
      List<String> expected = texts(trials, good);
      int failures = 0;
      for (int at = 1; ; at++) {
        BadDisk disk = badAt.apply(at);
        Path store = directory.resolve("bad" + at);
        failures += run(disk, store, trials) ? 1 : 0;
        assertThat(texts(trials, store)).as("fault at operation %d", at).isEqualTo(expected);
        if (!disk.wentWrong()) {
          break;
        }
      }
      assertThat(failures).isGreaterThan(50);
    }
  }

  private static List<String> texts(StoredTrials trials, Path store) throws Exception {
    return trials.read(store).stream().map(StoredTrials.Row::text).toList();
  }

  /** Whether a step has failed. */
  private static boolean run(BadDisk disk, Path directory, StoredTrials trials) throws Exception {
    Set<String> acknowledged = new HashSet<>();
    Workload workload =
        new Workload(
            WatchedDisk.watch(directory, disk),
            StoreOptions.DEFAULT,
            new Workload.Journal() {
              @Override
              public void finished(String study, long number, double value) {
                acknowledged.add(new StoredTrials.Row(study, number, 0, "COMPLETE", value).text());
              }

              @Override
              public void deleting(String study) {
                acknowledged.removeIf(text -> text.startsWith(study + " "));
              }
            });
    List<String> failures = new ArrayList<>();
    for (Runnable step : workload.steps()) {
      try {
        step.run();
      } catch (StoreException e) {
        failures.add(e.getMessage());
        requireReadable(workload, acknowledged);
        disk.mend();
        step.run();
      }
    }
    assertThat(failures).hasSizeLessThanOrEqualTo(1);
    assertThat(failures)
        .allSatisfy(
            message ->
                assertThat(message).containsAnyOf("No space left on device", "Input/output error"));
    assertThat(texts(trials, directory)).containsAll(acknowledged);
    assertThat(new Tombstones(directory).list())
        .extracting(Tombstones.Tombstone::name, Tombstones.Tombstone::isFinal)
        .containsExactly(tuple("third", true));
    assertNothingTemporary(directory);
    return !failures.isEmpty();
  }

  /** The disk is bad still. */
  private static void requireReadable(Workload workload, Set<String> acknowledged) {
    Store store = workload.opened();
    if (store != null) {
      long complete = 0;
      for (StudyRecord study : store.studies()) {
        complete += store.counts(study.id()).complete();
      }
      assertThat(complete).isGreaterThanOrEqualTo(acknowledged.size());
    }
  }

  private static void assertNothingTemporary(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      assertThat(
              files
                  .map(Path::toString)
                  .filter(file -> file.endsWith(".tmp") || file.contains(".deleted-")))
          .isEmpty();
    }
  }
}
