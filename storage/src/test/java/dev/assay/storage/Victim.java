package dev.assay.storage;

import dev.assay.storage.disk.Operation;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that works on a store with 8 threads until it is killed, or ends itself in the midst of
 * an operation on the disk. It warms up, and begins when it is told to: the next one starts while
 * this one dies.
 */
final class Victim {
  private static final int THREADS = 8;
  private static final int KEYS = 10_000;

  /** As SIGKILL gives it. */
  private static final int KILLED = 137;

  private final Process process;

  private Victim(Process process) {
    this.process = process;
  }

  /**
   * @param warmUp a directory for a store of its own
   */
  static Victim start(Path warmUp, Path output) throws IOException {
    return new Victim(
        new ProcessBuilder(
                ChildJvm.command(
                    List.of(
                        "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"),
                    Victim.class,
                    warmUp))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start());
  }

  /**
   * Lets it work.
   *
   * @param acknowledged gets a line {@code number key} for each finish that has returned
   * @param end the operation on the disk, from 1 and without those on trials' files, before which
   *     it ends itself (after which, if negative); 0 for none
   */
  void work(Path store, Path acknowledged, long seed, int end) throws IOException {
    process
        .outputWriter(StandardCharsets.UTF_8)
        .append("%s\n%s\n%d\n%d\n".formatted(store, acknowledged, seed, end))
        .flush();
  }

  /** Waits until it has ended itself, or that long, and kills it. */
  void kill(long millis) throws InterruptedException {
    if (!process.waitFor(millis, TimeUnit.MILLISECONDS)) {
      process.destroyForcibly().waitFor();
    }
    if (process.exitValue() != KILLED) {
      throw new AssertionError("exit code " + process.exitValue() + ": it was not killed");
    }
  }

  /** Kills it when it has acknowledged more than so many bytes. */
  void killAtAnswer(Path acknowledged, long bytes) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    long begin = Files.exists(acknowledged) ? Files.size(acknowledged) : 0;
    while (System.nanoTime() < end
        && (!Files.exists(acknowledged) || Files.size(acknowledged) <= begin + bytes)) {
      Thread.onSpinWait();
    }
    kill(0);
  }

  public static void main(String[] arguments) throws Exception {
    Path warmUp = Path.of(arguments[0]);
    Store.open(warmUp).close();
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Path directory = Path.of(in.readLine());
    Path acknowledged = Path.of(in.readLine());
    long seed = Long.parseLong(in.readLine());
    Path watched = WatchedDisk.watch(directory, new End(Integer.parseInt(in.readLine())));
    BufferedWriter log =
        Files.newBufferedWriter(acknowledged, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    Store store = Store.open(watched, new StoreOptions(Duration.ofSeconds(60), 200));
    // Each store another choice.
    TrialFiles files =
        List.of(TrialFiles.KEEP, TrialFiles.COMPACTED, TrialFiles.NONE)
            .get((int) (seed / KillTest.ROUNDS_A_STORE % 3));
    StudyRecord study = StudyFixture.open(store, "shared", files).study();
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(seed * 31 + i);
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
      Thread.sleep(20);
      store.refresh();
      comeAndGo(store);
    }
  }

  /** A study that is deleted as soon as it has a trial. */
  private static void comeAndGo(Store store) {
    StudyRecord study =
        store.openStudy("passing", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
    Claim claim = store.claim(study.id(), StoreProcess.params(0), Json.object(), null);
    if (claim instanceof Claim.Acquired acquired) {
      store.finish(
          acquired.lease(), FrozenTrial.builder().state(TrialState.COMPLETE).value(1.0).build());
    }
    store.deleteStudy(study.id());
  }

  /** Ends the process at an operation. */
  private static final class End implements Watcher {
    private final int at;
    private final AtomicInteger operations = new AtomicInteger();

    End(int at) {
      this.at = at;
    }

    /** Nearly all operations are those on trials' files. */
    private static boolean isCounted(Operation operation) {
      return operation.isWriteLike() && !operation.path().toString().contains("trial_");
    }

    @Override
    public void before(Operation operation) {
      if (isCounted(operation) && operations.incrementAndGet() == at) {
        Runtime.getRuntime().halt(KILLED);
      }
    }

    @Override
    public void after(Operation operation) {
      if (isCounted(operation) && operations.get() == -at) {
        Runtime.getRuntime().halt(KILLED);
      }
    }
  }
}
