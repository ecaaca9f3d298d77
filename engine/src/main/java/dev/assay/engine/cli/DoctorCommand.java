package dev.assay.engine.cli;

import dev.assay.storage.migrate.DoctorReport;
import dev.assay.storage.migrate.LegacyMigration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay doctor}. */
@Command(
    name = "doctor",
    header = "Says what legacy run directories hold, before they are migrated.",
    description = {
      "Reads each PATH, a run or a folder of runs, as assay migrate does, and writes nothing: trials",
      "by state, errors by cause, duplicates, trials without a file, ties at the best score, mixed",
      "score versions, what cannot be read, and about how long migrating takes and how large the",
      "result is, which a sample tells that is compressed here."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay doctor results/hparam_search",
      "  assay doctor results/hparam_search/run_20260115 --json"
    })
final class DoctorCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "PATH", description = "A run, or a folder of runs.")
  private List<Path> paths = List.of();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    paths.forEach(SourceArgument::requireThere);
    try (MigrationProgress progress = new MigrationProgress(console)) {
      DoctorReport report = LegacyMigration.examine(paths, progress);
      if (json) {
        console.out().println(report.toJson());
      } else {
        console.show(report.lines());
      }
    }
    return ExitCode.OK;
  }
}
