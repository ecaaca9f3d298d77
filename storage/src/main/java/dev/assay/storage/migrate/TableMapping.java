package dev.assay.storage.migrate;

import dev.assay.storage.Direction;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a table mean, as far as the user has said it; the rest is told from the names
 * that trackers give their columns.
 *
 * <p>A choice is a column's name, {@code NEW=COLUMN}, or a name with {@code *} for any characters;
 * several are parted by commas. Where a star ends it after a dot, slash, colon or underscore, what
 * stands before the star is left out of the names: {@code params_*} makes {@code lr} of {@code
 * params_lr}.
 *
 * @param study the study's name; null for the file's
 * @param params choices of parameters; empty for those that can be told
 * @param dots whether dots in a parameter's name are levels of nested parameters
 * @param values columns of the objectives' values, in their order; empty for those that can be told
 * @param directions one for all values, or one for each; empty for minimizing
 * @param metrics choices of metrics
 * @param state the column of states; null for the one that can be told, likewise the next three
 * @param start the column of times at which trials began
 * @param end the column of times at which trials finished
 * @param duration the column of durations: seconds, or texts such as {@code 0 days 00:01:30.5}
 */
public record TableMapping(
    @Nullable String study,
    List<String> params,
    Dots dots,
    List<String> values,
    List<Direction> directions,
    List<String> metrics,
    @Nullable String state,
    @Nullable String start,
    @Nullable String end,
    @Nullable String duration) {

  /** Nothing said. */
  public static final TableMapping NONE =
      new TableMapping(
          null, List.of(), Dots.KEPT, List.of(), List.of(), List.of(), null, null, null, null);

  /** What a dot in a parameter's name is. */
  public enum Dots {
    /** A character of the name. */
    KEPT,
    /** A level of nested parameters. */
    LEVELS
  }

  public TableMapping {
    params = List.copyOf(params);
    values = List.copyOf(values);
    directions = List.copyOf(directions);
    metrics = List.copyOf(metrics);
  }
}
