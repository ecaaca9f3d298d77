package dev.assay.engine.cli;

import dev.assay.engine.Choice;
import dev.assay.storage.Direction;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.migrate.TableMigration;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the columns of a table mean, in {@code assay migrate}. */
final class TableOptions {
  @Option(
      names = "--params",
      paramLabel = "COLUMNS",
      description = {
        "The parameters of a table: names with commas, NEW=COLUMN, or a name with a star",
        "('params_*': without that prefix). What is left out is told from the columns' names."
      })
  private List<String> params = List.of();

  @Option(
      names = "--nested",
      description = "Dots in the names of a table's parameters are levels of nested ones.")
  private boolean nested;

  @Option(
      names = "--value",
      paramLabel = "COLUMNS",
      description = "The column of a table's value; several, with commas, are several objectives.")
  private List<String> values = List.of();

  @Option(
      names = "--direction",
      paramLabel = "WAY",
      split = ",",
      description = "minimize or maximize a table's value, or one for each; default: minimize.")
  private List<String> directions = List.of();

  @Option(
      names = "--metrics",
      paramLabel = "COLUMNS",
      description = "Metrics of a table, as --params; all other columns are user attributes.")
  private List<String> metrics = List.of();

  @Option(
      names = "--state",
      paramLabel = "COLUMN",
      description = "The column of states, in the words of the usual trackers.")
  private @Nullable String state;

  @Option(names = "--start", paramLabel = "COLUMN", description = "When a table's trials began.")
  private @Nullable String start;

  @Option(names = "--end", paramLabel = "COLUMN", description = "When a table's trials finished.")
  private @Nullable String end;

  @Option(
      names = "--duration",
      paramLabel = "COLUMN",
      description = "How long a table's trials took: seconds, or '0 days 00:01:30'.")
  private @Nullable String duration;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "The name of the study that a table becomes; default: the file's.")
  private @Nullable String name;

  /**
   * What was said of the tables among the sources.
   *
   * @param study the one Optuna study that is asked for
   */
  TableMapping mapping(List<Path> sources, @Nullable String study) {
    TableMapping mapping = mapping();
    long tables = sources.stream().filter(TableMigration::isTable).count();
    if (tables == 0 && !mapping.equals(TableMapping.NONE)) {
      throw new UsageException(
          "--params, --value and the like are for tables, and no source is one; give a file that"
              + " ends in .csv, .tsv, .jsonl or .parquet");
    }
    if (tables > 1 && name != null) {
      throw new UsageException(
          "--name: found %d tables, expected one; migrate them one by one".formatted(tables));
    }
    if (tables > 0 && study != null) {
      throw new UsageException(
          "--study: takes a study out of an Optuna source, and a table is none; --name is what a"
              + " table's study is to be called");
    }
    return mapping;
  }

  private TableMapping mapping() {
    return new TableMapping(
        name,
        params,
        nested ? TableMapping.Dots.LEVELS : TableMapping.Dots.KEPT,
        values,
        directions.stream().map(TableOptions::direction).toList(),
        metrics,
        state,
        start,
        end,
        duration);
  }

  private static Direction direction(String word) {
    Choice<Direction> choice = Choice.of(Direction.class);
    Direction direction = choice.find(word.strip());
    if (direction == null) {
      throw new UsageException(
          "--direction: found '%s', expected %s".formatted(word, choice.names()));
    }
    return direction;
  }
}
