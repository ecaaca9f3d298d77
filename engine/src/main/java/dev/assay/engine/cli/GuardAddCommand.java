package dev.assay.engine.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay guard add}. */
@Command(
    name = "add",
    header = "Makes signatures known, and says how many were new.",
    description = {
      "Reads parameters as JSON (an object, an array, or an object a line), or signatures a line.",
      "A guard file is made where there is none."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay guard add parameters.jsonl --study my-study",
      "  assay signature parameters.jsonl | cut -f2 | assay guard add --file _dedup.db"
    })
final class GuardAddCommand implements Callable<Integer> {
  @Mixin private FileArgument input = new FileArgument();

  @Mixin private GuardOption target = new GuardOption();

  @Option(names = "--json", description = "One JSON object: asked, new, known.")
  private boolean json;

  private final Console console;

  GuardAddCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<String> signatures = SignatureInput.read(input.file(), console);
    try (OpenedGuard guard = target.open(console)) {
      GuardReport report = new GuardReport(signatures.size(), guard.add(signatures));
      console.out().println(json ? report.addedJson() : report.addedText());
      return ExitCode.OK;
    }
  }
}
