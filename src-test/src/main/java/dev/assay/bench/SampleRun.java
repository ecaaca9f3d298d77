package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A run in the legacy form, made up from a seed, in a temporary directory that is deleted at the
 * close. Its trials have the size and shape of real ones: some 45 nested parameters, a file of
 * about 5 KB with metrics and a merged configuration.
 */
final class SampleRun implements AutoCloseable {
  static final int TRIALS = 1000;

  /** The name of the run's own directory. */
  static final String NAME = "run_sample";

  private static final List<String> METRICS =
      List.of(
          "total_return",
          "profit_factor",
          "max_drawdown",
          "win_rate",
          "num_trades",
          "sharpe_ratio",
          "sortino_ratio",
          "avg_win",
          "avg_loss",
          "expectancy",
          "exposure");

  private final Path root;

  private SampleRun(Path root) {
    this.root = root;
  }

  /** The run's directory; what is put beside it is deleted with it. */
  Path directory() {
    return root.resolve(NAME);
  }

  static SampleRun create(int trials) throws IOException {
    SampleRun run = new SampleRun(Files.createTempDirectory("assay-bench"));
    Path directory = Files.createDirectory(run.directory());
    SplittableRandom random = new SplittableRandom(42);
    for (int number = 1; number <= trials; number++) {
      Path file = directory.resolve("trial_%03d.json".formatted(number));
      Files.write(file, CanonicalJson.indentedBytes(trial(number, random)));
    }
    return run;
  }

  private static ObjectNode trial(int number, SplittableRandom random) {
    ObjectNode trial = Json.object();
    ObjectNode parameters = parameters(random);
    trial.put("trial_id", "trial_%03d".formatted(number));
    trial.set("parameters", parameters);
    trial.put("results_path", "sample_1h_%d.json".formatted(number));
    ObjectNode score = trial.putObject("score");
    score.put("score", random.nextDouble(-1, 1));
    ObjectNode metrics = score.putObject("metrics");
    METRICS.forEach(name -> metrics.put(name, random.nextDouble(-10, 100)));
    score.putArray("hard_failures");
    score.put("score_version", "v2");
    ObjectNode constraints = trial.putObject("constraints");
    constraints.put("ok", random.nextInt(4) > 0);
    constraints.putArray("reasons");
    trial.put("log", "trial_%03d.log".formatted(number));
    trial.put("attempts", 1);
    trial.put("duration_seconds", random.nextDouble(10, 100));
    ObjectNode merged = trial.putObject("merged_config");
    merged.set("strategy", parameters);
    merged.set("defaults", parameters(random));
    return trial;
  }

  private static ObjectNode parameters(SplittableRandom random) {
    ObjectNode parameters = Json.object();
    for (String section : List.of("entry", "exit", "risk", "trend", "filter")) {
      ObjectNode group = parameters.putObject(section);
      group.put("threshold", random.nextInt(100) / 100.0);
      group.put("tolerance", random.nextDouble());
      group.put("period", random.nextInt(1, 200));
      group.put("enabled", random.nextBoolean());
      group.put("policy", random.nextBoolean() ? "pass" : "block");
      ObjectNode zones = group.putObject("zones");
      for (String zone : List.of("low", "mid", "high")) {
        zones.put(zone, random.nextInt(1, 400) * 0.025);
      }
      ArrayNode pair = group.putArray("map").addArray();
      pair.add(random.nextInt(100) / 100.0).add(random.nextInt(100) / 1000.0);
    }
    return parameters;
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
