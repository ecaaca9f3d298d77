package dev.assay.storage.migrate;

import dev.assay.storage.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gives the columns of a table their roles: as the user says, else by the names that Optuna,
 * MLflow, W&B, Ray Tune, Ax and Assay itself give their columns. Each column has one role at most;
 * what the user says comes first. Used once.
 */
final class TableColumns {
  private static final List<String> PARAMS =
      List.of("params_*", "params.*", "param_*", "config/*", "config.*");
  private static final List<String> METRICS = List.of("metrics_*", "metrics.*");
  private static final List<String> USER_ATTRS = List.of("user_attrs_*");
  private static final List<String> SYSTEM_ATTRS = List.of("system_attrs_*");
  private static final List<String> STEPS = List.of("intermediate_values_*");
  private static final List<String> IDS =
      List.of("number", "run_id", "trial_id", "trial_index", "ID");
  private static final List<String> STATES = List.of("state", "State", "trial_status", "status");
  private static final List<String> STARTS = List.of("datetime_start", "start_time", "Created");
  private static final List<String> ENDS = List.of("datetime_complete", "end_time");
  private static final List<String> DURATIONS =
      List.of("duration", "duration_seconds", "Runtime", "time_total_s");

  private static final int COLUMNS_SHOWN = 60;

  private final String file;
  private final TableMapping mapping;
  private final List<String> columns;
  private final Set<String> free;
  private final Predicate<String> hasNumbers;

  private TableColumns(
      String file, TableMapping mapping, List<String> columns, Predicate<String> hasNumbers) {
    this.file = file;
    this.mapping = mapping;
    this.hasNumbers = hasNumbers;
    this.columns = columns.stream().filter(column -> !column.isEmpty()).toList();
    this.free = new LinkedHashSet<>(this.columns);
  }

  /**
   * The roles of a table's columns.
   *
   * @param file how messages call it
   * @param hasNumbers whether a column's cells are numbers, as far as advice needs it
   * @throws TableMappingException where a column that the user names is not there, or it cannot be
   *     told which columns are the parameters and the value
   */
  static TableRoles roles(
      String file, TableMapping mapping, List<String> columns, Predicate<String> hasNumbers) {
    return new TableColumns(file, mapping, columns, hasNumbers).roles();
  }

  private TableRoles roles() {
    Map<String, String> params = chosen("--params", mapping.params());
    List<String> values = new ArrayList<>(chosen("--value", mapping.values()).values());
    Map<String, String> metrics = chosen("--metrics", mapping.metrics());
    String state = named("--state", mapping.state(), STATES);
    String start = named("--start", mapping.start(), STARTS);
    String end = named("--end", mapping.end(), ENDS);
    String duration = named("--duration", mapping.duration(), DURATIONS);
    if (values.isEmpty()) {
      values.addAll(toldValues());
    }
    if (params.isEmpty()) {
      params = told(PARAMS);
    }
    if (values.isEmpty() || params.isEmpty()) {
      throw new TableMappingException(untold(values.isEmpty(), params.isEmpty()));
    }
    if (mapping.dots() == TableMapping.Dots.LEVELS) {
      requireLevels(params.keySet());
    }
    if (metrics.isEmpty()) {
      metrics = told(METRICS);
    }
    Map<Long, String> steps = steps();
    Map<String, String> systemAttrs = told(SYSTEM_ATTRS);
    String id = named("", null, IDS);
    return new TableRoles(
        params,
        mapping.dots(),
        values,
        directions(values.size()),
        metrics,
        steps,
        userAttrs(),
        systemAttrs,
        id,
        state,
        start,
        end,
        duration);
  }

  private void requireLevels(Set<String> params) {
    for (String name : params) {
      for (int dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
        if (params.contains(name.substring(0, dot))) {
          throw new TableMappingException(
              "%s: --nested: '%s' cannot be a parameter and hold '%s' too; choose NEW=COLUMN with another name"
                  .formatted(file, name.substring(0, dot), name));
        }
      }
    }
  }

  /** The columns that the user chooses, by the names that they get. */
  private Map<String, String> chosen(String option, List<String> choices) {
    Map<String, String> chosen = new LinkedHashMap<>();
    for (String choice : parted(choices)) {
      int equals = columns.contains(choice) ? -1 : choice.indexOf('=');
      String column = choice.substring(equals + 1);
      if (columns.contains(column)) {
        take(option, equals < 0 ? column : choice.substring(0, equals), column, chosen);
      } else if (column.indexOf('*') >= 0) {
        List<String> matches = matches(column);
        if (matches.isEmpty()) {
          throw missing(option, column);
        }
        String prefix = prefix(column);
        matches.forEach(match -> take(option, match.substring(prefix.length()), match, chosen));
      } else {
        throw missing(option, column);
      }
    }
    return chosen;
  }

  /** Commas part choices, but for those in a column's name. */
  private List<String> parted(List<String> choices) {
    return choices.stream()
        .flatMap(
            choice -> {
              int equals = choice.indexOf('=');
              boolean renamed = equals >= 0 && choice.lastIndexOf(',', equals) < 0;
              String column = renamed ? choice.substring(equals + 1) : choice;
              return columns.contains(choice) || columns.contains(column)
                  ? Stream.of(choice)
                  : Arrays.stream(choice.split(",")).map(String::strip);
            })
        .toList();
  }

