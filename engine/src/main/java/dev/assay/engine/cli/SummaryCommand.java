package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.Summary;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StudySummary;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay summary}. */
@Command(
    name = "summary",
    aliases = "summarize",
    header = "Sums up one run: counts, the best trials, durations, score versions.",
    description = {
      "A trial is valid that was not skipped, has no error and no hard failure, whose constraints",
      "hold and whose score is finite. The best are the best of those. The store keeps this while",
      "trials finish, so it takes as long for a million trials as for ten."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay summary backtest",
      "  assay summary run_20260115 --top 10 --json",
      "  assay summary assay-store/runs/1-backtest --recount"
    })
final class SummaryCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--top",
      paramLabel = "N",
      defaultValue = "" + Summary.DEFAULT_TOP,
      description =
          "How many of the best trials to list; ${DEFAULT-VALUE} by default, more than "
              + StudySummary.MAX_TOP
              + " are recounted.")
  private int top = Summary.DEFAULT_TOP;

  @Option(
      names = "--recount",
      description = "Reads all trials of the run again; the answer is the same.")
  private boolean recount;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  SummaryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Numbers.atLeast("--top", 0, (long) top);
    Summary summary = recount || top > StudySummary.MAX_TOP ? recounted() : kept();
    if (json) {
      console.out().println(summary.toJsonText());
    } else {
      console.out().print(summary.toText());
    }
    return ExitCode.OK;
  }

  private Summary kept() {
    try (ReadableStore reader = Store.openReader(store.directory(console))) {
      return Summary.of(reader, run, top);
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }

  private Summary recounted() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console);
        Analytics analytics = opened.analytics()) {
      return analytics.summary(run, top);
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }
}
