package dev.assay.bench;

import dev.assay.analytics.Summary;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
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

/**
 * The summaries of runs in a store, each with its best five trials: the name is looked up, and the
 * live database read. The first call opens the store.
 */
@State(Scope.Benchmark)
public class RunSummary {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private @Nullable Store store;

  /** Makes the store that the benchmark reads, in another JVM than the one that measures. */
  static void prepare(SampleRun run) {
    try (Store store = Store.open(storeOf(run.directory()))) {
      LegacyMigration.migrate(store, List.of(run.directory()), MigrationListener.NONE);
      importRun(store, "small", 10);
      importRun(store, "large", 100_000);
    }
  }

  private static void importRun(Store store, String name, int trials) {
    try (StudyImport run =
        store.beginImport(name, List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      for (int i = 0; i < trials; i++) {
        run.addTrial(
            FrozenTrial.builder()
                .state(TrialState.COMPLETE)
                .value(Math.sin(i))
                .durationSeconds(0.1 * i)
                .params(Json.object().put("x", i))
                .build());
      }
      run.commit();
    }
  }

  static Path storeOf(Path run) {
    return run.resolveSibling("migrated");
  }

  private Summary of(String name) {
    if (store == null) {
      store = Store.openExisting(storeOf(Path.of(run)));
    }
    return Summary.of(store, name, Summary.DEFAULT_TOP);
  }

  /** The migrated run of 1,000 trials. */
  @Benchmark
  public Summary summary() {
    return of(SampleRun.NAME);
  }

  /** A study of 10 trials. */
  @Benchmark
  public Summary ofTen() {
    return of("small");
  }

  /** A study of 100,000 trials. */
  @Benchmark
  public Summary ofHundredThousand() {
    return of("large");
  }

  /** Closes the store. */
  @TearDown
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
