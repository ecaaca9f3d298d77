package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What trials of 50 MB cost those who claim meanwhile. */
final class LargeTrials implements Suite {
  private static final int BYTES = 50 << 20;
  private static final int TRIALS = 5;
  private static final int THREADS = 4;
  private static final long QUIET_MILLIS = 5000;

  @Override
  public String name() {
    return "large-trials";
  }

  @Override
  public String description() {
    return "claims of 4 threads while trials of 50 MB are finished, shown and sealed";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws IOException {
    List<FrozenTrial> trials = new ArrayList<>();
    String note = text();
    for (int i = 0; i < TRIALS; i++) {
      trials.add(trial(i, i + note));
    }
    try (BenchStore bench = new BenchStore()) {
      StudyRecord large = bench.study("large");
      claims(bench, "warm-up", LargeTrials::pause);
      claims(bench, "claims alone", LargeTrials::pause).forEach(figures);
      claims(
              bench,
              "claims beside 50 MB trials",
              () -> {
                for (FrozenTrial trial : trials) {
                  figures.accept(millis("finish of 50 MB", () -> finish(bench, large, trial)));
                }
                figures.accept(millis("files and parts of them", () -> seal(bench, large)));
              })
          .forEach(figures);
      double longest = bench.longestTransaction();
      figures.accept(
          new Figure(
              name(), "longest transaction", "warm", "ms", longest, longest, longest, 1, null));
    }
  }

  /** What claims take while {@code work} is done. */
  private List<Figure> claims(BenchStore bench, String name, Runnable work) {
    AtomicBoolean done = new AtomicBoolean();
    StudyRecord study = bench.study(name);
    try (IdleThread idle = IdleThread.start();
        ClaimLatency claims =
            ClaimLatency.start(bench.store(), study.id(), THREADS, 0, () -> !done.get())) {
      try {
        work.run();
      } finally {
        done.set(true);
      }
      claims.join();
      List<Figure> figures = new ArrayList<>(claims.figures(name(), name));
      double late = idle.longestMillis();
      figures.add(
          new Figure(name(), name + ": idle thread", "warm", "ms", late, late, late, 1, null));
      return figures;
    }
  }

  private Figure millis(String name, Runnable work) {
    long begin = System.nanoTime();
    work.run();
    double millis = (System.nanoTime() - begin) / 1e6;
    return new Figure(name(), name, "warm", "ms", millis, millis, millis, 1, null);
  }

  private static void seal(BenchStore bench, StudyRecord study) {
    bench.store().refresh();
    bench.store().seal(study.id());
  }

  private static FrozenTrial trial(int number, String note) {
    return FrozenTrial.builder()
        .state(TrialState.COMPLETE)
        .value(number)
        .userAttrs(Json.object().put("note", note))
        .build();
  }

  private static void finish(BenchStore bench, StudyRecord study, FrozenTrial trial) {
    ObjectNode params = Json.object().put("x", trial.value());
    Claim claim = bench.store().claim(study.id(), params, Json.object(), null);
    bench.store().finish(((Claim.Acquired) claim).lease(), trial);
  }

  private static String text() {
    byte[] bytes = new byte[BYTES / 4 * 3];
    new SplittableRandom(1).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static void pause() {
    try {
      Thread.sleep(QUIET_MILLIS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
