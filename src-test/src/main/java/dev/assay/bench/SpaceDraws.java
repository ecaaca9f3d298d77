package dev.assay.bench;

import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Statistics;

/** What one set of parameters costs in a warm JVM. */
final class SpaceDraws implements Suite {
  private static final List<String> METHODS = List.of("draw", "drawSteps", "params", "values");

  @Override
  public String name() {
    return "space";
  }

  @Override
  public String description() {
    return "one set of 40 parameters: drawn, turned into what the objective gets and into numbers";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures) throws RunnerException {
    for (String method : METHODS) {
      Statistics times = jmh.average(OneSpace.class, method);
      figures.accept(
          new Figure(
              name(),
              method,
              "warm",
              "us",
              times.getPercentile(50),
              times.getMin(),
              times.getMax(),
              times.getN(),
              null));
    }
  }
}
