package dev.assay.engine.cli;

import dev.assay.analytics.Views;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.Store;
import dev.assay.storage.migrate.MigrationReport;
import dev.assay.storage.optuna.DatabaseUrl;
import dev.assay.storage.sources.Migration;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay migrate}. */
@Command(
    name = "migrate",
    header = "Takes runs of the legacy system, Optuna's studies and tables into the store.",
    description = {
      "Each SOURCE is a run, a folder of runs, an Optuna database in SQLite (a file, or",
      "sqlite:///FILE) or an Optuna journal file; those in folders are found. Every file of a run",
      "goes into the archive byte for byte; the sources are never written to. A second run adds",
      "nothing.",
      "Optuna databases on servers are postgresql://USER:PASSWORD@HOST:PORT/DATABASE, where the",
      "password may be in ~/.pgpass instead, and mysql://..., which needs MySQL's driver:",
      "ASSAY_CLASSPATH=mysql-connector-j-9.5.0.jar assay migrate mysql://...",
      "A SOURCE that ends in .csv, .tsv, .jsonl (.gz behind them, too) or .parquet is a table with"
          + " a",
      "trial in each row, as trackers export it; the columns of Optuna, MLflow, W&B, Ray Tune and"
          + " Ax",
      "are known by their names, and what assay export wrote as JSON lines comes back as it was."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay migrate results/hparam_search --store assay-store",
      "  assay migrate results/hparam_search/run_20260115 --dry-run",
      "  assay migrate results/hparam_search --link --source-tz Europe/Stockholm",
      "  assay migrate sqlite:///optuna.db --study sweep-7 --source-tz Europe/Stockholm",
      "  assay migrate postgresql://me@db.example.org/optuna --store assay-store",
      "  assay migrate results.csv --params 'lr,depth' --value score --direction maximize"
    })
final class MigrateCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "SOURCE", description = "A folder, a file, or a URL.")
  private List<String> sources = List.of();

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--study",
      paramLabel = "NAME",
      description = "Takes this one Optuna study, and nothing else.")
  private @Nullable String study;

  @Option(
      names = "--source-tz",
      paramLabel = "ZONE",
      defaultValue = "UTC",
      description = {
        "In which zone Optuna wrote times that name none: UTC, Europe/Berlin, +09:00;",
        "default: ${DEFAULT-VALUE}. Before mid-2026 Optuna wrote local time."
      })
  private String sourceZone = "UTC";

  @Option(
      names = "--link",
      description = {
        "Gives the trials of runs what the Optuna databases among the sources know of them: times,",
        "distributions, objective_value. A run names its database in run_meta.json."
      })
  private boolean link;

  @Mixin private TableOptions table = new TableOptions();

  @Option(names = "--dry-run", description = "Reads everything and writes nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "The report as JSON on standard output.")
  private boolean json;

  @Option(
      names = "--strict",
      description = "Fails where a file or a trial could not be understood.")
  private boolean strict;

  private final Console console;

  MigrateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<Path> paths = new ArrayList<>();
    List<DatabaseUrl> servers = new ArrayList<>();
    for (String source : sources) {
      if (DatabaseUrl.isServer(source)) {
        servers.add(SourceArgument.server(source));
        continue;
      }
      Path path = SourceArgument.path(source);
      SourceArgument.requireThere(path);
      paths.add(path);
    }
    if (link && study != null) {
      throw new UsageException(
          "--link is for run folders, and --study takes one Optuna study alone; leave one out");
    }
    ZoneId zone = Zone.parse("--source-tz", sourceZone);
    Migration.Linking linking = link ? Migration.Linking.ON : Migration.Linking.OFF;
    Migration.Request request =
        new Migration.Request(paths, servers, zone, study, table.mapping(paths, study), linking);
    MigrationReport report = dryRun ? dryRun(request) : migrate(request);
    if (json) {
      console.out().println(report.toJson());
    } else {
      console.show(report.lines());
    }
    if (report.hasRefused()) {
      console.note("some sources could not be read; the report says why");
      return ExitCode.FAILURE;
    }
    if (strict && report.hasQuarantined()) {
      console.note(
          "some files or trials could not be understood, and --strict was given; the report names"
              + " them");
      return ExitCode.FAILURE;
    }
    return ExitCode.OK;
  }

  private MigrationReport migrate(Migration.Request request) {
    try (Store target = Store.open(store.directory(console));
        MigrationProgress progress = new MigrationProgress(console)) {
      Views.publish(target.directory());
      return Migration.migrate(target, request, progress);
    }
  }

  private MigrationReport dryRun(Migration.Request request) {
    try (MigrationProgress progress = new MigrationProgress(console)) {
      Path directory = store.directory(console);
      if (!Store.isStore(directory)) {
        return Migration.dryRun(null, request, progress);
      }
      try (ReadableStore target = Store.openReadOnly(directory)) {
        return Migration.dryRun(target, request, progress);
      }
    }
  }
}