  private void take(String option, String name, String column, Map<String, String> chosen) {
    if (!free.remove(column)) {
      throw new TableMappingException(
          "%s: %s: column '%s' was chosen before; a column can be one thing"
              .formatted(file, option, column));
    }
    if (name.isEmpty() || chosen.putIfAbsent(name, column) != null) {
      throw new TableMappingException(
          "%s: %s: column '%s' would be called '%s', which is %s; choose NEW=COLUMN with another name"
              .formatted(file, option, column, name, name.isEmpty() ? "no name" : "there before"));
    }
  }

  private List<String> matches(String pattern) {
    String regex =
        Pattern.compile("\\*")
            .splitAsStream(pattern + "\0")
            .map(part -> Pattern.quote(part.replace("\0", "")))
            .collect(Collectors.joining(".*"));
    Pattern compiled = Pattern.compile(regex, Pattern.DOTALL);
    return columns.stream()
        .filter(free::contains)
        .filter(column -> compiled.matcher(column).matches())
        .toList();
  }

  /** What is left out of the names that match; empty where they stay as they are. */
  private static String prefix(String pattern) {
    String prefix = pattern.substring(0, pattern.indexOf('*'));
    boolean ends = prefix.matches("(?s).*[./:_]") && pattern.length() == prefix.length() + 1;
    return ends ? prefix : "";
  }

  private @Nullable String named(String option, @Nullable String column, List<String> usual) {
    if (column == null) {
      String told = usual.stream().filter(free::contains).findFirst().orElse(null);
      if (told != null) {
        free.remove(told);
      }
      return told;
    }
    if (!columns.contains(column)) {
      throw missing(option, column);
    }
    take(option, column, column, new LinkedHashMap<>());
    return column;
  }

  /** The first of these patterns that columns match decides. */
  private Map<String, String> told(List<String> patterns) {
    for (String pattern : patterns) {
      Map<String, String> told = new LinkedHashMap<>();
      String prefix = prefix(pattern);
      for (String match : matches(pattern)) {
        if (match.length() > prefix.length()) {
          told.put(match.substring(prefix.length()), match);
        }
      }
      if (!told.isEmpty()) {
        free.removeAll(told.values());
        return told;
      }
    }
    return Map.of();
  }

  /** Optuna's column or columns, by number or by name, else the only metric. */
  private List<String> toldValues() {
    List<String> told =
        Stream.of("value", "values_*", "value_*")
            .map(this::matches)
            .filter(matches -> !matches.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (told.isEmpty()) {
      List<String> metrics =
          METRICS.stream().flatMap(pattern -> matches(pattern).stream()).toList();
      told = metrics.size() == 1 ? metrics : List.of();
    }
    told.forEach(free::remove);
    return told;
  }

  private Map<Long, String> steps() {
    Map<Long, String> steps = new LinkedHashMap<>();
    Map<String, String> told = told(STEPS);
    told.forEach(
        (step, column) -> {
          if (step.matches("\\d{1,18}")) {
            steps.put(Long.valueOf(step), column);
          } else {
            free.add(column);
          }
        });
    return steps;
  }

  /** Whatever has no other role, Optuna's own without their prefix. */
  private Map<String, String> userAttrs() {
    Map<String, String> attributes = new LinkedHashMap<>(told(USER_ATTRS));
    for (String column : columns) {
      if (free.contains(column)) {
        attributes.putIfAbsent(
            attributes.containsKey(column) ? column + " (column)" : column, column);
      }
    }
    return attributes;
  }

  private List<Direction> directions(int values) {
    List<Direction> given = mapping.directions();
    if (given.size() > 1 && given.size() != values) {
      throw new TableMappingException(
          "%s: --direction: found %d, expected one, or one for each of the %d values"
              .formatted(file, given.size(), values));
    }
    List<Direction> directions = new ArrayList<>();
    for (int i = 0; i < values; i++) {
      directions.add(given.isEmpty() ? Direction.MINIMIZE : given.get(given.size() == 1 ? 0 : i));
    }
    return directions;
  }

  private TableMappingException missing(String option, String column) {
    return new TableMappingException(
        "%s: %s: there is no column '%s'; the columns are %s"
            .formatted(file, option, column, shown()));
  }

  private String untold(boolean noValue, boolean noParams) {
    List<String> rest = columns.stream().filter(free::contains).toList();
    String value = noValue ? likelyValue(rest) : "";
    String params =
        rest.stream()
            .filter(column -> !column.equals(value))
            .limit(2)
            .collect(Collectors.joining(","));
    return "%s: it cannot be told which columns are %s; the columns are %s; say it, such as: assay migrate %s%s%s"
        .formatted(
            file,
            noValue && noParams
                ? "the parameters and the value"
                : noValue ? "the value" : "the parameters",
            shown(),
            quoted(file),
            noParams ? " --params " + (params.isEmpty() ? "COLUMN" : quoted(params)) : "",
            noValue ? " --value " + quoted(value) : "");
  }

  /** A metric, or the last column of numbers. */
  private String likelyValue(List<String> rest) {
    return METRICS.stream()
        .flatMap(pattern -> matches(pattern).stream())
        .findFirst()
        .orElseGet(
            () ->
                rest.stream()
                    .filter(hasNumbers)
                    .reduce((first, second) -> second)
                    .orElse("COLUMN"));
  }

  private String shown() {
    String shown = columns.stream().limit(COLUMNS_SHOWN).collect(Collectors.joining(", "));
    return columns.size() > COLUMNS_SHOWN
        ? "%s and %d more".formatted(shown, columns.size() - COLUMNS_SHOWN)
        : shown;
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_./,:=-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }
}
