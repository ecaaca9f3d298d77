package dev.assay.bench;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Statistics;

/** The optimizer's own time, beside that of Optuna and of Rustuna. */
final class OptimizerSpeed implements Suite {
  private static final String SCRIPT = "optimizer_peers.py";
  private static final int COLD_FORKS = 3;
  private static final int WARM_UPS = 5;
  private static final int ASK_WARM_UPS = 50;

  /** Figures with a peer of that name; the peers' figures have the same names. */
  private record Row(String name, String method) {}

  private static final List<Row> STUDIES =
      List.of(
          new Row("random, 5 x 1,000", "random"),
          new Row("TPE, 5 x 1,000", "tpe"),
          new Row("random, 5 x 1,000, stored", "randomInStore"),
          new Row("TPE, 5 x 1,000, stored", "tpeInStore"),
          new Row("TPE, 40 x 1,000", "tpeWide"),
          new Row("TPE, 40 x 1,000 (Rustuna)", "tpeWide"),
          new Row("TPE, 40 x 1,000, two (Rustuna)", "tpeWidePareto"),
          new Row("CMA-ES, 40 x 100,000 (Rustuna)", "cmaesLong"),
          new Row("NSGA-II, 40 x 100,000, two (Rustuna)", "nsga2Long"));

  private record Ask(String name, String sampler, int parameters, int trials) {}

  private static final List<Ask> ASKS =
      List.of(
          new Ask("TPE ask, 20 after 1,000", "tpe", 20, 1_000),
          new Ask("TPE ask, 20 after 10,000", "tpe", 20, 10_000),
          new Ask("TPE ask, 20 after 100,000", "tpe", 20, 100_000),
          new Ask("GP ask, 5 after 1,000", "gp", 5, 1_000));

  @Override
  public String name() {
    return "optimizer";
  }

  @Override
  public String description() {
    return "studies of an objective that costs nothing, and one ask of a long study";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures)
      throws IOException, RunnerException {
    Map<String, Double> measured = measured(peers);
    for (Row row : STUDIES) {
      Statistics cold = jmh.cold(OneStudy.class, row.method(), COLD_FORKS);
      figures.accept(figure(row.name(), "cold", cold, peers, measured));
      if (!row.name().contains("100,000")) {
        Statistics warm = jmh.warm(OneStudy.class, row.method(), WARM_UPS, Map.of());
        figures.accept(figure(row.name(), "warm", warm, peers, measured));
      }
    }
    for (Ask ask : ASKS) {
      Map<String, String> parameters =
          Map.of(
              "sampler", ask.sampler(),
              "parameters", Integer.toString(ask.parameters()),
              "trials", Integer.toString(ask.trials()));
      Statistics warm = jmh.warm(OneAsk.class, "ask", ASK_WARM_UPS, parameters);
      figures.accept(figure(ask.name(), "warm", warm, peers, measured));
    }
  }

  /** By figure, milliseconds. */
  private static Map<String, Double> measured(Peers peers) throws IOException {
    Map<String, Double> measured = new HashMap<>();
    Python python = peers.python();
    if (python != null) {
      python.run(
          SCRIPT, line -> measured.put(line.path(0).asText(), line.path(1).asDouble() * 1000));
    }
    return measured;
  }

  private Figure figure(
      String name, String mode, Statistics times, Peers peers, Map<String, Double> measured) {
    @Nullable Double peer = measured.get(name);
    return new Figure(
        name(),
        name,
        mode,
        "ms",
        times.getPercentile(50),
        times.getMin(),
        times.getMax(),
        times.getN(),
        peer == null ? peers.milliseconds(name(), name, mode) : peer);
  }
}
