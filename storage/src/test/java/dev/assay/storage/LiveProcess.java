package dev.assay.storage;

import dev.assay.storage.LiveTrial.Param;
import java.io.FileWriter;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A process whose threads work on live trials, and write a line for each call that has returned.
 */
final class LiveProcess {
  static final String STUDY = "live";
  static final String FLOAT =
      "{\"name\": \"FloatDistribution\", \"attributes\": "
          + "{\"step\": null, \"low\": 0.0, \"high\": 1.0, \"log\": false}}";

  private LiveProcess() {}

  static Process start(Path store, Path log, String work, int threads) throws IOException {
    return new ProcessBuilder(
            ChildJvm.command(
                List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"),
                LiveProcess.class,
                store,
                log,
                work,
                threads))
        .redirectErrorStream(true)
        .redirectOutput(log.resolveSibling(log.getFileName() + ".output").toFile())
        .start();
  }

  public static void main(String[] arguments) throws Exception {
    int threads = Integer.parseInt(arguments[3]);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try (Store store = Store.openExisting(Path.of(arguments[0]));
        Writer log = new FileWriter(arguments[1], StandardCharsets.UTF_8, true)) {
      List<Future<Integer>> work = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Random random = new Random(i);
        work.add(
            pool.submit(
                () -> {
                  if (arguments[2].equals("pop")) {
                    pop(store.liveTrials(), log);
                  } else {
                    while (true) {
                      run(store.liveTrials(), random, log);
                    }
                  }
                  return 0;
                }));
      }
      for (Future<Integer> each : work) {
        each.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }

  static LiveTrial waiting(long studyId, double x) {
    return new LiveTrial(
        0,
        studyId,
        0,
        TrialState.WAITING,
        List.of(),
        null,
        null,
        List.of(new Param("x", x, FLOAT)),
        Map.of(),
        Map.of("fixed_params", "{\"x\": " + x + "}"),
        new TreeMap<>());
  }

  /** Makes waiting trials run until there are none, as Optuna's client does it. */
  static void pop(LiveTrials trials, Writer log) throws IOException {
    long study = trials.studyIdOf(STUDY);
    boolean any = true;
    while (any) {
      any = false;
      for (LiveTrial trial : trials.study(study).unfinished().values()) {
        if (trial.state() == TrialState.WAITING) {
          any = true;
          if (trials.setState(trial.id(), TrialState.RUNNING, List.of())) {
            say(log, "popped " + trial.id());
          }
        }
      }
    }
  }

  /** Fills a trial and finishes it; now and then with an attribute that is a file in spool/. */
  static void run(LiveTrials trials, Random random, Writer log) throws IOException {
    long study = trials.studyIdOf(STUDY);
    LiveTrial trial = trials.create(study, null);
    long id = trial.id();
    say(log, "created %d %d".formatted(id, trial.number()));
    double x = random.nextDouble();
    trials.setParameter(id, "x", x, FLOAT);
    say(log, "param %d %s".formatted(id, x));
    for (int step = 0; step < random.nextInt(4); step++) {
      trials.setIntermediateValue(id, step, step);
      say(log, "step %d %d".formatted(id, step));
    }
    if (random.nextInt(10) == 0) {
      trials.setUserAttr(id, "large", "\"" + "y".repeat(100_000) + "\"");
      say(log, "large %d".formatted(id));
    }
    trials.setState(id, TrialState.COMPLETE, List.of(x));
    say(log, "finished %d %s".formatted(id, x));
  }

  private static synchronized void say(Writer log, String line) throws IOException {
    log.write(line + "\n");
    log.flush();
  }
}
