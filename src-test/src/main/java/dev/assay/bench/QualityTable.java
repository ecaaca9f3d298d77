package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.SamplerSettings;
import dev.assay.engine.sampler.Samplers;
import dev.assay.engine.space.Block;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code bench sampler-quality}: the best value found, median and quartiles over seeds, for each
 * function and sampler. Beside Optuna where a Python that has it is given: then with the
 * probability that ours is as much worse by chance.
 */
final class QualityTable {
  static final String NAME = "sampler-quality";
  static final String DESCRIPTION =
      "the best value found after 100 and 200 trials, by function and sampler";

  private static final String USAGE =
      """
      Usage: bench sampler-quality [--functions A,B] [--samplers A,B] [--seeds N] [--optuna PYTHON] [--json]

        --functions  of branin, hartmann6, ackley10, rosenbrock5, levy8, styblinski5, mixed, and for
                     two objectives zdt1, zdt2; else the first seven
        --samplers   names as in study files, tpe_uni, tpe_genesis; else all that suit
        --seeds      how many studies each, from seed 0; else 20
        --optuna     a Python that has Optuna, which runs the same studies
        --json       a JSON object a line
      """;
  private static final String TPE_GENESIS =
      "{\"multivariate\":true,\"constant_liar\":true,\"n_startup_trials\":25,\"n_ei_candidates\":48}";

  /** Names of tables that stand for a sampler with options. */
  private static final Map<String, String> OPTIONS =
      Map.of(
          "tpe_uni", "{\"multivariate\":false,\"constant_liar\":false}",
          "tpe_genesis", TPE_GENESIS,
          "qmc_sobol", "{\"scramble\":true}");

  private final PrintStream out;
  private final PrintStream err;
  private List<QualityFunction> functions =
      Arrays.stream(QualityFunction.values()).filter(f -> f.objectives() == 1).toList();
  private List<String> samplers = List.of();
  private int seeds = 20;
  private @Nullable Python python;
  private boolean json;

  QualityTable(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  /** Returns the exit code. */
  int run(List<String> args) {
    try {
      read(args);
      for (QualityFunction function : functions) {
        rows(function);
      }
      return 0;
    } catch (IllegalArgumentException e) {
      err.printf("bench: %s%n%s", e.getMessage(), USAGE);
      return 2;
    } catch (IOException e) {
      err.printf("bench: %s%n", e.getMessage());
      return 1;
    }
  }

  private void read(List<String> args) {
    for (int i = 0; i < args.size(); i++) {
      String arg = args.get(i);
      if (arg.equals("--json")) {
        json = true;
        continue;
      }
      if (i + 1 == args.size()) {
        throw new IllegalArgumentException(arg + " is not an option, or lacks its value");
      }
      String value = args.get(++i);
      switch (arg) {
        case "--functions" -> functions = named(value);
        case "--samplers" -> samplers = List.of(value.split(",", -1));
        case "--seeds" -> seeds = Integer.parseInt(value);
        case "--optuna" -> python = new Python(value);
        default -> throw new IllegalArgumentException("there is no option " + arg);
      }
    }
  }

  private static List<QualityFunction> named(String names) {
    List<QualityFunction> functions = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      functions.add(
          Arrays.stream(QualityFunction.values())
              .filter(function -> function.label().equals(name))
              .findFirst()
              .orElseThrow(
                  () -> new IllegalArgumentException("there is no function '" + name + "'")));
    }
    return functions;
  }

  private void rows(QualityFunction function) throws IOException {
    List<String> chosen = samplers;
    if (chosen.isEmpty()) {
      chosen =
          function.objectives() == 1
              ? List.of(
                  "random", "qmc_sobol", "tpe", "tpe_uni", "tpe_genesis", "cmaes", "gp", "auto")
              : List.of("random", "nsga2", "tpe", "auto");
    }
    SamplerQuality quality = new SamplerQuality(function);
    Map<String, List<SamplerQuality.Outcome>> theirs =
        python == null ? Map.of() : OptunaQuality.run(python, function, chosen, seeds);
    for (String name : chosen) {
      long begin = System.nanoTime();
      List<SamplerQuality.Outcome> outcomes = quality.run(settings(name), seeds);
      double seconds = (System.nanoTime() - begin) / 1e9 / seeds;
      row(function, name, outcomes, theirs.get(name), seconds);
    }
  }

  private static SamplerSettings settings(String name) throws IOException {
    JsonNode options = Json.parse(OPTIONS.getOrDefault(name, "{}"));
    Block block =
        new Block((ObjectNode) options, (option, is) -> new IllegalArgumentException(option + is));
    return Samplers.named(OPTIONS.containsKey(name) ? name.replaceAll("_.*", "") : name, block);
  }

  private void row(
      QualityFunction function,
      String sampler,
      List<SamplerQuality.Outcome> ours,
      @Nullable List<SamplerQuality.Outcome> theirs,
      double seconds) {
    Map<String, double[]> columns = new LinkedHashMap<>();
    columns.put(
        "after_" + function.early(),
        ours.stream().mapToDouble(SamplerQuality.Outcome::early).toArray());
    columns.put(
        "after_" + function.late(),
        ours.stream().mapToDouble(SamplerQuality.Outcome::late).toArray());
    ObjectNode node = Json.object().put("function", function.label()).put("sampler", sampler);
    StringBuilder line = new StringBuilder("%-12s %-12s".formatted(function.label(), sampler));
    boolean early = true;
    for (Map.Entry<String, double[]> column : columns.entrySet()) {
      double[] values = column.getValue();
      ObjectNode cell = node.putObject(column.getKey());
      cell.put("median", quantile(values, 0.5))
          .put("q25", quantile(values, 0.25))
          .put("q75", quantile(values, 0.75));
      line.append("  %-30s".formatted(shown(values)));
      if (theirs != null) {
        boolean first = early;
        double[] peer =
            theirs.stream().mapToDouble(each -> first ? each.early() : each.late()).toArray();
        double chance =
            function.objectives() == 1
                ? MannWhitney.larger(values, peer)
                : MannWhitney.larger(peer, values);
        cell.put("optuna", quantile(peer, 0.5)).put("p_worse", chance);
        line.append(
            String.format(Locale.ROOT, " Optuna %-9.4g p %.3f", quantile(peer, 0.5), chance));
      }
      early = false;
    }
    node.put("seconds", seconds);
    line.append(String.format(Locale.ROOT, "  %.2f s a study", seconds));
    out.println(json ? CanonicalJson.compact(node) : line);
    out.flush();
  }

  private static String shown(double[] values) {
    return String.format(
        Locale.ROOT,
        "%.4g [%.4g, %.4g]",
        quantile(values, 0.5),
        quantile(values, 0.25),
        quantile(values, 0.75));
  }

  /** Linear between the values. */
  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    double place = share * (sorted.length - 1);
    int below = (int) place;
    double above = sorted[Math.min(below + 1, sorted.length - 1)];
    return sorted[below] + (place - below) * (above - sorted[below]);
  }
}
