package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.RunTable;
import dev.assay.analytics.Summary;
import dev.assay.engine.ParetoFront;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay summary}. */
@Command(
    name = "summary",
    aliases = "summarize",
    header = "Sums up runs: counts, the best trials, durations, throughput, score versions.",
    description = {
      "A trial is valid that was not skipped, has no error and no hard failure, whose constraints",
      "hold and whose score is finite. The best are the best of those. The store keeps this of each"
          + " run",
      "while trials finish, so it takes as long for a million trials as for ten. Several runs, or"
          + " all, stand",
      "side by side, with the median seconds of a trial, trials a minute, duplicates avoided, and"
          + " results that",
      "came out of the legacy system's cache. With several objectives the Pareto front is listed."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay summary backtest",
      "  assay summary run_20260115 --top 10 --json",
      "  assay summary run_20260112 run_20260115",
      "  assay summary all",
      "  assay summary assay-store/runs/1-backtest --recount"
    })
final class SummaryCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "A study's name, an unambiguous beginning of one, or a run's folder; or all, for every"
              + " run.")
  private List<String> runs = List.of();

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
    boolean all = runs.equals(List.of(ALL));
    if (runs.size() > 1 || all) {
      Numbers.upTo("--top", StudySummary.MAX_TOP, (long) Math.max(1, top));
      several(all);
    } else {
      one(runs.get(0));
    }
    return ExitCode.OK;
  }

  private void one(String run) {
    try {
      if (recount || top > StudySummary.MAX_TOP) {
        try (OpenedStore opened = OpenedStore.of(store.directory(console), console);
            Analytics analytics = opened.analytics()) {
          show(opened.store(), analytics.summary(run, top));
        }
      } else {
        try (ReadableStore reader = Store.openReader(store.directory(console))) {
          show(reader, Summary.of(reader, run, top));
        }
      }
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }

  private void show(ReadableStore reader, Summary summary) {
    List<FrozenTrial> front = List.of();
    if (summary.directions().size() > 1) {
      StudyRecord study = Analytics.study(reader, summary.run());
      try (Stream<FrozenTrial> trials = reader.trials(study.id())) {
        front = ParetoFront.of(trials, study.directions());
      }
    }
    if (json) {
      ObjectNode node = summary.toJson();
      if (summary.directions().size() > 1) {
        ArrayNode list = node.putArray("front");
        for (FrozenTrial trial : front) {
          ObjectNode each = list.addObject().put("number", trial.number());
          trial.values().forEach(each.putArray("values")::add);
        }
      }
      console.out().println(Summary.jsonText(node));
    } else {
      console.out().print(summary.toText());
      console.show(front.isEmpty() ? List.of() : RunEnd.lines(front));
    }
  }

  private void several(boolean all) {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      List<StudyRecord> studies =
          all ? opened.store().studies() : runs.stream().map(opened::study).distinct().toList();
      RunTable table;
      try (Analytics analytics = opened.analytics()) {
        table = RunTable.of(opened.store(), analytics, studies, top);
      }
      if (json) {
        console.out().println(table.toJsonText());
      } else {
        console.show(table.toLines());
      }
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }
}
