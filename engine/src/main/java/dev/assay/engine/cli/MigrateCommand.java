package dev.assay.engine.cli;

import dev.assay.analytics.Views;
import dev.assay.storage.Store;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay migrate}. */
@Command(
    name = "migrate",
    header = "Takes run directories of the legacy system into the store.",
    description = {
      "Each PATH is a run, or a folder of runs. Every file goes into the archive byte for byte; the",
      "sources are never written to. A second run adds nothing."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay migrate results/hparam_search --store assay-store",
      "  assay migrate results/hparam_search/run_20260115 --dry-run"
    })
final class MigrateCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "PATH", description = "A run, or a folder of runs.")
  private List<Path> paths = List.of();

  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--dry-run", description = "Reads everything and writes nothing.")
  private boolean dryRun;

  @Option(names = "--json", description = "The report as JSON on standard output.")
  private boolean json;

  @Option(names = "--strict", description = "Fails where a file could not be understood.")
  private boolean strict;

  private final Console console;

  MigrateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw new UsageException(path + ": there is no such file or directory");
      }
    }
    MigrationReport report = dryRun ? dryRun() : migrate();
    if (json) {
      console.out().println(report.toJson());
    } else {
      report.lines().forEach(console.out()::println);
    }
    if (strict && report.hasQuarantined()) {
      console.note(
          "some files could not be understood, and --strict was given; the report names them");
      return ExitCode.FAILURE;
    }
    return ExitCode.OK;
  }

  private MigrationReport migrate() {
    try (Store target = Store.open(store.directory(console));
        MigrationProgress progress = new MigrationProgress(console)) {
      Views.publish(target.directory());
      return LegacyMigration.migrate(target, paths, progress);
    }
  }

  private MigrationReport dryRun() {
    try (MigrationProgress progress = new MigrationProgress(console)) {
      Path directory = store.directory(console);
      if (!Files.exists(directory.resolve("store.json"))) {
        return LegacyMigration.dryRun(paths, progress);
      }
      try (Store target = Store.openExisting(directory)) {
        return LegacyMigration.dryRun(target, paths, progress);
      }
    }
  }
}
