package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.storage.disk.BadDisk;
import dev.assay.storage.disk.DiskLog;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.WatchedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that fails at one of the operations of a {@link Workload}, in each place where it has any:
 * what was acknowledged stays and can be read, and with a good disk again the work is done to its
 * end.
 */
class BadDiskTest {
  /** {@code -Dassay.cuts=1000000} for each operation; else one in a place, of one of the faults. */
  private static final boolean ALL = Integer.getInteger("assay.cuts", 1) > 1000;

  private static final Pattern UUID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  /** Makes a disk that goes wrong at one of the operations that count. */
  private interface Fault {
    BadDisk at(int number, Predicate<Operation> counted);
  }

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @Test
  void aFullDiskTakesNothingBackAndWorkGoesOnWhenThereIsRoom() throws Exception {
    failEachPlace(BadDisk::fullAt, 0);
  }

  @Test
  void anErrorOfTheDiskTakesNothingBackAndTheStepCanBeDoneAgain() throws Exception {
    failEachPlace(BadDisk::brokenAt, 1);
  }

  /**
   * @param turn which of every two places, where not all are looked at
   */
  private void failEachPlace(Fault fault, int turn) throws Exception {
    try (StoredTrials trials = new StoredTrials()) {
      Path good = directory.resolve("good");
      DiskLog log = new DiskLog();
      new Workload(WatchedDisk.watch(good, log), StoreOptions.DEFAULT, new Workload.Journal() {})
          .run();
      List<String> expected = texts(trials, good);
      Map<String, Integer> places = new TreeMap<>();
      log.operations().stream()
          .filter(Operation::isWriteLike)
          .forEach(operation -> places.merge(place(good, operation), 1, Integer::sum));
      Random random = new Random(20261123);
      int failures = 0;
      int rounds = 0;
      int seen = 0;
      for (Map.Entry<String, Integer> place : places.entrySet()) {
        int count = place.getValue();
        if (!ALL && seen++ % 2 != turn) {
          continue;
        }
        int step = ALL ? 1 : count;
        for (int at = 1 + random.nextInt(step); at <= count; at += step) {
          Path store = directory.resolve("bad" + rounds++);
          BadDisk disk = fault.at(at, each -> place(store, each).equals(place.getKey()));
          failures += run(disk, store, trials) ? 1 : 0;
          assertThat(texts(trials, store))
              .as("fault at the %d. %s", at, place.getKey())
              .isEqualTo(expected);
        }
      }
      assertThat(failures).isGreaterThan(rounds / 2);
    }
  }

  /** What is done to which kind of file: without the numbers, studies and UUIDs of their names. */
  private static String place(Path store, Operation operation) {
    String path = store.relativize(operation.path()).toString();
    return operation.kind()
        + " "
        + UUID.matcher(path).replaceAll("*").replaceAll("[0-9]+(-[a-z]+)?", "*");
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
