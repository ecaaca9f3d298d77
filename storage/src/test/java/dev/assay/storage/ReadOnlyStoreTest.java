package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReadOnlyStoreTest {
  @TempDir Path directory;
  private Path place;
  private StudyRecord study;
  private List<FrozenTrial> expected = List.of();

  /** Seven sealed trials, one shown and one not, and a running one. */
  @BeforeEach
  void fill() {
    place = directory.resolve("store");
    try (Store store = Store.open(place)) {
      study = store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      for (int x = 0; x < 7; x++) {
        finish(store, x);
      }
      store.seal(study.id());
      finish(store, 7);
    }
  }

  /** Leaves the store with a write-ahead log, as a process that was killed does. */
  private Path killed() throws IOException {
    Path copy = directory.resolve("killed");
    try (Store store = Store.open(place)) {
      finish(store, 8);
      store.claim(study.id(), Json.object().put("x", 9), Json.object(), null);
      store.flush();
      expected = trials(store);
      copy(place, copy);
    }
    assertThat(copy.resolve("live.db-wal")).isNotEmptyFile();
    return copy;
  }

  private void finish(Store store, int x) {
    Claim claim = store.claim(study.id(), Json.object().put("x", x), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder().state(TrialState.COMPLETE).value(x).build());
  }

  private List<FrozenTrial> trials(ReadableStore store) {
    try (Stream<FrozenTrial> trials = store.trials(study.id())) {
      return trials.toList();
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** Every file and directory with size, time and content. */
  private static Map<String, String> listing(Path root) throws IOException {
    Map<String, String> listing = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        String content =
            Files.isDirectory(file)
                ? "directory"
                : HexFormat.of().formatHex(PartOutput.sha256().digest(Files.readAllBytes(file)));
        listing.put(
            file.toString(),
            "%s %d %s".formatted(Files.getLastModifiedTime(file), Files.size(file), content));
      }
    }
    return listing;
  }

  /** What this process has in the temporary directory, which it shares with others. */
  private static List<Path> scratch() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(LiveCopy.PREFIX))
          .sorted()
          .toList();
    }
  }

  private void readEverything(Path killed) throws IOException {
    try (ReadableStore store = Store.openReadOnly(killed)) {
      assertThat(store.studies()).extracting(StudyRecord::name).containsExactly("s");
      assertThat(trials(store)).hasSize(10).containsExactlyElementsOf(expected);
      assertThat(store.trial(study.id(), 8)).isEqualTo(expected.get(8));
      assertThat(store.bestTrial(study.id())).isEqualTo(expected.get(8));
      assertThat(store.counts(study.id()).complete()).isEqualTo(9);
      assertThat(store.trialsNotShown()).isEqualTo(1);
      RestoreReport report = store.restore(study.id(), directory.resolve("restored"), path -> true);
      assertThat(report.remade()).isEqualTo(11);
      assertThat(report.problems()).isEmpty();
    }
  }

  @Test
  void everythingIsReadAndNothingIsWritten() throws IOException {
    Path killed = killed();
    Map<String, String> before = listing(killed);
    List<Path> scratch = scratch();

    readEverything(killed);

    assertThat(listing(killed)).isEqualTo(before);
    assertThat(scratch()).isEqualTo(scratch);
    assertThat(Handles.below(directory)).isEmpty();
  }

  private static boolean mount(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void aReadOnlyDiskIsRead() throws Exception {
    Path killed = killed();
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeThat(mount("mount", "-t", "tmpfs", "none", disk.toString()))
        .as("permission to mount a file system")
        .isTrue();
    try {
      Path store = disk.resolve("store");
      copy(killed, store);
      assertThat(mount("mount", "-o", "remount,ro", disk.toString())).isTrue();

      assertThatThrownBy(() -> Store.openExisting(store)).isInstanceOf(StoreException.class);
      readEverything(store);
    } finally {
      assertThat(mount("umount", "-l", disk.toString())).isTrue();
    }
  }

  @Test
  void aStoreThatItsOwnerWritesToIsReadWhole() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    List<Throwable> failures = new ArrayList<>();
    try (Store owner = Store.open(place)) {
      Thread writer =
          new Thread(
              () -> {
                for (int x = 100; !done.get(); x++) {
                  finish(owner, x);
                  if (x % 20 == 0) {
                    owner.seal(study.id());
                  }
                }
              });
      writer.setUncaughtExceptionHandler((thread, e) -> failures.add(e));
      writer.start();
      try {
        int last = 0;
        for (int i = 0; i < 5; i++) {
          int written = trials(owner).size();
          try (ReadableStore store = Store.openReadOnly(place)) {
            List<FrozenTrial> read = trials(store);
            assertThat(read).hasSizeGreaterThanOrEqualTo(written);
            for (int number = 0; number < read.size(); number++) {
              assertThat(read.get(number).number()).isEqualTo(number);
            }
            last = read.size();
          }
        }
        assertThat(last).isGreaterThan(8);
      } finally {
        done.set(true);
        writer.join();
      }
    }
    assertThat(failures).isEmpty();
  }

  /** Trials come, and the log begins anew, after the database was copied and before its log is. */
  private final class Change implements Watcher {
    private final Store owner;
    private boolean isDatabaseCopied;
    private boolean isOver;

    Change(Store owner) {
      this.owner = owner;
    }

    @Override
    public void before(Operation operation) {
      boolean isRead = operation.kind() == Operation.Kind.READ;
      isDatabaseCopied |= isRead && operation.path().endsWith("live.db");
      if (isRead && isDatabaseCopied && !isOver && operation.path().endsWith("live.db-wal")) {
        isOver = true;
        for (int x = 20; x < 60; x++) {
          finish(owner, x);
        }
        try (Connection connection =
            LiveDatabase.connect(place.resolve("live.db"), Durability.NORMAL)) {
          assertThat(LiveDatabase.longOf(connection, "PRAGMA wal_checkpoint(TRUNCATE)")).isZero();
        } catch (SQLException e) {
          throw new AssertionError(e);
        }
        finish(owner, 60);
      }
    }
  }

  @Test
  void aCopyThatAChangeCameBetweenIsTakenAgain() {
    try (Store owner = Store.open(place)) {
      Change change = new Change(owner);
      try (ReadableStore store = Store.openReadOnly(WatchedDisk.watch(place, change))) {
        assertThat(change.isOver).isTrue();
        assertThat(trials(store)).containsExactlyElementsOf(trials(owner)).hasSize(49);
      }
    }
  }

  @Test
  void aReaderInPlaceSeesWhatOthersDoAndHoldsUpARepair() throws IOException {
    try (ReadableStore reader = Store.openReader(place)) {
      try (Store owner = Store.open(place)) {
        finish(owner, 8);
      }
      assertThat(reader.summary(study.id(), 1).states().complete()).isEqualTo(9);

      for (String part : LakeListing.files(place)) {
        Files.delete(place.resolve(part));
      }
      assertThatThrownBy(() -> Store.repair(place))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("is open in another process");
    }
    Store.repair(place);
    assertThat(Handles.below(directory)).isEmpty();
    assertThat(place.resolve("lake").toFile().list()).noneMatch(name -> name.startsWith("worker"));
  }

  @Test
  void whatIsNotAStoreIsRefused() throws IOException {
    List<Path> scratch = scratch();

    assertThatThrownBy(() -> Store.openReadOnly(directory.resolve("nothing")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no store in");
    Files.delete(place.resolve("live.db"));
    assertThatThrownBy(() -> Store.openReadOnly(place))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(place.resolve("live.db").toString());

    assertThat(scratch()).isEqualTo(scratch);
  }
}
