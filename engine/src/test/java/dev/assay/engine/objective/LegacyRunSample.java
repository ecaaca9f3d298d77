package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.StudyFile;
import dev.assay.engine.StudyFileReader;
import dev.assay.engine.Trial;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code datasets/legacy-run}: twelve trials of the sample backtest as the legacy optimizer
 * would have left them. Parameters and scores are real; durations are made up, so that the files
 * are the same every time. Trial 4 failed, 6 has a metric that is NaN, 8 was aborted, 10 is a
 * duplicate that was skipped, and 12 came from the cache.
 */
final class LegacyRunSample {
  private static final int TRIALS = 12;
  private static final int FAILED = 4;
  private static final int NOT_A_NUMBER = 6;
  private static final int ABORTED = 8;
  private static final int SKIPPED = 10;
  private static final int FROM_CACHE = 12;

  private final Path folder;
  private final StudyFile study;
  private final Objective objective;
  private final SplittableRandom random = new SplittableRandom(2026);
  private ObjectNode first = Json.object();
  private @Nullable ObjectNode best;

  private LegacyRunSample(Path datasets, Path folder) {
    this.folder = folder;
    this.study = StudyFileReader.read(datasets.resolve("studies/backtest.yaml"));
    ObjectNode block = study.objective();
    if (block == null) {
      throw new IllegalStateException("backtest.yaml has no objective");
    }
    ObjectNode sample = study.space().draw(new SplittableRandom(0));
    this.objective =
        PreparedObjective.ofStudy(block, study.constraints(), sample, study.file()).objective();
  }

  /** Writes the run into {@code folder}, which is created where it is not there. */
  static void write(Path datasets, Path folder) throws Exception {
    LegacyRunSample sample = new LegacyRunSample(datasets, folder);
    Files.createDirectories(folder.resolve("_cache"));
    for (int number = 1; number <= TRIALS; number++) {
      sample.trial(number);
    }
    sample.meta();
  }

  private void trial(int number) throws Exception {
    String name = "trial_%03d".formatted(number);
    boolean repeated = number == SKIPPED || number == FROM_CACHE;
    ObjectNode parameters = repeated ? first : study.space().draw(random);
    first = number == 1 ? parameters : first;
    ObjectNode trial = Json.object().put("trial_id", name).set("parameters", parameters);
    String log = "[INFO] %s of the sample backtest\n".formatted(name);
    if (number == FAILED) {
      trial.put("error", "unknown").put("log_path", name + ".log").put("attempts", 2);
      log += "[ERROR] exit code 1 in attempt 1\n[ERROR] exit code 1 in attempt 2\n";
    } else if (number == SKIPPED) {
      trial.put("skipped", true).put("reason", "duplicate_within_run");
    } else {
      finished(number, name, trial, parameters);
    }
    Files.writeString(folder.resolve(name + ".json"), CanonicalJson.indented(trial));
    if (!repeated) {
      Files.writeString(folder.resolve(name + ".log"), log);
    }
  }

  private void finished(int number, String name, ObjectNode trial, ObjectNode parameters)
      throws Exception {
    Evaluation evaluation =
        objective.evaluate(Trial.fixed(number, parameters, 0, folder.resolve(name + ".unused")));
    double value = number == ABORTED ? -500 : evaluation.value();
    ObjectNode metrics =
        number == ABORTED ? Json.object().put("num_trades", 0) : evaluation.metrics();
    if (number == NOT_A_NUMBER) {
      metrics.put("sharpe_ratio", Double.NaN);
    }
    ObjectNode score = Json.object().put("score", value).set("metrics", metrics);
    evaluation.hardFailures().forEach(score.putArray("hard_failures")::add);
    score.put("score_version", evaluation.scoreVersion());
    trial.set("score", score);
    ObjectNode constraints = Json.object();
    if (number == ABORTED) {
      trial.put("abort_reason", "zero_trades").put("abort_details", "no signal in 50 bars");
      constraints.put("ok", false).putArray("reasons").add("aborted_by_heuristic");
    } else {
      constraints.put("ok", evaluation.constraintsOk());
      ArrayNode reasons = constraints.putArray("reasons");
      evaluation.constraintReasons().forEach(reasons::add);
    }
    trial.set("constraints", constraints);
    double seconds = random.nextInt(20_000, 60_000) / 1000.0;
    trial.put("log", name + ".log").put("attempts", 1).put("duration_seconds", seconds);
    trial.putArray("attempt_durations").add(seconds);
    ObjectNode config = Json.object().setAll(parameters);
    trial.set("merged_config", config.put("commission", 0.0005));
    trial.put("runtime_version", 1);
    if (number == FROM_CACHE) {
      trial.put("from_cache", true);
    } else {
      cache(trial, parameters);
    }
    keepBest(trial, value);
  }

  private void keepBest(ObjectNode trial, double value) {
    if (best == null || value > best.path("score").path("score").doubleValue()) {
      best = trial;
    }
  }

  private void cache(ObjectNode trial, ObjectNode parameters) throws IOException {
    ObjectNode entry = trial.deepCopy();
    entry.remove("trial_id");
    entry.remove("parameters");
    String key = Signatures.shared().trialKey(parameters);
    Files.writeString(
        folder.resolve("_cache").resolve(key + ".json"), CanonicalJson.indented(entry));
  }

  private void meta() throws IOException {
    if (best == null) {
      throw new IllegalStateException("the sample has no best trial");
    }
    Files.writeString(folder.resolve("best_trial.json"), CanonicalJson.compact(best));
    ObjectNode meta =
        Json.object()
            .put("run_id", "legacy-run")
            .put("config_path", "datasets/studies/backtest.yaml")
            .put("snapshot_id", "synthetic_1h")
            .put("symbol", "synthetic")
            .put("timeframe", "1h")
            .put("started_at", "2026-03-01T00:00:00+00:00");
    meta.putObject("raw_meta").put("timeframe", "1h").putObject("runs").put("strategy", "random");
    Files.writeString(folder.resolve("run_meta.json"), CanonicalJson.compact(meta));
  }
}
