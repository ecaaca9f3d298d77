package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Works on a store in a process of its own: the program, and the test's hold on it. */
final class StoreProcess {
  private final Process process;
  private final Path output;

  private StoreProcess(Process process, Path output) {
    this.process = process;
    this.output = output;
  }

  /**
   * Starts a process whose threads each claim every one of {@code keys} parameter sets, in an order
   * of their own, and finish what they get.
   *
   * @param acknowledged gets a line {@code number key} for each finish that has returned
   * @param limit how many trials the study may have; -1 for no limit
   */
  static StoreProcess start(
      Path store, Path acknowledged, int threads, int keys, long limit, long seed)
      throws IOException {
    return run(
        StoreProcess.class,
        store.toAbsolutePath().getParent(),
        store,
        acknowledged,
        threads,
        keys,
        limit,
        seed);
  }

  /**
   * Starts another program on a store.
   *
   * @param directory for what it prints
   */
  static StoreProcess run(Class<?> program, @Nullable Path directory, Object... arguments)
      throws IOException {
    Path output = Files.createTempFile(directory, "process", ".txt");
    List<String> command =
        ChildJvm.command(List.of("-XX:TieredStopAtLevel=1", "-Xmx256m"), program, arguments);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(output.toString()))
            .start();
    return new StoreProcess(process, output);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  private void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Waits for its end and gives what it printed; fails where it did. */
  String join() throws InterruptedException, IOException {
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("took too long: " + Files.readString(output));
    }
    String printed = Files.readString(output);
    if (process.exitValue() != 0) {
      throw new AssertionError("exit code " + process.exitValue() + ": " + printed);
    }
    return printed;
  }

  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[2]);
    int keys = Integer.parseInt(arguments[3]);
    long limit = Long.parseLong(arguments[4]);
    long seed = Long.parseLong(arguments[5]);
    try (Store store =
            Store.open(Path.of(arguments[0]), new StoreOptions(Duration.ofSeconds(60), 200));
        BufferedWriter acknowledged =
            Files.newBufferedWriter(
                Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      StudyRecord study =
          store.openStudy("shared", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      ExecutorService pool = Executors.newFixedThreadPool(threads);
      List<Future<?>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Random random = new Random(seed * 31 + i);
        work.add(
            pool.submit(
                () -> {
                  claimAll(store, study, keys, limit < 0 ? null : limit, random, acknowledged);
                  return true;
                }));
      }
      // It ends with the work, also where that fails.
      pool.shutdown();
      for (Future<?> each : work) {
        each.get();
      }
    }
  }

  static void claimAll(
      Store store,
      StudyRecord study,
      int keys,
      @Nullable Long limit,
      Random random,
      BufferedWriter acknowledged)
      throws IOException {
    int start = random.nextInt(keys);
    for (int i = 0; i < keys; i++) {
      int key = (start + i) % keys;
      Claim claim = store.claim(study.id(), params(key), Json.object(), limit);
      if (claim instanceof Claim.LimitReached) {
        return;
      }
      if (claim instanceof Claim.Acquired acquired) {
        store.finish(
            acquired.lease(),
            FrozenTrial.builder().state(TrialState.COMPLETE).value(value(key)).build());
        synchronized (acknowledged) {
          acknowledged.write(acquired.lease().number() + " " + key + "\n");
          acknowledged.flush();
        }
      }
    }
  }

  static ObjectNode params(int key) {
    return Json.object().put("key", key);
  }

  /** Distinct for distinct keys, and not in their order. */
  static double value(int key) {
    return (key * 7919L) % 10_007;
  }
}
