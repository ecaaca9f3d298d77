package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.DiskLog;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What writing behind the trials costs, and what it holds up. */
@Timeout(60)
class WritingBehindTest {
  private static final int THREADS = 8;

  private static final String SEALED =
      "SELECT coalesce(sum(rows), 0) FROM parts WHERE kind = 'trials' AND status = 'committed'";

  @TempDir Path directory;
  private Store store;
  private StudyFixture study;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final CountDownLatch fast = new CountDownLatch(1);

  @BeforeEach
  void open() {
    open(directory);
  }

  private void open(Path disk) {
    store = Store.open(disk.resolve("store"));
    study = StudyFixture.open(store, "study");
  }

  private void reopen(Path disk) {
    store.close();
    open(disk);
  }

  @AfterEach
  void close() {
    fast.countDown();
    threads.shutdownNow();
    store.close();
  }

  @Test
  void aRunWritesTheStudysFilesAtMostOnceASecondAndReadsRunMetaOnce() throws Exception {
    DiskLog log = new DiskLog();
    store.flush();
    long begin = System.nanoTime();
    reopen(WatchedDisk.watch(directory, log));
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> workers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      workers.add(
          threads.submit(
              () -> {
                for (int x = next.getAndIncrement(); x < 1000; x = next.getAndIncrement()) {
                  study.evaluate(x, x);
                  Thread.sleep(20);
                }
                return null;
              }));
    }
    for (Future<?> worker : workers) {
      worker.get();
    }
    store.flush();
    long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);

    assertThat(log.count(Kind.RENAME, "**/trial_*.json")).isEqualTo(1000);
    for (String file : List.of("run_meta.json", "best_trial.json")) {
      // At once, after each second, and for the flush.
      assertThat(log.count(Kind.RENAME, "**/" + file)).as(file).isBetween(2L, seconds + 2);
    }
    assertThat(log.count(Kind.READ, "**/run_meta.json")).isOne();
    assertThat(log.count(Kind.READ, "**/best_trial.json")).isZero();
  }

  @Test
  void finishesWaitForASlowDiskOnceSixteenMegabytesAreQueuedAndNothingIsLost() throws Exception {
    Watcher slow =
        operation -> {
          boolean isTrial = operation.path().getFileName().toString().startsWith(".trial_");
          if (operation.kind() == Kind.WRITE && isTrial) {
            await(fast);
          }
        };
    reopen(WatchedDisk.watch(directory, slow));
    String large = "x".repeat(1 << 20);
    AtomicInteger finished = new AtomicInteger();
    Future<?> worker =
        threads.submit(
            () -> {
              for (int x = 0; x < 24; x++) {
                store.finish(
                    study.acquire(x),
                    StudyFixture.complete(x).toBuilder()
                        .userAttrs(Json.object().put("log", large))
                        .build());
                finished.incrementAndGet();
              }
            });

    while (store.counts(study.id()).complete() < 16) {
      Thread.sleep(5);
    }
    Thread.sleep(200);
    assertThat(store.counts(study.id()).complete()).as("finished in the store").isEqualTo(16);
    assertThat(finished).as("finishes that have returned").hasValue(15);

    fast.countDown();
    worker.get();
    store.close();
    for (int x = 0; x < 24; x++) {
      assertThat(Json.parse(Files.readAllBytes(study.trialFile(x))).path("log").asText())
          .hasSize(large.length());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A process that is killed then would leave a sealed trial without its file. */
  @Test
  void aSealTakesNoTrialWhoseFileStillWaits() throws Exception {
    Watcher slow =
        operation -> {
          String name = operation.path().getFileName().toString();
          if (operation.kind() == Kind.WRITE && name.startsWith(".trial_")) {
            await(fast);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
          }
        };
    store.close();
    store =
        Store.open(
            WatchedDisk.watch(directory, slow).resolve("store"),
            new StoreOptions(Duration.ofSeconds(60), 16));
    study = StudyFixture.open(store, "study");
    for (int x = 0; x < 100; x++) {
      study.evaluate(x, x);
    }
    fast.countDown();

    long sealed = 0;
    while (sealed == 0) {
      Thread.sleep(5);
      sealed = store.live.query(sql -> sql.number(SEALED));
    }
    assertThat(study.files())
        .contains("trial_%03d.json".formatted(sealed))
        .hasSizeGreaterThanOrEqualTo((int) sealed);
  }

  @Test
  void aSealDoesNotLookAtTheFilesOfTrialsThatAreSealed() throws Exception {
    DiskLog log = new DiskLog();
    reopen(WatchedDisk.watch(directory, log));
    for (int x = 0; x < 5; x++) {
      study.evaluate(x, x);
      study.seal();
    }

    assertThat(log.count(Kind.READ, "**/runs/1-study")).as("when it was opened").isOne();
    assertThat(log.count(Kind.READ, "**/trial_*.json")).isZero();
    assertThat(study.files()).contains("trial_005.json");
  }

  @Test
  void aFlushOutlivesAStudyThatIsDeletedWhileItsFileIsTriedAgain() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    Watcher disk =
        operation -> {
          boolean isTrial = operation.path().getFileName().toString().startsWith(".trial_001");
          if (operation.kind() == Kind.CREATE && isTrial) {
            switch (tries.incrementAndGet()) {
              case 1 -> throw new IOException("the disk is full");
              case 2 -> store.deleteStudy(study.id());
              default -> throw new AssertionError("a file of a study that is gone");
            }
          }
        };
    reopen(WatchedDisk.watch(directory, disk));
    study.evaluate(0, 0);

    store.flush();

    assertThat(tries).hasValue(2);
    assertThat(store.findStudy("study")).isNull();
    store.flush();
  }
}
