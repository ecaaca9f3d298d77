package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.Summary;
import dev.assay.analytics.TrialExplanation;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay explain}. */
@Command(
    name = "explain",
    header = "Says where a trial stands, and what it has other than the best one.",
    description = {
      "Its place among the complete trials, the parameters and metrics that differ from those of"
          + " the best or",
      "of another trial, and its files, which --log and --file print as they are; on a terminal"
          + " control",
      "characters in them are shown as escapes."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay explain backtest 12",
      "  assay explain run_20260115 trial_003 --with 27 --json",
      "  assay explain run_20260115 trial_003 --log",
      "  assay explain run_20260115 trial_003 --file trial_003_config.json > config.json"
    })
final class ExplainCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Parameters(index = "1", paramLabel = "TRIAL", description = TrialArgument.DESCRIPTION)
  private String trial = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--with",
      paramLabel = "TRIAL",
      description = "Which trial to compare it with; the best by default.")
  private @Nullable String with;

  @Option(names = "--log", description = "Prints the trial's log, and nothing else.")
  private boolean log;

  @Option(
      names = "--file",
      paramLabel = "NAME",
      description = "Prints one of the trial's files, and nothing else.")
  private @Nullable String file;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  ExplainCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    if ((log ? 1 : 0) + (file == null ? 0 : 1) + (json ? 1 : 0) > 1) {
      throw new UsageException("--log, --file and --json exclude each other");
    }
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console)) {
      StudyRecord study = opened.study(run);
      FrozenTrial found = TrialArgument.find(opened.store(), study, trial);
      TrialFilesOf files = TrialFilesOf.of(opened.store(), study, found);
      if (log) {
        files.print(
            String.valueOf(found.trialFile()).replaceFirst("\\.json$", "") + ".log", console);
      } else if (file != null) {
        files.print(file, console);
      } else {
        FrozenTrial other = other(opened.store(), study);
        try (Analytics analytics = opened.analytics()) {
          show(TrialExplanation.of(analytics, study, found, other), files);
        }
      }
      return ExitCode.OK;
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }

  private @Nullable FrozenTrial other(ReadableStore from, StudyRecord study) {
    return with == null ? from.bestTrial(study.id()) : TrialArgument.find(from, study, with);
  }

  private void show(TrialExplanation explanation, TrialFilesOf files) {
    if (json) {
      ObjectNode node = explanation.toJson();
      ArrayNode list = node.putArray("files");
      files
          .sizes()
          .forEach((name, bytes) -> list.addObject().put("name", name).put("bytes", bytes));
      console.out().println(Summary.jsonText(node));
      return;
    }
    console.show(explanation.toLines());
    if (!files.sizes().isEmpty()) {
      console.show(List.of("", "files: " + String.join(", ", files.sizes().keySet())));
    }
  }
}
