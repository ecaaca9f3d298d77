package dev.assay.engine.cli;

import dev.assay.analytics.Analytics;
import dev.assay.analytics.AnalyticsException;
import dev.assay.analytics.ResultFormat;
import dev.assay.analytics.SqlScript;
import dev.assay.storage.export.IfThere;
import dev.assay.storage.export.NewTarget;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "trials_of('study') with a column a parameter. Also: best_so_far, top_trials, top_by,",
      "top_by_study, bins_of, pareto_front, duration_percentiles, throughput, duplicates_saved;",
      "the comments in duckdb_views() and duckdb_functions() describe them. The SQL is DuckDB's.",
      "",
      "Several statements, with ';' between them, run one after the other, and each result is",
      "written; json, arrow, feather and parquet hold one. The first that fails ends it, with",
      "exit code 1 and its place."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  assay query \"SELECT study_id, number, value FROM trials ORDER BY value DESC LIMIT 5\"",
      "  assay query \"FROM top_trials('backtest', 3)\" --format jsonl",
      "  assay query \"FROM trials_of(\\$run)\" --param run=backtest -o backtest.parquet",
      "  assay query -f report.sql --param run=backtest -o report.csv --force"
    })
final class QueryCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "SQL", description = "What to ask.")
  private @Nullable String sql;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description = "A file of statements instead of SQL; - is standard input.")
  private @Nullable String file;

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = {
        "What $NAME stands for in a statement, as if it were written in quotes there;",
        "$NAME::INT makes a number of it where that does not go by itself."
      })
  private List<String> params = List.of();

  @Mixin private StoreOption store = new StoreOption();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = {
        "table (the default), csv, json, jsonl (JSON lines), arrow (an IPC stream), feather",
        "(an Arrow IPC file) or parquet; else what the name of the file after -o says",
        "(.arrow is an IPC file, .arrows an IPC stream)."
      })
  private @Nullable String format;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      description = "Where results go, as a whole or not at all; else standard output.")
  private @Nullable String output;

  @Option(names = "--force", description = "Replaces a file that is there.")
  private boolean force;

  private final Console console;

  QueryCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path directory = store.directory(console);
    QueryFormat wanted = QueryFormat.of(format, output);
    Path target = output == null ? null : TargetPath.of("-o", output);
    if (target != null) {
      TargetPath.requireOutside("-o", target, directory);
    } else if (force) {
      throw new UsageException("--force replaces the file after -o, and there is none");
    }
    TextInput input = input();
    String place = file == null ? "" : input.name() + ": ";
    SqlScript script = script(input.text(), place);
    try (OpenedStore opened = OpenedStore.of(directory, console);
        Analytics analytics = opened.analytics()) {
      write(analytics, script, wanted, target);
      return ExitCode.OK;
    } catch (AnalyticsException e) {
      throw file == null ? e : new AnalyticsException(place + e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandException("the result cannot be written: " + e.getMessage(), e);
    }
  }

  private TextInput input() {
    if (sql != null && file == null) {
      return new TextInput("", sql);
    }
    if (sql == null && file != null) {
      return TextInput.read(file, console);
    }
    throw new UsageException(
        sql == null
            ? "there is nothing to ask; give SQL, or a file of it with -f"
            : "found SQL and -f, expected one of the two");
  }

  private SqlScript script(String text, String place) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String param : params) {
      int equals = param.indexOf('=');
      if (equals < 1) {
        throw new UsageException("--param is '%s', expected NAME=VALUE".formatted(param));
      }
      String name = param.substring(0, equals);
      if (values.put(name, param.substring(equals + 1)) != null) {
        throw new UsageException("--param gives %s twice".formatted(name));
      }
    }
    try {
      return SqlScript.of(text, values);
    } catch (AnalyticsException e) {
      throw new UsageException(place + e.getMessage());
    }
  }

  private void write(
      Analytics analytics, SqlScript script, QueryFormat wanted, @Nullable Path target)
      throws IOException {
    ResultFormat streamed = wanted.streamed();
    if (target == null) {
      analytics.query(script, streamed == null ? ResultFormat.TABLE : streamed, console.out());
      return;
    }
    try (NewTarget written = NewTarget.at(target, force ? IfThere.REPLACE : IfThere.REFUSE)) {
      if (streamed == null) {
        analytics.writeParquet(script, written.temporary());
      } else {
        try (OutputStream out =
            new BufferedOutputStream(
                Files.newOutputStream(written.temporary(), StandardOpenOption.CREATE_NEW))) {
          analytics.query(script, streamed, out);
        }
      }
      written.publish();
    }
  }
}
