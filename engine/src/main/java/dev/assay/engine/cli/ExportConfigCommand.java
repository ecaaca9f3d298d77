package dev.assay.engine.cli;

import dev.assay.engine.TrialConfig;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code assay export-config}. */
@Command(
    name = "export-config",
    header = "Prints a study file with one trial's parameters as fixed values.",
    description = {
      "Run it again as it is, or give some of the parameters ranges and refine it. The objective is"
          + " that",
      "of the study's own file where it is still there; else add one, or give 'assay run'"
          + " --objective."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay export-config backtest best > best.yaml",
      "  assay export-config run_20260115 trial_028 > again.yaml",
      "  assay export-config backtest 27 > refined.yaml"
    })
final class ExportConfigCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Parameters(index = "1", paramLabel = "TRIAL", description = TrialArgument.DESCRIPTION)
  private String trial = "";

  @Mixin private StoreOption store = new StoreOption();

  private final Console console;

  ExportConfigCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord study = opened.study(run);
      FrozenTrial found = TrialArgument.find(opened.store(), study, trial);
      if (found.params().isEmpty()) {
        throw new CommandException(
            "trial %d of '%s' has no parameters".formatted(found.number(), study.name()));
      }
      TrialConfig config = TrialConfig.of(study, found);
      console.out().print(config.text());
      if (!config.hasObjective()) {
        console.note("it has no objective: add objective:, or run it with --objective");
      }
      return ExitCode.OK;
    }
  }
}
