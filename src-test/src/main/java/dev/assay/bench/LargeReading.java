package dev.assay.bench;

import com.sun.management.OperatingSystemMXBean;
import dev.assay.analytics.Summary;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationListener;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * CPU time for the questions to a run of 4,174 trials that was migrated: of whole processes, with
 * the start of the JVM, and of the same work in this process, which has the store open.
 */
final class LargeReading implements Suite {
  private static final String NAME = "large-reading";
  private static final String RUN = "run_large";
  private static final int TRIALS = 4_174;
  private static final int ROUNDS = 5;
  private static final int WARM_UPS = 200;
  private static final long LEAST_NANOS = 300_000_000;

  private interface Work {
    void run() throws IOException;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "CPU time and memory for a run of 4,174 trials and 4 GB: its summary, all its trials";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path legacy = Path.of(System.getProperty("assay.legacy", "../shared/legacy"));
    if (!Files.isDirectory(legacy)) {
      throw new IOException("%s is missing; -Dassay.legacy=DIR names it".formatted(legacy));
    }
    try (LargeRun run = LargeRun.create(legacy)) {
      Path place = run.directory().resolveSibling("store");
      try (Store store = Store.open(place)) {
        LegacyMigration.migrate(store, List.of(run.directory()), MigrationListener.NONE);
      }
      processes(place, peers, figures);
      inside(place, peers, figures);
    }
  }

  private static void processes(Path place, Peers peers, Consumer<Figure> figures)
      throws IOException {
    List<String> assay = List.of("engine/bin/assay", "summary", RUN, "--store", place.toString());
    // The first start makes the archive of classes.
    ProcessCost.of(assay);
    List<Double> seconds = new ArrayList<>();
    double most = 0;
    for (int round = 0; round < ROUNDS; round++) {
      ProcessCost cost = ProcessCost.of(assay);
      seconds.add(cost.cpuSeconds());
      most = Math.max(most, cost.megabytes());
    }
    figures.accept(figure("assay summary, process", "cold", "CPU-s", seconds, peers));
    figures.accept(figure("assay summary, process", "cold", "MB", List.of(most), peers));
    List<Double> start = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      start.add(ProcessCost.of(List.of("engine/bin/assay", "--version")).cpuSeconds());
    }
    figures.accept(figure("assay --version, process", "cold", "CPU-s", start, peers));
  }

  private static void inside(Path place, Peers peers, Consumer<Figure> figures) throws IOException {
    try (Store store = Store.openExisting(place)) {
      StudyRecord study = store.studies().get(0);
      figures.accept(cpu("summary, store open", peers, () -> Summary.of(store, RUN, 5)));
      figures.accept(
          cpu(
              "all trials, store open",
              peers,
              () -> {
                long found = 0;
                try (Stream<FrozenTrial> trials = store.trials(study.id())) {
                  for (FrozenTrial trial : (Iterable<FrozenTrial>) trials::iterator) {
                    found += trial.params().isEmpty() ? 0 : 1;
                  }
                }
                if (found != TRIALS) {
                  throw new IOException("found %d trials with parameters".formatted(found));
                }
              }));
    }
  }

  private static Figure cpu(String name, Peers peers, Work work) throws IOException {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long end = System.nanoTime() + 10_000_000_000L;
    for (int i = 0; i < WARM_UPS && System.nanoTime() < end; i++) {
      work.run();
    }
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long begin = system.getProcessCpuTime();
      int times = 0;
      // That clock may go in steps of 10 ms.
      do {
        work.run();
        times++;
      } while (system.getProcessCpuTime() - begin < LEAST_NANOS);
      seconds.add((system.getProcessCpuTime() - begin) / 1e9 / times);
    }
    return figure(name, "warm", "CPU-s", seconds, peers);
  }

  private static Figure figure(
      String name, String mode, String unit, List<Double> values, Peers peers) {
    return Figure.of(NAME, name, mode, unit, values, peers.figure(NAME, unit, name, mode));
  }
}
