package dev.assay.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.assay.storage.StoreException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program behind {@code src-test/bin/generate-store}. */
@Command(
    name = "generate-store",
    header = "Makes a store of made-up trials, of any size.",
    description = {
      "Of 50 trials one failed and five were pruned; parameters are in turn real, logarithmic, whole,",
      "one of four choices, and nested with steps. The same numbers give the same trials, on any machine.",
      "Figures of how long it took go to standard error."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  generate-store /tmp/store --trials 100000 --params 10 --studies 20",
      "  generate-store /tmp/large --trials 10000000 --params 20 --studies 200 --seed 7"
    },
    sortOptions = false,
    usageHelpAutoWidth = true)
final class GenerateStore implements Callable<Integer> {
  private static final long QUIET_NANOS = 5_000_000_000L;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The store, which is not there yet.")
  private Path directory = Path.of("");

  @Option(
      names = "--trials",
      required = true,
      paramLabel = "N",
      description = "How many, in all studies together.")
  private long trials;

  @Option(names = "--params", required = true, paramLabel = "P", description = "Of each trial.")
  private int parameters;

  @Option(names = "--studies", required = true, paramLabel = "S", description = "How many.")
  private int studies;

  @Option(names = "--seed", paramLabel = "K", description = "Else ${DEFAULT-VALUE}.")
  private long seed;

  @SuppressWarnings("UnusedVariable") // The option itself is what picocli looks at.
  @Option(names = "--help", usageHelp = true, description = "Print this.")
  private boolean help;

  private long begin;
  private long told;

  /**
   * Ends the JVM with 0, 1 where the store could not be written, or 2 where it was called wrong.
   */
  public static void main(String[] args) {
    System.exit(
        run(
            new PrintWriter(System.out, true, UTF_8),
            new PrintWriter(System.err, true, UTF_8),
            args));
  }

  static int run(PrintWriter out, PrintWriter err, String... args) {
    return new CommandLine(new GenerateStore()).setOut(out).setErr(err).execute(args);
  }

  @Override
  public Integer call() throws IOException {
    if (Files.exists(directory)) {
      throw wrong("%s is there already; name a directory that is not".formatted(directory));
    }
    GeneratedStore store;
    try {
      store = new GeneratedStore(trials, parameters, studies, seed);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
    begin = System.nanoTime();
    told = begin;
    try {
      store.write(directory, this::tell);
    } catch (IOException | StoreException e) {
      note(
          "%s; %s holds what was done so far, delete it and begin again"
              .formatted(e.getMessage(), directory));
      return 1;
    }
    note(
        "%s: %.0f MB, in %.1f s, %.1f s of CPU, %.0f MB of memory"
            .formatted(
                directory,
                BenchStore.bytes(directory) / 1e6,
                seconds(),
                ProcessCost.ownSeconds(),
                BenchStore.peakMegabytes()));
    return 0;
  }

  private CommandLine.ParameterException wrong(String message) {
    return new CommandLine.ParameterException(spec.commandLine(), message);
  }

  private void tell(GeneratedStore.Progress done) {
    if (done.studies() == studies || System.nanoTime() - told > QUIET_NANOS) {
      told = System.nanoTime();
      note(
          String.format(
              Locale.ROOT,
              "%d of %d studies, %,d trials, %,.0f a second",
              done.studies(),
              studies,
              done.trials(),
              done.trials() / seconds()));
    }
  }

  private double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  private void note(String message) {
    spec.commandLine().getErr().println("generate-store: " + message);
  }
}
