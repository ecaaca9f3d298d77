package dev.assay.engine.cli;

import dev.assay.engine.RunSettings;
import dev.assay.storage.Durability;
import dev.assay.storage.TrialFiles;
import dev.assay.storage.json.Signatures;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code assay run}: its options. {@link RunSession} does what they say. */
@Command(
    name = "run",
    header = "Runs the study of a YAML file, or goes on with it.",
    description = {
      "Trials go into the store; a study of the same name that is there already is continued.",
      "Parameters that the study has are not evaluated again. Where the file has a validation:, the best trials are evaluated once more on its settings at the end. Ctrl-C stops cleanly, a second one at once."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay run datasets/studies/backtest.yaml",
      "  assay run study.yaml --trials 500 --workers 8 --seed 1 --store results",
      "  assay run study.yaml --objective 'python backtest.py --params {params_file} --out {result_file}'",
      "  assay run study.yaml --json > trials.jsonl"
    })
final class RunCommand implements Callable<Integer> {
  @Parameters(paramLabel = "STUDY.yaml", description = "The study file.")
  private Path file = Path.of("");

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--trials",
      paramLabel = "N",
      description = "How many trials the study may have in all, earlier runs included.")
  private @Nullable Long trials;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description =
          "How many trials run at once; else GENESIS_MAX_CONCURRENT, else the file's, else one a processor.")
  private @Nullable Long workers;

  @Option(names = "--seed", paramLabel = "N", description = "What random numbers start from.")
  private @Nullable Long seed;

  @Option(
      names = "--sampler",
      paramLabel = "NAME",
      description = "auto, tpe, gp, cmaes, nsga2, qmc, random or grid, in place of the file's.")
  private @Nullable String sampler;

  @Option(
      names = "--objective",
      paramLabel = "COMMAND",
      description =
          "What to run for a trial, in place of the file's: {params_file}, {result_file} and {name} of a parameter are replaced; no shell is involved.")
  private @Nullable String objective;

  @Option(
      names = "--timeout",
      paramLabel = "TIME",
      description = "Begin no more trials after 90, 90s, 30m, 2h or 1d.")
  private @Nullable String timeout;

  @Option(
      names = "--durability",
      paramLabel = "normal|full",
      description =
          "What a finished trial survives, in place of the file's: normal, the default, any end of the process; full also a power failure.")
  private @Nullable String durability;

  @Option(
      names = "--trial-files",
      paramLabel = "keep|compacted|none",
      description =
          "The trials' JSON files in a new study, in place of the file's: keep, the default; compacted, packed into the archive with their logs bit by bit; none. 'assay restore' has them in any case.")
  private @Nullable String trialFiles;

  @Option(
      names = "--cache-keys",
      paramLabel = "N",
      description = "How many trial keys are remembered; 10000 by default, 0 for none.")
  private @Nullable Long cacheKeys;

  @Option(
      names = "--cache-signatures",
      paramLabel = "N",
      description = "How many parameter signatures are remembered; 5000 by default, 0 for none.")
  private @Nullable Long cacheSignatures;

  @Option(names = "--json", description = "A JSON line a trial on standard output, and a last one.")
  private boolean json;

  @Option(names = "--no-progress", description = "No progress line on a terminal.")
  private boolean noProgress;

  @Option(names = "--quiet", description = "Neither progress nor a line a trial.")
  private boolean quiet;

  @ParentCommand private @Nullable AssayCommand assay;

  private final Console console;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RunRequest request =
        new RunRequest(
            file,
            store.directory(console),
            Numbers.atLeast("--trials", 0, trials),
            Numbers.upTo("--workers", RunSettings.MAX_WORKERS, workers),
            seed,
            sampler,
            objective,
            timeout == null ? null : TimeSpan.parse("--timeout", timeout),
            Chosen.of("--durability", durability, Durability.class),
            Chosen.of("--trial-files", trialFiles, TrialFiles.class),
            cache("--cache-keys", cacheKeys, Signatures.DEFAULT_KEY_LIMIT),
            cache("--cache-signatures", cacheSignatures, Signatures.DEFAULT_SIGNATURE_LIMIT),
            json,
            talk(),
            assay != null && assay.isVerbose());
    return new RunSession(request, console).run();
  }

  private static int cache(String option, @Nullable Long entries, int otherwise) {
    if (entries != null && (entries < 0 || entries > Integer.MAX_VALUE)) {
      throw new UsageException(
          "%s is %d, expected 0 to %d".formatted(option, entries, Integer.MAX_VALUE));
    }
    return entries == null ? otherwise : entries.intValue();
  }

  private RunRequest.Talk talk() {
    if (quiet) {
      return RunRequest.Talk.QUIET;
    }
    return console.isTerminal() && !noProgress
        ? RunRequest.Talk.PROGRESS_LINE
        : RunRequest.Talk.LINE_A_TRIAL;
  }
}
