package dev.assay.engine.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay guard remove}. */
@Command(
    name = "remove",
    header = "Takes signatures out, so that their parameters may be evaluated again.",
    description = {
      "Reads parameters as JSON (an object, an array, or an object a line), or signatures a line.",
      "A study's trials stay, and so do the signatures of those that are running."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo '{\"x\": 1, \"y\": 0.5}' | assay guard remove --study my-study",
      "  assay guard remove signatures.txt --file _dedup.db"
    })
final class GuardRemoveCommand implements Callable<Integer> {
  @Mixin private FileArgument input = new FileArgument();

  @Mixin private GuardOption target = new GuardOption();

  @Option(names = "--json", description = "One JSON object: asked, removed.")
  private boolean json;

  private final Console console;

  GuardRemoveCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<String> signatures = SignatureInput.read(input.file(), console);
    try (OpenedGuard guard = target.openExisting(console)) {
      GuardReport report = new GuardReport(signatures.size(), guard.remove(signatures));
      console.out().println(json ? report.removedJson() : report.removedText());
      return ExitCode.OK;
    }
  }
}
