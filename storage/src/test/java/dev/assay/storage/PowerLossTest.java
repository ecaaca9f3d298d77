package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.PowerLoss;
import dev.assay.storage.disk.WatchedDisk;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The power fails after any of the operations of a {@link Workload}: what was acknowledged is there
 * when the store is opened again. A SIGKILL is the same with every change kept.
 */
class PowerLossTest {
  /**
   * Where the failure does not take all it can, one of so many steps is looked at; {@code
   * -Dassay.cuts=1000000} for each.
   */
  private static final int STEP = Integer.getInteger("assay.cuts", 1) > 1000 ? 1 : 3;

  @TempDir(factory = MemoryDisk.class)
  private static Path directory;

  private static Recording recording;
  private static Survivors survivors;

  @BeforeAll
  static void record() throws Exception {
    Path recorded = directory.resolve("recorded").toAbsolutePath();
    Files.createDirectories(recorded);
    try (Recording seen = new Recording(recorded, directory)) {
      recording = seen;
      new Workload(
              WatchedDisk.watch(recorded, recording).resolve("parent/store"),
              StoreOptions.DEFAULT.withDurability(Durability.FULL),
              recording)
          .run();
    }
    survivors = new Survivors(directory.resolve("left"));
  }

  @AfterAll
  static void close() throws Exception {
    survivors.close();
  }

  @Test
  void whatWasAcknowledgedSurvivesAKillAfterAnyOperation() throws Exception {
    replay(STEP, () -> true);
  }

  @Test
  void whatWasAcknowledgedSurvivesAPowerFailureThatTakesAllItCan() throws Exception {
    replay(1, () -> false);
  }

  @Test
  void whatWasAcknowledgedSurvivesAPowerFailureThatTakesAnything() throws Exception {
    Random random = new Random(20261123);
    replay(STEP, random::nextBoolean);
  }

  /** Each sync that the store does is needed: without it the failure takes what it should not. */
  @ParameterizedTest
  @CsvSource({
    "FORCE, **/lake/**.tmp",
    "FORCE_DIRECTORY, '**/lake/{trials,deltas,files}/study=*'",
    "FORCE_DIRECTORY, '**/lake/{trials,deltas,files}'",
    "FORCE_DIRECTORY, **/lake",
    "FORCE, **/tombstones/.*.tmp",
    "FORCE_DIRECTORY, **/tombstones",
    "FORCE, **/spool/*",
    "FORCE_DIRECTORY, **/spool",
    "FORCE, **/.manifest.json.tmp",
    "FORCE, **/.store.json.tmp",
    "FORCE_DIRECTORY, **/store",
    "FORCE_DIRECTORY, **/parent",
    "FORCE_DIRECTORY, **/recorded",
  })
  void withoutASyncSomethingIsLost(Kind kind, String glob) {
    PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
    Predicate<Operation> isLeftOut =
        operation -> operation.kind() == kind && matcher.matches(operation.path());
    List<Operation> operations = recording.operations();
    int first = 0;
    while (first < operations.size() && !isLeftOut.test(operations.get(first))) {
      first++;
    }
    assertThat(first).as("operations before the first of these").isLessThan(operations.size());

    int from = first;
    assertThatThrownBy(() -> replay(from, 1, isLeftOut, () -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("operations, the last of them");
  }

  /** A file leaves {@code runs/} when the archive has it, and that cannot be taken back. */
  @Test
  void packedFilesAreDeletedWhenTheirPartIsCommitted() throws Exception {
    PathMatcher packed =
        FileSystems.getDefault()
            .getPathMatcher("glob:**/runs/*-" + Workload.COMPACTED + "/trial_*.json");
    List<Operation> operations = recording.operations();
    PowerLoss disk = new PowerLoss(recording.root());
    int deletions = 0;
    for (int done = 0; done < operations.size(); done++) {
      Operation next = operations.get(done);
      if (next.kind() == Kind.DELETE && packed.matches(next.path())) {
        deletions++;
        survivors.requirePacked(disk, recording.database(done), next.path());
      }
      disk.done(next);
    }
    assertThat(deletions).as("trials of the packed study, which its compaction seals").isEqualTo(3);
  }

  private static void replay(int each, BooleanSupplier keeps) throws Exception {
    replay(0, each, operation -> false, keeps);
  }

  /**
   * @param from after so many operations the power fails for the first time
   * @param each one of so many steps is looked at
   */
  private static void replay(
      int from, int each, Predicate<Operation> leftOut, BooleanSupplier keeps) throws Exception {
    int steps = 0;
    List<Operation> operations = recording.operations();
    PowerLoss disk = new PowerLoss(recording.root());
    for (int done = 0; done <= operations.size(); done++) {
      if (done > 0 && !leftOut.test(operations.get(done - 1))) {
        disk.done(operations.get(done - 1));
      }
      if (done >= from
          && (done == operations.size() || isStep(operations, done))
          && steps++ % each == 0) {
        survivors.check(disk, recording, done, keeps);
      }
    }
  }

  /**
   * Writes are within the reach of the change that is not synced, and trial files are made again,
   * but for those that are deleted: around all else there is a state of its own.
   */
  private static boolean isStep(List<Operation> operations, int done) {
    return isNoted(operations.get(done)) || (done > 0 && isNoted(operations.get(done - 1)));
  }

  private static boolean isNoted(Operation operation) {
    return operation.kind() != Kind.WRITE
        && operation.kind() != Kind.READ
        && (!operation.path().toString().contains("/runs/")
            || operation.toString().contains(".deleted-"));
  }
}
