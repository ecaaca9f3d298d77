package dev.assay.engine.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay check}. */
@Command(
    name = "check",
    header = "Says what a study file comes to, and what to mind, without running anything.",
    description = {
      "The size of the search space, the settings that apply, what has no effect, whether the",
      "objective's command is there, and warnings. The exit code is 0, or 2 for a bad file; with",
      "--strict it is 1 where there are warnings or settings without effect."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  assay check study.yaml", "  assay check study.yaml --strict --json"})
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "STUDY.yaml", description = "The study file.")
  private Path file = Path.of("");

  @Option(
      names = "--strict",
      description = "Exit with 1 where there are warnings or settings without effect.")
  private boolean strict;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    StudyCheck check = StudyCheck.of(file, console);
    CheckReport report = new CheckReport(check);
    if (json) {
      console.out().println(report.json());
    } else {
      console.show(report.lines());
    }
    boolean clean = check.warnings().isEmpty() && check.notHonoured().isEmpty();
    return strict && !clean ? ExitCode.FAILURE : ExitCode.OK;
  }
}
