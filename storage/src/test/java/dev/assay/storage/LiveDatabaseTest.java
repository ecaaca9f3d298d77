package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.WatchedDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("performance")
final class LiveDatabaseTest {
  private static final String COUNT = "SELECT count(*) FROM t";

  @TempDir Path directory;
  private Path file;
  private LiveDatabase live;
  private ExecutorService threads;

  @BeforeEach
  void open() {
    file = directory.resolve("live.db");
    live = LiveDatabase.open(file);
    live.transaction(sql -> sql.update("CREATE TABLE t (x INTEGER PRIMARY KEY, y BLOB)"));
    threads = Executors.newCachedThreadPool();
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    live.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int insert(Statements sql, int x) throws SQLException {
    return sql.update("INSERT INTO t (x) VALUES (?)", x);
  }

  /** Runs these as one group: they are handed in while the writer is busy with another. */
  private List<Future<Integer>> together(List<LiveDatabase.Transaction<Integer>> works)
      throws Exception {
    CountDownLatch leading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Future<Boolean> leader =
        threads.submit(
            () ->
                live.transaction(
                    sql -> {
                      leading.countDown();
                      await(goOn);
                      return true;
                    }));
    leading.await();
    List<Future<Integer>> answers = new ArrayList<>();
    for (LiveDatabase.Transaction<Integer> work : works) {
      answers.add(waiting(() -> live.transaction(work)));
    }
    goOn.countDown();
    assertThat(leader.get()).isTrue();
    return answers;
  }

  /** Submits, and waits until the thread has handed its work in. */
  private <T> Future<T> waiting(Callable<T> call) throws InterruptedException {
    Thread[] thread = new Thread[1];
    CountDownLatch running = new CountDownLatch(1);
    Future<T> answer =
        threads.submit(
            () -> {
              thread[0] = Thread.currentThread();
              running.countDown();
              return call.call();
            });
    running.await();
    while (thread[0].getState() != Thread.State.WAITING && !answer.isDone()) {
      Thread.sleep(1);
    }
    return answer;
  }

  private long rows() {
    return live.query(sql -> sql.number(COUNT));
  }

  @Test
  void whoeverMeetsTheCloseIsRefusedAndNotLeftWaiting() throws Exception {
    for (int round = 0; round < 200; round++) {
      LiveDatabase closing = LiveDatabase.open(file);
      CountDownLatch writing = new CountDownLatch(8);
      List<Future<StoreException>> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        writers.add(threads.submit(() -> writeUntilRefused(closing, writing)));
      }
      writing.await();
      closing.close();
      for (Future<StoreException> writer : writers) {
        assertThat(writer.get(60, TimeUnit.SECONDS)).hasMessageContaining("the store is closed");
      }
    }
  }

  private static StoreException writeUntilRefused(LiveDatabase live, CountDownLatch writing) {
    while (true) {
      try {
        live.transaction(sql -> sql.number(COUNT));
        writing.countDown();
      } catch (StoreException e) {
        return e;
      }
    }
  }

  @Test
  void worksThatWaitAreCommittedTogether() throws Exception {
    long commits = live.counts().commits();
    long works = live.counts().works();

    for (Future<Integer> answer :
        together(List.of(sql -> insert(sql, 1), sql -> insert(sql, 2), sql -> insert(sql, 3)))) {
      assertThat(answer.get()).isEqualTo(1);
    }

    assertThat(live.counts().commits() - commits).isEqualTo(2);
    assertThat(live.counts().works() - works).isEqualTo(4);
    assertThat(live.counts().largestCommit()).isEqualTo(3);
    assertThat(rows()).isEqualTo(3);
  }

  @Test
  void groupIsBounded() throws Exception {
    List<LiveDatabase.Transaction<Integer>> works = new ArrayList<>();
    for (int i = 0; i < GroupCommit.MAX_WORKS + 10; i++) {
      int x = i;
      works.add(sql -> insert(sql, x));
    }

    for (Future<Integer> answer : together(works)) {
      assertThat(answer.get()).isEqualTo(1);
    }

    assertThat(live.counts().largestCommit()).isEqualTo(GroupCommit.MAX_WORKS);
    assertThat(rows()).isEqualTo(works.size());
  }

