package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.report.Report;
import dev.assay.storage.PrintableText;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.export.IfThere;
import dev.assay.storage.export.NewTarget;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay report}. */
@Command(
    name = "report",
    header = "Writes a page about runs for a browser: charts and a table, in one file.",
    description = {
      "The page works offline: nothing in it is fetched. It has the optimization history, the"
          + " importance of parameters, slices,",
      "contours, parallel coordinates, the distribution of values, intermediate values, a timeline by",
      "worker, the Pareto front of several objectives, and a table of trials to sort and filter;",
      "several runs are compared. Of a large run it has the best trials and an even sample, and says"
          + " so."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay report backtest",
      "  assay report run_20260115 run_20260116 -o compared.html --force",
      "  assay report backtest -o - > backtest.html"
    })
final class ReportCommand implements Callable<Integer> {
  private static final String STDOUT = "-";

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private List<String> runs = List.of();

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description =
          "The file to write, - for standard output; else <run>-report.html in this directory.")
  private @Nullable String output;

  @Option(names = "--force", description = "Replaces a file that is there.")
  private boolean force;

  @Mixin private StoreOption store = new StoreOption();

  private final Console console;

  ReportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path directory = store.directory(console);
    String given = output;
    Path named = given == null || given.equals(STDOUT) ? null : TargetPath.of("-o", given);
    if (named != null) {
      TargetPath.requireOutside("-o", named, directory);
    }
    try (OpenedStore opened = OpenedStore.of(directory, console)) {
      Set<StudyRecord> found = new LinkedHashSet<>();
      runs.forEach(run -> found.add(opened.study(run)));
      List<StudyRecord> studies = List.copyOf(found);
      if (STDOUT.equals(given)) {
        write(opened, studies, console.out());
      } else {
        Path file = named == null ? Path.of(defaultName(opened.store(), studies)) : named;
        TargetPath.requireOutside("-o", file, directory);
        write(opened, studies, file);
      }
      return ExitCode.OK;
    } catch (IOException e) {
      String target = given == null ? "the page" : given;
      throw new CommandException("%s cannot be written: %s".formatted(target, e), e);
    }
  }

  /**
   * The name of the run's own directory, less its number: it is one for a file, whatever the run's.
   */
  private static String defaultName(ReadableStore store, List<StudyRecord> studies) {
    Path own = store.runDirectory(studies.get(0)).getFileName();
    String slug = String.valueOf(own).replaceFirst("^[0-9]+-?", "");
    return studies.size() > 1 || slug.isEmpty() ? "report.html" : slug + "-report.html";
  }

  private static long write(OpenedStore opened, List<StudyRecord> studies, OutputStream out)
      throws IOException {
    try (Analytics analytics = opened.analytics()) {
      return Report.write(opened.store(), analytics, studies, Instant.now(), out);
    }
  }

  private void write(OpenedStore opened, List<StudyRecord> studies, Path file) throws IOException {
    try (NewTarget target = NewTarget.at(file, force ? IfThere.REPLACE : IfThere.REFUSE)) {
      long trials;
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(target.temporary()))) {
        trials = write(opened, studies, out);
      }
      long bytes = target.publish();
      console
          .out()
          .println(
              PrintableText.of(
                  "%s: %d trials of %d run%s, %.1f MB"
                      .formatted(
                          file,
                          trials,
                          studies.size(),
                          studies.size() == 1 ? "" : "s",
                          bytes / 1e6)));
    }
  }
}
