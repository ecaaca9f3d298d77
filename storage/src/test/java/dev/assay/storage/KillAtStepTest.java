package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.Json;
import java.io.BufferedWriter;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A process of 8 workers ends itself at each step on the way of a part, of the log's sync, of the
 * manifest, of a trial file, and of the answer to a finish: what was acknowledged is there.
 */
class KillAtStepTest {
  private static final int THREADS = 8;
  private static final int KEYS = 10_000;

  /** As SIGKILL gives it. */
  private static final int KILLED = 137;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @ParameterizedTest
  @CsvSource({
    "NORMAL, after, WRITE, **/lake/**/.part-*.tmp, 5",
    "FULL, before, FORCE, **/lake/**/.part-*.tmp, 2",
    "NORMAL, before, RENAME, **/lake/**/.part-*.tmp, 3",
    "FULL, after, RENAME, **/lake/**/.part-*.tmp, 4",
    "NORMAL, after, FORCE_DIRECTORY, '**/lake/{trials,deltas}/study=*', 2",
    "NORMAL, before, FORCE, **/live.db-wal, 4",
    "NORMAL, after, RENAME, **/.manifest.json.tmp, 4",
    "FULL, after, DELETE, '**/spool/*', 1",
    "NORMAL, after, WRITE, **/runs/**/.trial_*.tmp, 200",
    "FULL, before, REPLY, -, 40",
    "NORMAL, after, REPLY, -, 300",
  })
  void whatWasAcknowledgedSurvivesAKillAtTheStep(
      Durability durability, String when, String step, String glob, int nth) throws Exception {
    Path store = directory.resolve("store");
    Path log = directory.resolve("log.txt");
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                    Victim.class,
                    store,
                    log,
                    durability,
                    when,
                    step,
                    glob,
                    nth))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly().waitFor();

    assertThat(ended).as("the step is reached").isTrue();
    assertThat(process.exitValue()).as(Files.readString(output)).isEqualTo(KILLED);
    try (StoredTrials trials = new StoredTrials()) {
      KillTest.check(store, log, trials);
      assertThat(trials.read(store)).isNotEmpty();
    }
  }

  /** The process. */
  static final class Victim {
    public static void main(String[] arguments) throws Exception {
      End end = new End(arguments[3], arguments[4], arguments[5], Integer.parseInt(arguments[6]));
      Path watched = WatchedDisk.watch(Path.of(arguments[0]), end);
      StoreOptions options =
          new StoreOptions(Duration.ofSeconds(60), 100)
              .withDurability(Durability.valueOf(arguments[2]));
      BufferedWriter log =
          new Replies(new FileWriter(arguments[1], StandardCharsets.UTF_8, true), end);
      Store store = Store.open(watched, options);
      StudyRecord study =
          store.openStudy("shared", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      ExecutorService pool = Executors.newFixedThreadPool(THREADS);
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(i);
        pool.execute(
            () -> {
              try {
                StoreProcess.claimAll(store, study, KEYS, null, random, log);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
      }
      while (true) {
        large(store, study);
        Thread.sleep(20);
        store.refresh();
      }
    }

    /** A trial whose record is a file in spool/. */
    private static void large(Store store, StudyRecord study) {
      Claim claim =
          store.claim(
              study.id(), Json.object().put("large", System.nanoTime()), Json.object(), null);
      store.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder().state(TrialState.FAIL).error("x".repeat(100_000)).build());
    }
  }

  /** Ends the process before or after the nth operation of a kind on paths that match. */
  private static final class End implements Watcher {
    private final boolean isBefore;
    private final String step;
    private final PathMatcher matcher;
    private final int nth;
    private final AtomicInteger before = new AtomicInteger();
    private final AtomicInteger after = new AtomicInteger();

    End(String when, String step, String glob, int nth) {
      this.isBefore = when.equals("before");
      this.step = step;
      this.matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      this.nth = nth;
    }

    private boolean matches(Operation operation) {
      return operation.kind().name().equals(step) && matcher.matches(operation.path());
    }

    @Override
    public void before(Operation operation) {
      if (isBefore && matches(operation)) {
        count(before);
      }
    }

    @Override
    public void after(Operation operation) {
      if (!isBefore && matches(operation)) {
        count(after);
      }
    }

    private void count(AtomicInteger seen) {
      if (seen.incrementAndGet() == nth) {
        Runtime.getRuntime().halt(KILLED);
      }
    }

    void reply(boolean isDone) {
      if (step.equals("REPLY") && isBefore != isDone) {
        count(isDone ? after : before);
      }
    }
  }

  /** Where acknowledgements go: the finish has returned before, and is known after. */
  private static final class Replies extends BufferedWriter {
    private final End end;

    Replies(Writer out, End end) {
      super(out);
      this.end = end;
    }

    @Override
    public void write(String line) throws IOException {
      end.reply(false);
      super.write(line);
    }

    @Override
    public void flush() throws IOException {
      super.flush();
      end.reply(true);
    }
  }
}
