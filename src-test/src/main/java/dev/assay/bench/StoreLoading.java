package dev.assay.bench;

import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reading the trials of a run that was migrated to a store. The first call opens the store. */
@State(Scope.Benchmark)
public class StoreLoading {
  /** The run's directory. */
  @Param("")
  public String run = "";

  private @Nullable Store store;
  private long study;

  private Stream<FrozenTrial> trials() {
    if (store == null) {
      store = Store.openExisting(RunSummary.storeOf(Path.of(run)));
      study =
          store.studies().stream()
              .filter(known -> known.name().equals(SampleRun.NAME))
              .findFirst()
              .orElseThrow()
              .id();
    }
    return store.trials(study);
  }

  /** All trials; their documents stay text. */
  @Benchmark
  public List<FrozenTrial> load() {
    try (Stream<FrozenTrial> trials = trials()) {
      return trials.toList();
    }
  }

  /** All trials, with a look at each of their documents. */
  @Benchmark
  public int loadAll() {
    int members = 0;
    for (FrozenTrial trial : load()) {
      members += trial.params().size() + trial.distributions().size() + trial.metrics().size();
      members += trial.userAttrs().size() + trial.systemAttrs().size();
    }
    return members;
  }

  /** Closes the store. */
  @TearDown
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
