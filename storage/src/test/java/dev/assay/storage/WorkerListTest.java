package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which stores are on the list of workers. */
class WorkerListTest {
  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private long workers() {
    try (LiveDatabase live = LiveDatabase.open(store.directory().resolve("live.db"))) {
      return live.query(sql -> sql.number("SELECT count(*) FROM workers"));
    }
  }

  @Test
  void storesThatAreOpenedAtOnceDoNotForgetEachOther() {
    for (int round = 0; round < 100; round++) {
      CompletableFuture<Store> other =
          CompletableFuture.supplyAsync(() -> Store.openExisting(store.directory()));
      try (Store one = Store.openExisting(store.directory());
          Store two = other.join()) {
        assertThat(one.directory()).isEqualTo(two.directory());
        assertThat(workers()).as("round %d", round).isEqualTo(3);
      }
    }
  }

  @Test
  void aStoreThatCannotBeOpenedIsNoWorker() throws IOException {
    Path lock = store.directory().resolve("lake/worker-2.lock");
    Files.createDirectories(lock);

    assertThatThrownBy(() -> Store.openExisting(store.directory()))
        .isInstanceOf(StoreException.class);

    assertThat(workers()).isEqualTo(1);
  }

  @Test
  void aStoreThatIsClosingIsAWorkerUntilItsFilesAreWritten() throws IOException {
    StudyRecord study =
        store.openStudy("study", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    store.claim(study.id(), Json.object().put("x", 1), Json.object(), null);
    FileMutex files = new FileMutex(store.directory().resolve("runs/.lock"));
    CompletableFuture<Void> closing =
        files.locked(
            () -> {
              CompletableFuture<Void> close = CompletableFuture.runAsync(store::close);
              for (int look = 0; look < 40; look++) {
                pause();
                assertThat(close).isNotDone();
                assertThat(workers()).isEqualTo(1);
              }
              return close;
            });
    closing.join();

    assertThat(workers()).isZero();
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
