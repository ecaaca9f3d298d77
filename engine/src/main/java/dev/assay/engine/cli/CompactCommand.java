package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.CompactionReport;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay compact}. */
@Command(
    name = "compact",
    header = "Merges the small Parquet files of runs.",
    description = {
      "Finished trials that are still in the live database are sealed first. Answers stay the same,",
      "and others may use the store meanwhile. The files that were merged are deleted ten minutes",
      "later, so that a query which is running keeps them."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay compact backtest",
      "  assay compact all --store results",
      "  assay compact backtest run_20260115 --json"
    })
final class CompactCommand implements Callable<Integer> {
  private static final String ALL = "all";

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "Studies' names, unambiguous beginnings of them, or runs' folders; 'all' for all of them.")
  private List<String> runs = new ArrayList<>();

  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  CompactCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      Store writable = opened.writable();
      ArrayNode reports = Json.object().arrayNode();
      for (StudyRecord study : studies(opened)) {
        CompactionReport report = writable.compact(study.id());
        reports.add(report.toJson());
        if (!json) {
          console.out().println(report.toText());
        }
      }
      if (json) {
        ObjectNode whole = Json.object();
        whole.set("runs", reports);
        console.out().println(CanonicalJson.compact(whole));
      }
      return ExitCode.OK;
    }
  }

  /** All of them are known before the first is touched. */
  private Set<StudyRecord> studies(OpenedStore opened) {
    if (runs.equals(List.of(ALL)) && opened.store().findStudy(ALL) == null) {
      return new LinkedHashSet<>(opened.store().studies());
    }
    Set<StudyRecord> studies = new LinkedHashSet<>();
    runs.forEach(run -> studies.add(opened.study(run)));
    return studies;
  }
}
