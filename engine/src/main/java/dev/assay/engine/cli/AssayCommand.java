package dev.assay.engine.cli;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code assay} without a command. */
@Command(
    name = "assay",
    header = "Runs optimization studies, keeps their trials and answers SQL over them.",
    synopsisHeading = "%n",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay run datasets/studies/backtest.yaml",
      "  assay query \"SELECT number, value FROM trials ORDER BY value DESC LIMIT 5\"",
      "  assay summary backtest",
      "",
      "The store is ./assay-store, or ASSAY_STORE, or --store DIR.",
      "assay COMMAND --help says more about a command."
    })
final class AssayCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Says what the command does, and how.")
  @SuppressWarnings("UnusedVariable") // picocli looks at it.
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      description = "Prints the version.")
  private boolean version;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Says more, and prints the trace of an error.")
  private boolean verbose;

  @Spec private @Nullable CommandSpec spec;

  private final Console console;

  AssayCommand(Console console) {
    this.console = console;
  }

  boolean isVerbose() {
    return verbose;
  }

  @Override
  public Integer call() {
    if (version) {
      console.out().println("assay " + Main.version());
      return ExitCode.OK;
    }
    requireNonNull(spec, "spec is null").commandLine().usage(console.err());
    return ExitCode.USAGE;
  }
}
