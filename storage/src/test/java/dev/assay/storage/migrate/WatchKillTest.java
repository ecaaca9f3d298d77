package dev.assay.storage.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.ChildJvm;
import dev.assay.storage.Store;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that watches is killed again and again, while the run is written. */
final class WatchKillTest {
  private static final int KILLS = 3;
  private static final int TRIALS_A_ROUND = 10;

  @TempDir Path temporary;

  @Test
  void whatAKilledProcessWasDoingIsDoneByTheNext() throws Exception {
    Path root = Files.createDirectories(temporary.toRealPath().resolve("source"));
    Path path = temporary.resolve("store");
    Random random = new Random(20261123);
    LegacyRun run = new LegacyRun(root.resolve("run_1")).file("run_meta.json", "{}");
    int trial = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process process =
          new ProcessBuilder(
                  ChildJvm.command(
                      List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                      Watcher.class,
                      path,
                      root))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (BufferedReader out = process.inputReader(UTF_8)) {
        run.trial(++trial, trial);
        assertThat(out.readLine()).as("a batch").startsWith("{");
        for (int i = 1; i < TRIALS_A_ROUND; i++) {
          write(run, ++trial);
          TimeUnit.MILLISECONDS.sleep(random.nextInt(60));
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
      try (Store store = Store.open(path)) {
        assertThat(store.verify().faults()).isEmpty();
      }
    }
    try (Store store = Store.open(path)) {
      long[] now = {0};
      LegacyWatch watch =
          new LegacyWatch(
              store,
              List.of(root),
              Duration.ofMillis(1),
              LegacyWatchTest.SETTLE,
              () -> now[0],
              () -> 0L);
      watch.look();
      now[0] += LegacyWatchTest.SETTLE.toNanos();
      watch.finish();
      now[0] += LegacyWatchTest.SETTLE.toNanos();
      watch.finish();
    }
    LegacyWatchTest.requireEqualToMigration(path, root, temporary.resolve("migrated"));
  }

  private static void write(LegacyRun run, int trial) throws Exception {
    run.file("trial_%03d_config.json".formatted(trial), "{\"parameters\": {}}");
    run.file("trial_%03d.json".formatted(trial), LegacyRun.trialJson(trial, trial).substring(0, 9));
    run.trial(trial, trial);
    run.file("run_meta.json", "{\"trials\": %d}".formatted(trial));
  }

  /** The process: a batch whenever there is something. */
  static final class Watcher {
    public static void main(String[] arguments) throws Exception {
      Store store = Store.open(Path.of(arguments[0]));
      LegacyWatch watch =
          new LegacyWatch(
              store,
              List.of(Path.of(arguments[1])),
              Duration.ofMillis(1),
              LegacyWatchTest.SETTLE,
              System::nanoTime,
              () -> 0L);
      while (true) {
        watch.look().forEach(batch -> System.out.println(batch.toJson()));
        TimeUnit.MILLISECONDS.sleep(15);
      }
    }
  }
}
