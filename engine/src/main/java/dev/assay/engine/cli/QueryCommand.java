package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.ResultFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code assay query}. */
@Command(
    name = "query",
    header = "Answers SQL over the store's trials.",
    description = {
      "Views: trials, studies (runs), params, metrics, intermediate_values, files, and",
      "trials_of('study') with a column a parameter. The SQL is DuckDB's."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay query \"SELECT study_id, number, value FROM trials ORDER BY value DESC LIMIT 5\"",
      "  assay query \"SELECT * FROM trials_of('backtest')\" --format csv > backtest.csv",
      "  assay query \"SELECT name, avg(value_double) FROM metrics GROUP BY name\" --format json"
    })
final class QueryCommand implements Callable<Integer> {
  @Parameters(paramLabel = "SQL", description = "What to ask.")
  private String sql = "";

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "table",
      description =
          "table (the default), csv, json, arrow (an IPC stream) or feather (an Arrow IPC file).")
  private String format = "table";

  private final Console console;

  QueryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path directory = store.directory(console);
    ResultFormat wanted = format();
    try (OpenedStore opened = OpenedStore.of(directory, console);
        Analytics analytics = opened.analytics()) {
      analytics.query(sql, wanted, console.out());
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CommandException("the result cannot be written: " + e.getMessage(), e);
    }
  }

  private ResultFormat format() {
    for (ResultFormat candidate : ResultFormat.values()) {
      if (candidate.name().equalsIgnoreCase(format)) {
        return candidate;
      }
    }
    throw new UsageException(
        "--format is '%s', expected table, csv, json, arrow or feather".formatted(format));
  }
}
