package dev.assay.engine.cli;

import dev.assay.storage.migrate.DoctorReport;
import dev.assay.storage.sources.Migration;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay doctor}. */
@Command(
    name = "doctor",
    header = "Says what runs, Optuna's studies and tables hold, before they are migrated.",
    description = {
      "Reads each PATH as assay migrate --link does, and writes nothing. Of runs it says the trials by",
      "state, errors by cause, duplicates, trials without a file, ties at the best score, mixed score",
      "versions, which Optuna study has their trials, what cannot be read, and about how long",
      "migrating takes and how large the result is, which a sample tells that is compressed here; of",
      "Optuna's databases and journals, and of tables, the studies and their trials by state."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay doctor results/hparam_search",
      "  assay doctor results/hparam_search/run_20260115 optuna.db --json"
    })
final class DoctorCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "A run, a folder of runs, an Optuna database or journal, or a table.")
  private List<String> sources = List.of();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  DoctorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Path> paths = sources.stream().map(SourceArgument::path).toList();
    paths.forEach(SourceArgument::requireThere);
    try (MigrationProgress progress = new MigrationProgress(console)) {
      DoctorReport report = Migration.examine(paths, progress);
      if (json) {
        console.out().println(report.toJson());
      } else {
        console.show(report.lines());
      }
    }
    return ExitCode.OK;
  }
}
