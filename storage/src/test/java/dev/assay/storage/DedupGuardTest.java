package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("performance")
class DedupGuardTest {
  private static final String LEGACY =
      "CREATE TABLE dedup_signatures (sig TEXT PRIMARY KEY, ts REAL NOT NULL)";

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("_dedup.db");
  }

  private static List<String> signatures(int count) {
    Signatures uncached = new Signatures(0, 0);
    return IntStream.range(0, count)
        .mapToObj(i -> uncached.parameterSignature(Json.object().put("x", i)))
        .toList();
  }

  private void sqlite(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private String asked(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  @Test
  void aSignatureIsNewOnceAndFreeAfterItsRemoval() {
    try (DedupGuard guard = DedupGuard.open(file())) {
      assertThat(guard.seen("a")).isFalse();
      assertThat(guard.add("a")).isTrue();
      assertThat(guard.add("a")).isFalse();
      assertThat(guard.seen("a")).isTrue();
      assertThat(guard.remove("a")).isTrue();
      assertThat(guard.remove("a")).isFalse();
      assertThat(guard.seen("a")).isFalse();
      assertThat(guard.add("a")).isTrue();
      assertThat(guard.size()).isEqualTo(1);
    }
  }

  @Test
  void aBatchSaysHowManyWereNew() {
    List<String> names = signatures(1000);
    try (DedupGuard guard = DedupGuard.open(file())) {
      assertThat(guard.addBatch(names.subList(0, 400))).isEqualTo(400);
      assertThat(guard.addBatch(names)).isEqualTo(600);
      assertThat(guard.addBatch(names)).isZero();
      assertThat(guard.addBatch(List.of())).isZero();
      assertThat(guard.addBatch(List.of("twice", "twice"))).isEqualTo(1);
      assertThat(guard.seenBatch(List.of(names.get(7), "unknown", "twice")))
          .containsExactlyInAnyOrder(names.get(7), "twice");
      assertThat(guard.removeBatch(names.subList(990, 1000))).isEqualTo(10);
      assertThat(guard.removeBatch(names)).isEqualTo(990);
      assertThat(guard.size()).isEqualTo(1);
    }
  }

  @Test
  void batchesAnswerAsTheirSignaturesDoOneByOne() {
    Random random = new Random(42);
    try (DedupGuard batches = DedupGuard.open(file());
        DedupGuard single = DedupGuard.open(directory.resolve("single.db"))) {
      for (int round = 0; round < 30; round++) {
        // Of 200 there are, so that some come twice and many are known.
        List<String> asked =
            random.ints(random.nextInt(60), 0, 200).mapToObj(Integer::toHexString).toList();
        assertThat(batches.seenBatch(asked))
            .isEqualTo(asked.stream().filter(single::seen).collect(Collectors.toSet()));
        assertThat(batches.addBatch(asked))
            .isEqualTo((int) asked.stream().filter(single::add).count());
        List<String> gone = asked.subList(0, asked.size() / 2);
        assertThat(batches.removeBatch(gone))
            .isEqualTo((int) gone.stream().filter(single::remove).count());
        assertThat(batches.size()).isEqualTo(single.size());
      }
    }
  }

  @Test
  void aNewFileIsAsTheLegacyOptimizerMakesIt() throws SQLException {
    long before = System.currentTimeMillis() / 1000;
    try (DedupGuard guard = DedupGuard.open(file())) {
      guard.add("a");
    }
    assertThat(asked("SELECT sql FROM sqlite_master WHERE type = 'table'")).isEqualTo(LEGACY);
    assertThat(asked("PRAGMA journal_mode")).isEqualTo("wal");
    assertThat(asked("SELECT typeof(ts) FROM dedup_signatures")).isEqualTo("real");
    assertThat(asked("SELECT ts >= " + before + " FROM dedup_signatures")).isEqualTo("1");
  }

  @Test
  void anExistingFileKeepsItsJournalAndItsRows() throws SQLException {
    sqlite(
        "PRAGMA journal_mode = DELETE",
        LEGACY,
        "INSERT INTO dedup_signatures VALUES ('old', 1768000000.25)");
    try (DedupGuard guard = DedupGuard.open(file())) {
      assertThat(guard.seen("old")).isTrue();
      assertThat(guard.add("old")).isFalse();
      assertThat(guard.add("new")).isTrue();
    }
    assertThat(asked("PRAGMA journal_mode")).isEqualTo("delete");
    assertThat(asked("SELECT ts FROM dedup_signatures WHERE sig = 'old'"))
        .isEqualTo("1768000000.25");
  }

  @Test
  void whatIsNoGuardIsRefusedAndStaysAsItIs() throws Exception {
    Files.writeString(file(), "sig,ts\nabc,1\n".repeat(100));
    byte[] before = Files.readAllBytes(file());
    assertThatThrownBy(() -> DedupGuard.open(file()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("_dedup.db: it is no SQLite database");
    assertThat(file()).hasBinaryContent(before);

    Files.delete(file());
    sqlite("CREATE TABLE trials (trial_id INTEGER)");
    assertThatThrownBy(() -> DedupGuard.open(file()))
        .isInstanceOf(StoreException.class)
        .hasMessageEndingWith(
            "_dedup.db is no guard: found a SQLite database without the table dedup_signatures,"
                + " expected dedup_signatures (sig TEXT PRIMARY KEY, ts REAL NOT NULL); name"
                + " another file");

    sqlite("CREATE TABLE dedup_signatures (signature TEXT PRIMARY KEY)");
    assertThatThrownBy(() -> DedupGuard.open(file()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("has the columns signature TEXT, expected");

    assertThatThrownBy(() -> DedupGuard.open(directory))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it is not a file");
    assertThatThrownBy(() -> DedupGuard.open(directory.resolve("none/g.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no directory");
    assertThatThrownBy(() -> DedupGuard.openExisting(directory.resolve("none.db")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("there is no guard");
    assertThat(directory.resolve("none.db")).doesNotExist();
  }

  @Test
  void aReadOnlyFileIsRefused() throws IOException {
    DedupGuard.open(file()).close();
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("r--r--r--"));
    assumeFalse(Files.isWritable(file()), "skipped: this user may write read-only files");

    assertThatThrownBy(() -> DedupGuard.open(file()))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("it is read-only; check the permissions");
  }

  @Test
  void whatCannotBeASignatureIsRefused() {
    try (DedupGuard guard = DedupGuard.open(file())) {
      for (String bad : List.of("", "a b", "a\0b", "\uD800", "é", "a\n")) {
        assertThatThrownBy(() -> guard.add(bad)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> guard.addBatch(List.of("good", bad)))
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("is no signature");
      }
      assertThat(guard.size()).isZero();
      assertThat(guard.add("'; DROP TABLE dedup_signatures; --".replace(" ", "_"))).isTrue();
      assertThat(guard.addBatch(List.of("\"],[\"", "\\"))).isEqualTo(2);
      assertThat(guard.seenBatch(List.of("\"],[\"", "\\"))).hasSize(2);
    }
  }

  @Test
  void aClosedGuardSaysSo() {
    DedupGuard guard = DedupGuard.open(file());
    guard.close();
    guard.close();

    assertThatThrownBy(() -> guard.add("a"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void aHeldLockIsWaitedFor() throws Exception {
    try (DedupGuard guard = DedupGuard.open(file());
        Connection other = DriverManager.getConnection("jdbc:sqlite:" + file());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("INSERT INTO dedup_signatures VALUES ('theirs', 1)");
      ExecutorService thread = Executors.newSingleThreadExecutor();
      Future<Integer> mine = thread.submit(() -> guard.addBatch(List.of("theirs", "ours")));
      Thread.sleep(200);
      statement.execute("COMMIT");

      assertThat(mine.get()).isEqualTo(1);
      thread.shutdown();
    }
  }

  @Test
  void manyThatMakeTheFileAtOnceShareIt() throws Exception {
    for (int round = 0; round < 10; round++) {
      Path shared = directory.resolve("shared-" + round + ".db");
      CountDownLatch start = new CountDownLatch(1);
      ExecutorService pool = Executors.newFixedThreadPool(8);
      List<Future<Boolean>> added = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        added.add(
            pool.submit(
                () -> {
                  start.await();
                  try (DedupGuard guard = DedupGuard.open(shared)) {
                    return guard.add("one");
                  }
                }));
      }
      start.countDown();
      int winners = 0;
      for (Future<Boolean> each : added) {
        winners += each.get() ? 1 : 0;
      }
      pool.shutdown();
      assertThat(winners).isEqualTo(1);
    }
  }

  @Test
  void pythonAndJavaWorkersShareAFileAndEachSignatureHasOneWinner() throws Exception {
    PythonGuard.assumePython();
    List<String> names = signatures(2000);
    Path list = Files.write(directory.resolve("names.txt"), names);
    List<PythonGuard> python =
        List.of(PythonGuard.start(file(), list, 1), PythonGuard.start(file(), list, 2));
    List<String> winners = Collections.synchronizedList(new ArrayList<>());
    for (PythonGuard each : python) {
      each.awaitReady();
    }
    int fromJava;
    try (DedupGuard guard = DedupGuard.open(file())) {
      Files.createFile(list.resolveSibling("names.txt.go"));
      ExecutorService pool = Executors.newFixedThreadPool(4);
      List<Future<?>> workers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Random random = new Random(i);
        workers.add(
            pool.submit(
                () -> {
                  List<String> shuffled = new ArrayList<>(names);
                  Collections.shuffle(shuffled, random);
                  for (String signature : shuffled) {
                    if (guard.add(signature)) {
                      winners.add(signature);
                    }
                    // Python's turn, too: a call of it takes a hundred times as long.
                    Thread.sleep(0, 200_000);
                  }
                  return true;
                }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
      pool.shutdown();
      fromJava = winners.size();
      for (PythonGuard each : python) {
        winners.addAll(each.won());
      }
      assertThat(guard.size()).isEqualTo(2000);
    }
    assertThat(winners).containsExactlyInAnyOrderElementsOf(names);
    assertThat(fromJava).as("both took part").isBetween(1, 1999);
    assertThat(asked("PRAGMA integrity_check")).isEqualTo("ok");
  }

  @Test
  void theLegacySignatureSaysWhatIsTheSame() {
    Signatures signatures = new Signatures(0, 0);
    ObjectNode whole = Json.object().put("x", 1);
    try (DedupGuard guard = DedupGuard.open(file())) {
      assertThat(guard.add(signatures.parameterSignature(whole))).isTrue();
      for (double value : new double[] {1.0, 0.0, -0.0, Double.NaN}) {
        ObjectNode real = Json.object().put("x", value);
        assertThat(guard.add(signatures.parameterSignature(real))).as("%s", real).isTrue();
      }
      for (double same : new double[] {1 + 1e-11, 1e-11, -1e-11, 0.0 / 0.0}) {
        ObjectNode real = Json.object().put("x", same);
        assertThat(guard.add(signatures.parameterSignature(real))).as("%s", real).isFalse();
      }
    }
  }
}
