package dev.assay.engine.cli;

import dev.assay.storage.RestoreReport;
import dev.assay.storage.StudyRecord;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay restore}. */
@Command(
    name = "restore",
    header = "Puts a run's files back into a directory.",
    description = {
      "Files that were migrated or compacted come back byte for byte, after their checksums. For a",
      "run of Assay's own, the trials' JSON files that are not in the archive, best_trial.json and",
      "run_meta.json are made again. What cannot be put back is named, the rest is put back, and the",
      "exit code is 1."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay restore run_20260115 restored",
      "  assay restore backtest restored --only 'trial_00*.json' --json",
      "  assay restore run_20260115 logs --only '**.log' --store results"
    })
final class RestoreCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Parameters(
      index = "1",
      paramLabel = "DIR",
      description = "Where to: a directory that is missing or empty.")
  private Path directory = Path.of("");

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description =
          "Only files whose path in the run matches: * stays within a folder, ** does not.")
  private @Nullable String only;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  RestoreCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Predicate<String> wanted = wanted();
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord study = opened.study(run);
      RestoreReport report = opened.store().restore(study.id(), directory, wanted);
      if (json) {
        console.out().println(report.toJson());
      } else {
        console.show(report.lines());
      }
      if (report.archived() + report.remade() == 0 && report.problems().isEmpty()) {
        console.note(
            only == null
                ? "'%s' has no files".formatted(study.name())
                : "no file of '%s' matches --only '%s'".formatted(study.name(), only));
      }
      return report.problems().isEmpty() ? ExitCode.OK : ExitCode.FAILURE;
    }
  }

  private Predicate<String> wanted() {
    if (only == null) {
      return path -> true;
    }
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + only);
      return path -> matches(matcher, path);
    } catch (PatternSyntaxException e) {
      throw new UsageException(
          "--only is '%s', expected a pattern such as 'trial_*.json': %s"
              .formatted(only, e.getDescription()));
    }
  }

  private static boolean matches(PathMatcher matcher, String path) {
    try {
      return matcher.matches(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }
}
