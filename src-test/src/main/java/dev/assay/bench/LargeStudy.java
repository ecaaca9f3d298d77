package dev.assay.bench;

import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialFiles;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * A study of a million trials, or of as many as the system property {@code assay.bench.trials}
 * says, through the store's own claims and finishes. Its trials' files are written where the
 * property {@code assay.bench.files} is {@code keep}.
 */
final class LargeStudy implements Suite {
  private static final int TRIALS = 1_000_000;
  private static final int STEPS = 10;
  private static final int THREADS = 8;

  @Override
  public String name() {
    return "store-million";
  }

  @Override
  public String description() {
    return "a study of 1,000,000 trials by 8 threads: speed, memory, sizes, longest claims";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    long trials = Long.getLong("assay.bench.trials", TRIALS);
    TrialFiles files = TrialFiles.ofText(System.getProperty("assay.bench.files", "none"));
    try (BenchStore bench = new BenchStore();
        IdleThread idle = IdleThread.start()) {
      StudyRecord study = bench.study("million", files);
      for (int step = 1; step <= STEPS; step++) {
        AtomicLong left = new AtomicLong(trials / STEPS);
        long begin = System.nanoTime();
        try (ClaimLatency claims =
            ClaimLatency.start(
                bench.store(),
                study.id(),
                THREADS,
                trials / STEPS * (step - 1),
                () -> left.getAndDecrement() > 0)) {
          claims.join();
          String at = String.format(Locale.ROOT, "%,d", trials / STEPS * step);
          double seconds = (System.nanoTime() - begin) / 1e9;
          figures.accept(figure(at + " trials: a second", "trials", claims.count() / seconds));
          claims.figures(name(), at + " trials: claims").forEach(figures);
          figures.accept(figure(at + " trials: live.db", "MB", bench.bytes("live.db") / 1e6));
          figures.accept(figure(at + " trials: sealed parts", "parts", (double) bench.parts()));
          figures.accept(figure(at + " trials: memory", "MB", BenchStore.peakMegabytes()));
        }
      }
      figures.accept(figure("longest transaction", "ms", bench.longestTransaction()));
      figures.accept(figure("idle thread", "ms", idle.longestMillis()));
      figures.accept(millis("last seal", () -> bench.store().seal(study.id())));
      figures.accept(figure("lake", "MB", bench.bytes("lake") / 1e6));
      figures.accept(figure("live.db", "MB", bench.bytes("live.db") / 1e6));
      figures.accept(millis("summary", () -> bench.store().summary(study.id(), 10)));
      figures.accept(millis("open", () -> Store.open(bench.directory()).close()));
      figures.accept(millis("verify", () -> verify(bench.store())));
      figures.accept(figure("memory", "MB", BenchStore.peakMegabytes()));
    }
  }

  private static void verify(Store store) {
    if (!store.verify().faults().isEmpty()) {
      throw new IllegalStateException("the store is damaged: " + store.verify().faults());
    }
  }

  private Figure millis(String figure, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return figure(figure, "ms", (System.nanoTime() - begin) / 1e6);
  }

  private Figure figure(String figure, String unit, double value) {
    return new Figure(name(), figure, "warm", unit, value, value, value, 1, null);
  }
}
