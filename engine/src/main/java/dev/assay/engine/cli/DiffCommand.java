package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.RunDifference;
import dev.assay.analytics.Summary;
import dev.assay.storage.StudyRecord;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay diff}. */
@Command(
    name = "diff",
    header = "Says in what two runs differ: settings, ranges, counts, the best trials.",
    description = {
      "Only what differs is listed, and how many sets of parameters both have evaluated. The exit"
          + " code is 0",
      "whether they differ or not."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay diff run_20260112 run_20260115",
      "  assay diff backtest backtest-validation --json"
    })
final class DiffCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN_A",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String first = "";

  @Parameters(index = "1", paramLabel = "RUN_B", description = "Another one.")
  private String second = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  DiffCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord one = opened.study(first);
      StudyRecord other = opened.study(second);
      RunDifference difference;
      try (Analytics analytics = opened.analytics()) {
        difference = RunDifference.of(opened.store(), analytics, one, other);
      }
      if (json) {
        console.out().println(Summary.jsonText(difference.toJson()));
      } else {
        console.show(difference.toLines());
      }
      return ExitCode.OK;
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }
}
