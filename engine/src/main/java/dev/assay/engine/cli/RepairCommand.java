package dev.assay.engine.cli;

import dev.assay.storage.RepairReport;
import dev.assay.storage.Store;
import dev.assay.storage.json.CanonicalJson;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay repair}. */
@Command(
    name = "repair",
    header = "Sets a store right that is damaged or has lost its live.db.",
    description = {
      "Makes live.db anew from the lake, from what can be read of the old one and from the trial",
      "files, writes the manifest and torn trial files again, and moves what is broken or belongs to",
      "nothing to quarantine/, with a note why. A trial of which nothing is left fails and says so.",
      "A sound store is left as it is. No other process may have the store open.",
      "",
      "Without live.db these cannot come back: trials that were running; trials that ended in the",
      "last moments and whose files were not written yet; and signatures that the guard knew without",
      "a trial, or had been told to forget. Trials that come back from their files alone have a new",
      "id and no distributions. One line for each thing done; the exit code is 1 where something is",
      "wrong still."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  assay repair", "  assay repair --store results --json"})
final class RepairCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  RepairCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RepairReport report = Store.repair(store.directory(console));
    if (json) {
      console.out().println(CanonicalJson.compact(report.toJson()));
    } else {
      console.show(
          report.lines().stream().map(line -> line.replaceAll("\\s*\\R\\s*", " ")).toList());
    }
    console.note(end(report));
    return report.isWhole() ? ExitCode.OK : ExitCode.FAILURE;
  }

  private static String end(RepairReport report) {
    if (report.found().isEmpty()) {
      return "store is sound: there was nothing to repair";
    }
    long lost = report.studies().stream().mapToLong(RepairReport.Study::lost).sum();
    String rest = lost == 0 ? "" : "; %d trials are lost and have failed".formatted(lost);
    return report.isWhole()
        ? "store is repaired" + rest
        : "store is damaged still: %d faults%s".formatted(report.remaining().size(), rest);
  }
}
