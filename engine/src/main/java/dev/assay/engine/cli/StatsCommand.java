package dev.assay.engine.cli;

import dev.assay.storage.StoreState;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code assay stats}. */
@Command(
    name = "stats",
    header = "Shows what is in a store: sizes, trials by state, parts, workers, settings.",
    description = {
      "The settings are SQLite's, as they are in force for this process: assay run says with",
      "--durability which it wants. A worker is a process that has the store open."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  assay stats", "  assay stats --store results --json"})
final class StatsCommand implements Callable<Integer> {
  @Mixin private StoreOption store = new StoreOption();

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  StatsCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StoreState state = opened.store().state();
      if (json) {
        console.out().println(StoreStateText.json(state));
      } else {
        console.show(StoreStateText.lines(state));
      }
      return ExitCode.OK;
    }
  }
}