  @Test
  void workThatFailsHurtsNoOther() throws Exception {
    List<Future<Integer>> answers =
        together(
            List.of(
                sql -> insert(sql, 1),
                sql -> {
                  insert(sql, 2);
                  throw new StoreException("no");
                },
                sql -> insert(sql, 3),
                sql -> insert(sql, 3)));

    assertThat(answers.get(0).get()).isEqualTo(1);
    assertThatThrownBy(() -> answers.get(1).get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StoreException.class)
        .hasMessageContaining("no");
    assertThat(answers.get(2).get()).isEqualTo(1);
    assertThatThrownBy(() -> answers.get(3).get()).hasMessageContaining("UNIQUE");
    List<Integer> stored = live.query(sql -> sql.list("SELECT x FROM t", row -> row.getInt(1)));
    assertThat(stored).containsExactly(1, 3);
  }

  @Test
  void commitThatFailsHurtsNoOther() throws Exception {
    live.transaction(
        sql -> sql.update("CREATE TABLE child (x REFERENCES t DEFERRABLE INITIALLY DEFERRED)"));
    List<Future<Integer>> answers =
        together(
            List.of(
                sql -> insert(sql, 1),
                sql -> sql.update("INSERT INTO child VALUES (77)"),
                sql -> insert(sql, 3)));

    assertThat(answers.get(0).get()).isEqualTo(1);
    assertThatThrownBy(() -> answers.get(1).get()).hasMessageContaining("FOREIGN KEY");
    assertThat(answers.get(2).get()).isEqualTo(1);
    assertThat(rows()).isEqualTo(2);
  }

  @Test
  void interruptedThreadGetsItsAnswerAndStaysInterrupted() throws Exception {
    Thread.currentThread().interrupt();
    int inserted = live.transaction(sql -> insert(sql, 1));

    assertThat(Thread.interrupted()).isTrue();
    assertThat(inserted).isEqualTo(1);
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void durableTransactionSyncsTheLogAndHoldsUpNobodyMeanwhile() {
    List<Long> during = new ArrayList<>();
    Path watched =
        WatchedDisk.watch(
            directory,
            operation -> {
              if (operation.kind() == Kind.FORCE && operation.path().endsWith("other.db-wal")) {
                during.add(live(directory.resolve("other.db")));
              }
            });
    try (LiveDatabase database = LiveDatabase.open(watched.resolve("other.db"))) {
      database.transaction(sql -> sql.update("CREATE TABLE t (x)"));
      assertThat(during).isEmpty();
      database.durableTransaction(sql -> sql.update("INSERT INTO t VALUES (1)"));
      assertThat(during).containsExactly(2L);
      database.transaction(sql -> sql.update("INSERT INTO t VALUES (1)"));
      assertThat(during).hasSize(1);
    }
  }

  /** Writes a row with a connection of its own; how many there are then. */
  private static long live(Path file) {
    try (LiveDatabase other = LiveDatabase.open(file)) {
      other.transaction(sql -> sql.update("INSERT INTO t VALUES (2)"));
      return other.query(sql -> sql.number("SELECT count(*) FROM t"));
    }
  }

  @ParameterizedTest
  @EnumSource
  void pragmasInForceAreThoseOfTheDurability(Durability durability) {
    Path other = directory.resolve("other.db");
    try (LiveDatabase database = LiveDatabase.open(other, durability)) {
      database.durableTransaction(sql -> sql.update("CREATE TABLE t (x)"));
      LivePragmas pragmas = database.pragmas();

      assertThat(pragmas.writer())
          .containsEntry("journal_mode", "wal")
          .containsEntry("synchronous", durability == Durability.FULL ? "full" : "normal")
          .containsEntry("wal_autocheckpoint", "0")
          .containsEntry("foreign_keys", "on")
          .containsEntry("query_only", "off");
      assertThat(pragmas.reader())
          .containsEntry("journal_mode", "wal")
          .containsEntry("query_only", "on");
    }
  }

  @Test
  void asManyReadAtOnceAsThereAreReadersAndTheOthersWait() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    CountDownLatch reading = new CountDownLatch(Readers.MAX);
    List<Future<Integer>> reads = new ArrayList<>();
    for (int i = 0; i < Readers.MAX; i++) {
      reads.add(
          threads.submit(
              () ->
                  live.query(
                      sql -> {
                        reading.countDown();
                        await(goOn);
                        return 1;
                      })));
    }
    await(reading);
    Future<Long> oneMore = waiting(this::rows);
    assertThat(oneMore.isDone()).isFalse();
    goOn.countDown();

    assertThat(oneMore.get()).isZero();
    for (Future<Integer> read : reads) {
      assertThat(read.get()).isEqualTo(1);
    }
    assertThat(live.counts().readerWaits()).isEqualTo(1);
  }

