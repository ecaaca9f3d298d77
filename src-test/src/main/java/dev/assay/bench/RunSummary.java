package dev.assay.bench;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.Summary;
import dev.assay.storage.Store;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationListener;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The summary of a migrated run. The first call opens the store's files for reading. */
@State(Scope.Benchmark)
public class RunSummary {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private @Nullable Analytics analytics;

  /** Makes the store that the benchmark reads, in another JVM than the one that measures. */
  static void prepare(SampleRun run) {
    try (Store store = Store.open(storeOf(run.directory()))) {
      LegacyMigration.migrate(store, List.of(run.directory()), MigrationListener.NONE);
    }
  }

  private static Path storeOf(Path run) {
    return run.resolveSibling("migrated");
  }

  /** The summary with its best five trials. */
  @Benchmark
  public Summary summary() {
    if (analytics == null) {
      analytics = Analytics.open(storeOf(Path.of(run)));
    }
    return analytics.summary(SampleRun.NAME, Summary.DEFAULT_TOP);
  }

  /** Closes the session. */
  @TearDown
  public void close() {
    if (analytics != null) {
      analytics.close();
    }
  }
}
