package dev.assay.engine.cli;

import dev.assay.storage.migrate.GuardDatabase;
import dev.assay.storage.migrate.SourceDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay guard import}. */
@Command(
    name = "import",
    header = "Makes all signatures of files, guards and run folders known.",
    description = {
      "Each PATH is a file of parameters (JSON) or of signatures (a line each), a legacy guard"
          + " file, or",
      "a run folder with a _dedup.db. All of them are read, and never written to, before the first"
          + " is",
      "added."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay guard import results/run_20260115 --study my-study",
      "  assay guard import old.db parameters.json --file _dedup.db --json"
    })
final class GuardImportCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "PATH",
      description = "A file of parameters or signatures, a guard file, or a run folder.")
  private List<Path> paths = List.of();

  @Mixin private GuardOption target = new GuardOption();

  @Option(names = "--json", description = "One JSON object: asked, new, known.")
  private boolean json;

  private final Console console;

  GuardImportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    List<String> signatures = new ArrayList<>();
    paths.forEach(path -> read(path, signatures));
    try (OpenedGuard guard = target.open(console)) {
      GuardReport report = new GuardReport(signatures.size(), guard.add(signatures));
      console.out().println(json ? report.addedJson() : report.addedText());
      return ExitCode.OK;
    }
  }

  private void read(Path path, List<String> signatures) {
    Path file = Files.isDirectory(path) ? path.resolve(GuardDatabase.NAME) : path;
    if (!Files.exists(file)) {
      throw new UsageException(
          file.equals(path)
              ? path + ": there is no such file or directory"
              : "%s: found no %s in it, expected a run folder with one"
                  .formatted(path, GuardDatabase.NAME));
    }
    try {
      if (!SourceDatabase.isDatabase(file)) {
        signatures.addAll(SignatureInput.read(file.toString(), console));
        return;
      }
    } catch (IOException e) {
      throw new CommandException("%s: cannot be read: %s".formatted(file, e.getMessage()), e);
    }
    long left = GuardDatabase.signatures(file, signatures::addAll);
    if (left > 0) {
      console.note(
          "%s: %d rows hold no signature (64 hexadecimal digits) and were left out"
              .formatted(file, left));
    }
  }
}
