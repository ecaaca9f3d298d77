package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.Durability;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Claims and finishes of small trials, with their files and without, beside what the machine itself
 * gives at that moment: a store cannot finish more trials in a second than the disk creates files
 * or than SQLite inserts rows.
 */
final class StoreWrites implements Suite {
  private static final String NAME = "store-writes";
  private static final int WARM_UP = 8_000;
  private static final int TRIALS = 20_000;
  private static final int FULL_TRIALS = 2_000;
  private static final int ROUNDS = 3;

  /** Work that several threads do together, and how much of it there is. */
  private record Load(String name, int threads, int count, IntConsumer each, Runnable after) {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String description() {
    return "claims and finishes a second, by threads, durability and trial files, beside the"
        + " machine's limits";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    Path directory = Files.createTempDirectory("assay-bench");
    try {
      MachineLimits limits = new MachineLimits(directory);
      figures.accept(limits.inserts(name()));
      figures.accept(limits.syncs(name()));
      figures.accept(limits.files(name()));
      new Trials(TrialFiles.KEEP, 8, Durability.NORMAL, WARM_UP)
          .run(directory.resolve("warm-up"), figure -> {});
      for (Durability durability : Durability.values()) {
        for (int threads : new int[] {1, 8}) {
          for (TrialFiles files : TrialFiles.values()) {
            int trials = durability == Durability.FULL ? FULL_TRIALS : TRIALS;
            new Trials(files, threads, durability, trials)
                .run(directory.resolve(files + "-" + durability + "-" + threads), figures);
          }
        }
      }
    } finally {
      BenchStore.delete(directory);
    }
  }

  /** So many trials on new stores, first all claims, then all finishes. */
  private record Trials(TrialFiles files, int threads, Durability durability, int count) {
    void run(Path directory, Consumer<Figure> figures) throws IOException {
      List<Double> claimed = new ArrayList<>();
      List<Double> finished = new ArrayList<>();
      for (int round = 0; round < ROUNDS; round++) {
        try (Store store =
            Store.open(
                directory.resolve("" + round), StoreOptions.DEFAULT.withDurability(durability))) {
          StudyRecord study = store.openStudy(settings());
          Claim.Lease[] leases = new Claim.Lease[count];
          ObjectNode none = Json.object();
          claimed.add(
              rate(
                  new Load(
                      "claims",
                      threads,
                      count,
                      i -> leases[i] = claim(store, study, i, none),
                      () -> {})));
          finished.add(
              rate(
                  new Load(
                      "finishes", threads, count, i -> finish(store, leases[i], i), store::flush)));
        }
      }
      String mode = durability.name().toLowerCase(Locale.ROOT);
      String with = " on %d threads".formatted(threads);
      if (files == TrialFiles.KEEP) {
        figures.accept(Rates.figure(NAME, "claims" + with, mode, claimed));
      }
      String each = "finishes, trial files %s,".formatted(files.text());
      figures.accept(Rates.figure(NAME, each + with, mode, finished));
    }

    private StudySettings settings() {
      return new StudySettings(
          "study", List.of(Direction.MAXIMIZE), Json.object(), Json.object(), files);
    }
  }

  private static Claim.Lease claim(Store store, StudyRecord study, int i, ObjectNode none) {
    SplittableRandom random = new SplittableRandom(i);
    ObjectNode params = Json.object();
    params.put("id", i);
    for (int p = 0; p < 8; p++) {
      params.put("p" + p, random.nextDouble());
    }
    Claim claim = store.claim(study.id(), params, none, null);
    if (claim instanceof Claim.Acquired acquired) {
      return acquired.lease();
    }
    throw new IllegalStateException("parameters %d were taken: %s".formatted(i, claim));
  }

  private static void finish(Store store, Claim.Lease lease, int i) {
    ObjectNode metrics = Json.object();
    metrics.put("return", i / 7.0).put("drawdown", i / 13.0).put("trades", i);
    store.finish(
        lease,
        FrozenTrial.builder().state(TrialState.COMPLETE).value(i % 1000).metrics(metrics).build());
  }

  /** How much was done a second, what follows at the end included. */
  private static double rate(Load load) throws IOException {
    ExecutorService pool = Executors.newFixedThreadPool(load.threads);
    try {
      long begin = System.nanoTime();
      List<Future<?>> work = new ArrayList<>();
      for (int t = 0; t < load.threads; t++) {
        int first = t;
        work.add(
            pool.submit(
                () -> {
                  for (int i = first; i < load.count; i += load.threads) {
                    load.each.accept(i);
                  }
                }));
      }
      for (Future<?> each : work) {
        each.get();
      }
      load.after.run();
      return load.count / ((System.nanoTime() - begin) / 1e9);
    } catch (ExecutionException e) {
      throw new IOException("%s failed: %s".formatted(load.name, e.getCause()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      pool.shutdownNow();
    }
  }
}
