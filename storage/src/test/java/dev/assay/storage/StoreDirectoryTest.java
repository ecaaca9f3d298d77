package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreDirectoryTest {
  @TempDir Path directory;

  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.toList()) {
        String bytes =
            Files.isDirectory(file)
                ? "directory"
                : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        contents.put(root.relativize(file).toString(), bytes);
      }
    }
    return contents;
  }

  private void assertRefusedUntouched(Path store, String message) throws IOException {
    Map<String, String> before = contents(directory);
    assertThatThrownBy(() -> Store.open(store))
        .isInstanceOf(StoreException.class)
        .hasMessage(message);
    assertThat(contents(directory)).isEqualTo(before);
  }

  @Test
  void aNewStoreHasItsLayout() throws IOException {
    Path store = directory.resolve("a/b/store");

    Store.open(store).close();

    assertThat(store.resolve("store.json"))
        .hasContent("{\n  \"format\": 1,\n  \"reserved_trial_ids\": 0\n}");
    assertThat(store.resolve("live.db")).isRegularFile();
    assertThat(store.resolve("manifest.json")).isRegularFile();
    assertThat(store.resolve("lake/trials/empty.parquet")).isRegularFile();
    assertThat(store.resolve("lake/files/empty.parquet")).isRegularFile();
    assertThat(store.resolve("runs")).isDirectory();
  }

  @Test
  void aStoreOfANewerFormatIsRefusedUntouched() throws IOException {
    Path store = directory.resolve("store");
    Store.open(store).close();
    Files.writeString(store.resolve("store.json"), "{\"format\": 2, \"shape\": \"unknown\"}");

    String message =
        store.resolve("store.json")
            + " is of format 2, this version of Assay knows formats up to 1; use a newer Assay. "
            + "Nothing was changed";
    assertRefusedUntouched(store, message);
    assertThatThrownBy(() -> Store.openExisting(store)).hasMessage(message);
    assertThatThrownBy(() -> Store.requireKnownFormat(store)).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "{}", "{\"format\": \"1\"}", "{\"format\": 0}", "{\"format\": 1}"})
  void aDamagedStoreFileIsRefusedUntouched(String content) throws IOException {
    Path store = directory.resolve("store");
    Store.open(store).close();
    Files.writeString(store.resolve("store.json"), content);
    Map<String, String> before = contents(directory);

    assertThatThrownBy(() -> Store.open(store))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(store.resolve("store.json").toString())
        .hasMessageContaining("put back a copy");
    assertThat(contents(directory)).isEqualTo(before);
  }

  @Test
  void aDirectoryThatIsNotAStoreIsRefusedUntouched() throws IOException {
    Files.writeString(directory.resolve("notes.txt"), "mine");

    assertRefusedUntouched(
        directory,
        directory
            + " is not empty (it holds 'notes.txt') and not a store (store.json is missing); "
            + "name an empty or new directory");
  }

  @Test
  void aFileIsRefusedUntouched() throws IOException {
    Path file = Files.writeString(directory.resolve("notes.txt"), "mine");
    String message = file + " is a file, expected the directory of a store; name another place";

    assertRefusedUntouched(file, message);
    assertRefusedUntouched(file.resolve("store"), message);
  }

  @Test
  void aPlaceThatCannotBeWrittenIsNamed() {
    Path store = Path.of("/proc/assay-store");
    org.assertj.core.api.Assumptions.assumeThat(store.getParent()).isDirectory();

    assertThatThrownBy(() -> Store.open(store))
        .isInstanceOf(StoreException.class)
        .hasMessageStartingWith("cannot use /proc/assay-store as a store: ")
        .hasMessageEndingWith("it must be a directory that can be written");
  }

  @Test
  void anExistingStoreIsAskedForWhereThereIsNone() throws IOException {
    Map<String, String> before = contents(directory);

    assertThatThrownBy(() -> Store.openExisting(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no store in " + directory);
    assertThatThrownBy(() -> Store.openExisting(directory.resolve("none")))
        .hasMessageContaining("there is no store in");
    assertThat(contents(directory)).isEqualTo(before);
  }

  @Test
  void aStoreThatLostItsLiveDatabaseIsNotTakenForAnEmptyOne() throws IOException {
    Store.open(directory.resolve("store")).close();
    Files.delete(directory.resolve("store/live.db"));

    assertRefusedUntouched(
        directory.resolve("store"),
        directory.resolve("store/live.db")
            + " is missing or empty, but "
            + directory.resolve("store")
            + " holds data; put back the live.db that belongs to this store, "
            + "or let 'assay repair' make it anew");
  }

  @Test
  void aCreationThatWasCutOffIsTakenUpAgain() throws IOException {
    Files.writeString(directory.resolve("store.lock"), "");
    Files.writeString(directory.resolve(".store.json.tmp"), "{\"for");

    assertThatCode(() -> Store.open(directory).close()).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nfs", "NFS4", "cifs", "smb3", "fuse.sshfs"})
  void aNetworkFileSystemIsRefusedWithAReason(String type) {
    assertThatThrownBy(() -> NetworkDrive.refuse(directory, type))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("network file system (" + type + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "NTFS", "zfs", "fuseblk"})
  void aLocalFileSystemIsNot(String type) {
    assertThatCode(() -> NetworkDrive.refuse(directory, type)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a?b", "a#b%20c", "mode=memory", "it's ü €", "file:x"})
  void aDirectoryMayHaveAnyName(String name) {
    Path store = directory.resolve(name);
    try (Store opened = Store.open(store)) {
      opened.openStudy("s", List.of(Direction.MINIMIZE), Json.object(), Json.object());
    }

    assertThat(store.resolve("live.db")).isRegularFile();
    try (Store opened = Store.openExisting(store)) {
      assertThat(opened.findStudy("s")).isNotNull();
    }
  }

  @Test
  void manyMayOpenTheSameNewDirectoryAtOnce() throws Exception {
    int openers = 8;
    CyclicBarrier start = new CyclicBarrier(openers);
    ExecutorService threads = Executors.newFixedThreadPool(openers);
    List<Future<Long>> studies = new ArrayList<>();
    for (int i = 0; i < openers; i++) {
      Callable<Long> open =
          () -> {
            start.await();
            try (Store store = Store.open(directory.resolve("store"))) {
              return store
                  .openStudy("one", List.of(Direction.MINIMIZE), Json.object(), Json.object())
                  .id();
            }
          };
      studies.add(threads.submit(open));
    }
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    for (Future<Long> study : studies) {
      assertThat(study.get()).isEqualTo(1);
    }
  }
}
