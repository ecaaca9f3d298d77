package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.Synergy;
import dev.assay.storage.json.CanonicalJson;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay synergy}. */
@Command(
    name = "synergy",
    header = "Says which values, alone and in pairs, the better trials of a run have.",
    description = {
      "As the legacy system's tool: numbers are put into bins with about as many valid trials each."
          + " Lift is",
      "by how much the median score in a parameter's best bin is better than the run's median;"
          + " synergy, by how",
      "much that of two bins together is better than that of the better one alone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay synergy backtest",
      "  assay synergy run_20260112 --pairs 15 --csv .",
      "  assay synergy backtest --bins 6 --json"
    })
final class SynergyCommand implements Callable<Integer> {
  private static final int SHOWN = 12;

  @Parameters(
      paramLabel = "RUN",
      description = "A study's name, an unambiguous beginning of one, or a run's folder.")
  private String run = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--params",
      paramLabel = "N",
      defaultValue = "12",
      description = "How many parameters are paired; ${DEFAULT-VALUE} by default.")
  private int parameters;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      defaultValue = "25",
      description = "How many pairs are listed; ${DEFAULT-VALUE} by default.")
  private int pairs;

  @Option(
      names = "--bins",
      paramLabel = "N",
      defaultValue = "4",
      description = "How many bins numbers are put into; ${DEFAULT-VALUE} by default.")
  private int bins;

  @Option(
      names = "--min-count",
      paramLabel = "N",
      defaultValue = "3",
      description = "How many trials a bin has to have; ${DEFAULT-VALUE} by default.")
  private int observations;

  @Option(
      names = "--csv",
      paramLabel = "DIR",
      description = "Writes " + Synergy.SINGLES_FILE + " and " + Synergy.PAIRS_FILE + " there.")
  private @Nullable Path csv;

  @Option(names = "--json", description = "One JSON object on standard output.")
  private boolean json;

  private final Console console;

  SynergyCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Synergy synergy = synergy();
    if (csv != null) {
      write(csv.resolve(Synergy.SINGLES_FILE), synergy.singlesCsv());
      write(csv.resolve(Synergy.PAIRS_FILE), synergy.pairsCsv());
    }
    if (json) {
      console.out().println(CanonicalJson.compact(synergy.toJson()));
    } else {
      console.show(synergy.toLines(SHOWN));
    }
    return ExitCode.OK;
  }

  private Synergy synergy() {
    Numbers.atLeast("--params", 2, (long) parameters);
    Numbers.atLeast("--pairs", 1, (long) pairs);
    Numbers.atLeast("--bins", 2, (long) bins);
    Numbers.atLeast("--min-count", 1, (long) observations);
    try (OpenedStore opened = OpenedStore.of(store.directory(console), console);
        Analytics analytics = opened.analytics()) {
      return Synergy.of(analytics, run, new Synergy.Options(parameters, pairs, bins, observations));
    } catch (AnalyticsException e) {
      throw OpenedStore.shown(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new CommandException(
          "%s is there already: move it away, or name another directory".formatted(file), e);
    } catch (IOException e) {
      throw new CommandException("%s cannot be written: %s".formatted(file, e), e);
    }
  }
}
