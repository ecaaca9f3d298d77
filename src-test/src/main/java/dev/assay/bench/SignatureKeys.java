package dev.assay.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Statistics;

/** What one name costs in a warm JVM, with and without the caches. */
final class SignatureKeys implements Suite {
  private static final List<String> METHODS =
      List.of("trialKey", "trialKeyUncached", "signature", "signatureUncached", "parse");

  @Override
  public String name() {
    return "signature-keys";
  }

  @Override
  public String description() {
    return "one trial key or signature, with and without the caches, and parsing its line";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures)
      throws IOException, RunnerException {
    try (SampleRun run = SampleRun.create(SampleRun.TRIALS)) {
      for (String method : METHODS) {
        Statistics times = jmh.average(OneName.class, method, run.directory());
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
}