  @Test
  void readIsOneSnapshotAndCannotWrite() {
    long seen =
        live.query(
            sql -> {
              long before = sql.number(COUNT);
              live.transaction(writing -> insert(writing, 1));
              return before + sql.number(COUNT);
            });

    assertThat(seen).isZero();
    assertThat(rows()).isEqualTo(1);
    assertThatThrownBy(() -> live.query(sql -> insert(sql, 2)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file.toString());
    assertThat(rows()).isEqualTo(1);
  }

  @Test
  void waitForAnotherProcessIsCounted() throws Exception {
    try (Connection other = LiveDatabase.connect(file, Durability.NORMAL)) {
      LiveDatabase.execute(other, "BEGIN IMMEDIATE");
      Future<Integer> insert = threads.submit(() -> live.transaction(sql -> insert(sql, 1)));
      Thread.sleep(20);
      assertThat(insert.isDone()).isFalse();
      LiveDatabase.execute(other, "COMMIT");

      assertThat(insert.get()).isEqualTo(1);
    }
    assertThat(live.counts().lockWaits()).isEqualTo(1);
    assertThat(live.counts().lockWaitNanos()).isPositive();
  }

  @Test
  void logIsCopiedBehindAndBeginsAnewUnderContinuousWriting() throws Exception {
    Checkpoints.Limits limits = new Checkpoints.Limits(100, 400);
    byte[] page = new byte[4096];
    live.close();
    try (LiveDatabase small = LiveDatabase.open(file, Durability.NORMAL, limits);
        Connection observer = LiveDatabase.connect(file, Durability.NORMAL)) {
      CountDownLatch stop = new CountDownLatch(1);
      Future<Integer> writer =
          threads.submit(
              () -> {
                int x = 0;
                while (stop.getCount() > 0) {
                  int row = x++;
                  small.transaction(
                      sql -> sql.update("INSERT OR REPLACE INTO t VALUES (?, ?)", row % 50, page));
                  Thread.sleep(0, 200_000);
                }
                return x;
              });
      // Without the bound the log would only ever grow: it starts anew at least three times.
      long begun = 0;
      long before = 0;
      while (begun < 3 && !writer.isDone()) {
        long now = Checkpoints.log(observer).pages();
        begun += now < before ? 1 : 0;
        before = now;
        Thread.sleep(1);
      }
      stop.countDown();
      assertThat(writer.get()).isPositive();
      assertThat(small.counts().checkpoints()).isGreaterThanOrEqualTo(3);
      assertThat(begun).isEqualTo(3);
    }
  }

  @Test
  void fileThatWasDeletedIsNoticed() throws Exception {
    live.requirePresent();
    live.transaction(sql -> insert(sql, 1));
    Files.delete(file);
    live.requirePresent();

    assertThatThrownBy(() -> live.transaction(sql -> insert(sql, 2)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file + " is gone")
        .hasMessageContaining("nothing more is stored");
  }

  @Test
  void fileThatWasReplacedIsNoticed() throws Exception {
    Path copy = directory.resolve("copy.db");
    Files.copy(file, copy);
    Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
    live.requirePresent();

    assertThatThrownBy(() -> live.transaction(sql -> insert(sql, 2)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining(file + " was replaced");
  }

  @Test
  void afterItsCloseItSaysSo() {
    live.close();

    assertThatThrownBy(() -> live.transaction(sql -> insert(sql, 1)))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("the store is closed");
    assertThatThrownBy(this::rows).hasMessageContaining("the store is closed");
    assertThat(directory.resolve("live.db-wal")).doesNotExist();
  }
}
