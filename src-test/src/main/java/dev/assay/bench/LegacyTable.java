package dev.assay.bench;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.util.Statistics;

/** The performance table of the legacy system, at its counts. */
final class LegacyTable implements Suite {
  private record Row(String name, Class<?> type, String method) {}

  private static final List<Row> ROWS =
      List.of(
          new Row("trial keys x 1,000", ParameterNames.class, "trialKeys"),
          new Row("trial keys x 1,000, empty cache", ParameterNames.class, "newTrialKeys"),
          new Row("trial keys x 1,000, equal sets", ParameterNames.class, "equalTrialKeys"),
          new Row("signatures x 1,000", ParameterNames.class, "signatures"),
          new Row("signatures x 1,000, empty cache", ParameterNames.class, "newSignatures"),
          new Row("names x 1,000, SHA-256 alone", ParameterNames.class, "digests"),
          new Row("load 1,000 trials from the store", StoreLoading.class, "load"),
          new Row("load 1,000 trials, every document", StoreLoading.class, "loadAll"),
          new Row("load 1,000 trials", RunLoading.class, "load"),
          new Row("duplicate checks x 1,000", GuardFile.class, "checkAndAdd"),
          new Row("duplicate checks x 1,000, raw SQLite", GuardFile.class, "rawCheckAndAdd"),
          new Row("claims x 1,000", StudyGuard.class, "claimEach"),
          new Row("batch add of 1,000", GuardFile.class, "addBatch"),
          new Row("batch add of 1,000, raw SQLite", GuardFile.class, "rawAddBatch"),
          new Row("batch add of 1,000 to a study", StudyGuard.class, "addBatch"),
          new Row("batch seen of 1,000", GuardFile.class, "seenBatch"),
          new Row("batch seen of 1,000 in a study", StudyGuard.class, "seenBatch"),
          new Row("summary of 1,000", RunSummary.class, "summary"),
          new Row("summary of 10", RunSummary.class, "ofTen"),
          new Row("summary of 100,000", RunSummary.class, "ofHundredThousand"));

  @Override
  public String name() {
    return "legacy-table";
  }

  @Override
  public String description() {
    return "the rows of the legacy system's performance table, cold and warm, beside its figures";
  }

  @Override
  public void run(Jmh jmh, Peers peers, Consumer<Figure> figures)
      throws IOException, RunnerException {
    try (SampleRun run = SampleRun.create(SampleRun.TRIALS)) {
      RunSummary.prepare(run);
      for (Row row : ROWS) {
        Statistics cold = jmh.cold(row.type, row.method, run.directory());
        figures.accept(figure(row, "cold", cold, peers));
        Statistics warm = jmh.warm(row.type, row.method, run.directory());
        figures.accept(figure(row, "warm", warm, peers));
      }
    }
  }

  private Figure figure(Row row, String mode, Statistics times, Peers peers) {
    return new Figure(
        name(),
        row.name,
        mode,
        "ms",
        times.getPercentile(50),
        times.getMin(),
        times.getMax(),
        times.getN(),
        peers.milliseconds(name(), row.name, mode));
  }
}
