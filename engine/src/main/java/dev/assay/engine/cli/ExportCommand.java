package dev.assay.engine.cli;

import dev.assay.storage.StudyRecord;
import dev.assay.storage.export.ExportReport;
import dev.assay.storage.export.IfThere;
import java.time.ZoneId;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay export}. */
@Command(
    name = "export",
    header = "Writes runs in the form of other systems.",
    description = {
      "optuna   a SQLite database that Optuna opens and goes on with (.db, .sqlite,"
          + " sqlite:///FILE)",
      "journal  an Optuna journal file (.journal, .log)",
      "run      a run directory of the legacy optimizer (a path that ends in /)",
      "jsonl    each trial's whole record as a line (.jsonl)",
      "csv, parquet, arrow   a row a trial, a column a parameter, as trials_of('RUN') has them;",
      "         .arrow and .feather are an Arrow IPC file, .arrows is an IPC stream",
      "",
      "Several runs may go into one target of the first two. Parameters without a distribution get"
          + " one",
      "that spans the values of the study. What Optuna has no place for stands in the system"
          + " attribute",
      "assay:trial. A target is there as a whole or not at all."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay export backtest --to backtest.db",
      "  assay export run_20260115 run_20260116 --to sqlite:///studies.db --force",
      "  assay export backtest --to trials.parquet --json"
    })
final class ExportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private List<String> runs = List.of();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "TARGET",
      description = "A file, a directory or sqlite:///FILE.")
  private String to = "";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "What to write, where the name of TARGET does not say it.")
  private @Nullable String format;

  @Option(
      names = "--force",
      description = "Replaces a file that is there; a directory is never replaced.")
  private boolean force;

  @Option(
      names = "--target-tz",
      paramLabel = "ZONE",
      description = {
        "The zone of times that do not say it: that of the workers, such as Europe/Vienna, for"
            + " Optuna",
        "before version 5. Without it a database has UTC, a journal UTC with its offset."
      })
  private @Nullable String zone;

  @Option(names = "--json", description = "The report as JSON on standard output.")
  private boolean json;

  @Mixin private StoreOption store = new StoreOption();

  private final Console console;

  ExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    ExportTarget target = ExportTarget.of(to, format);
    TargetPath.requireOutside("--to", target.path(), store.directory(console));
    @Nullable ZoneId targetZone = zone == null ? null : Zone.parse("--target-tz", zone);
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      Set<StudyRecord> studies = new LinkedHashSet<>();
      runs.forEach(run -> studies.add(opened.study(run)));
      if (studies.size() > 1 && !target.format().takesSeveral()) {
        throw new UsageException(
            "%d runs cannot go into one target of the format %s; export them one by one"
                .formatted(studies.size(), target.format().word()));
      }
      ExportReport report =
          new StudyExport(opened, List.copyOf(studies), target, targetZone)
              .run(force ? IfThere.REPLACE : IfThere.REFUSE);
      if (json) {
        console.out().println(report.toJson());
      } else {
        console.show(report.lines());
      }
      return ExitCode.OK;
    }
  }
}
