package dev.assay.engine.cli;

import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay guard seen}. */
@Command(
    name = "seen",
    header = "Says of each signature whether the guard knows it.",
    description = {
      "Reads parameters as JSON (an object, an array, or an object a line), or signatures a line.",
      "Prints signature<TAB>known or signature<TAB>new for each, in their order."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  echo '{\"x\": 1, \"y\": 0.5}' | assay guard seen --study my-study",
      "  assay guard seen parameters.jsonl --file _dedup.db | grep -c new"
    })
final class GuardSeenCommand implements Callable<Integer> {
  @Mixin private FileArgument input = new FileArgument();

  @Mixin private GuardOption target = new GuardOption();

  @Option(
      names = "--json",
      description =
          "A JSON line a signature (signature, known), and a last one: asked, new, known.")
  private boolean json;

  private final Console console;

  GuardSeenCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<String> signatures = SignatureInput.read(input.file(), console);
    try (OpenedGuard guard = target.openExisting(console)) {
      Set<String> known = guard.known(signatures);
      signatures.forEach(signature -> print(signature, known.contains(signature)));
      if (json) {
        int fresh = (int) signatures.stream().filter(each -> !known.contains(each)).count();
        console.out().println(new GuardReport(signatures.size(), fresh).addedJson());
      }
      return ExitCode.OK;
    }
  }

  private void print(String signature, boolean known) {
    console
        .out()
        .println(
            json
                ? Json.object().put("signature", signature).put("known", known).toString()
                : signature + "\t" + (known ? "known" : "new"));
  }
}
