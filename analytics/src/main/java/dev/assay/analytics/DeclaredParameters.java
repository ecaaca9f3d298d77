package dev.assay.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Parameters whose trials say which values were possible. DuckDB reads numbers from the columns
 * that hold them, or out of the parameters' JSON, and finds out which choice a value is.
 */
final class DeclaredParameters implements ParameterSource {
  /** What SQL cannot say: nothing, and half a surrogate pair. */
  private static final Pattern UNSPEAKABLE = Pattern.compile("[\\x{0}\\x{D800}-\\x{DFFF}]");

  private final List<ParameterSpace> spaces;
  private final Map<Long, Integer> placeOfSpace = new HashMap<>();
  private final Map<String, String> promoted;
  private final int trials;
  private final List<Parameter> parameters = new ArrayList<>();
  private final List<String> select = new ArrayList<>(List.of("target"));

  /** A parameter on its way from the result's rows. */
  private final class Parameter {
    private final String name;
    private final Regimes regimes;
    private final int[] regime = new int[trials];
    private final double[] internal = new double[trials];

    /** The JSON of all choices, and by regime the indices that these have there. */
    private final List<String> choices;

    private final List<int[]> indices = new ArrayList<>();

    /** The column of the number, 0 for none; of the choice's place, and behind it of its text. */
    private int number;

    private int choice;

    Parameter(String name) {
      this.name = name;
      regimes = Regimes.of(spaces, name);
      Set<JsonNode> known = new LinkedHashSet<>();
      for (Distribution each : regimes.distributions()) {
        known.addAll(each instanceof CategoricalDistribution c ? c.choices() : List.of());
      }
      choices = known.stream().map(CanonicalJson::compact).toList();
      for (Distribution each : regimes.distributions()) {
        indices.add(
            each instanceof CategoricalDistribution c
                ? known.stream().mapToInt(c::indexOf).toArray()
                : new int[0]);
      }
    }

    void take(int trial, int space, ResultSet row) throws SQLException {
      int at = regimes.ofSpace()[space];
      double value = at == ParameterColumn.ABSENT ? Double.NaN : internal(at, row);
      regime[trial] = Double.isNaN(value) ? ParameterColumn.ABSENT : at;
      internal[trial] = value;
    }

    /** NaN where the value is missing or none of this distribution. */
    private double internal(int at, ResultSet row) throws SQLException {
      Distribution distribution = regimes.distributions().get(at);
      if (distribution instanceof CategoricalDistribution categorical) {
        int place = row.getInt(choice);
        int index = place > 0 ? indices.get(at)[place - 1] : index(categorical, row);
        return index < 0 ? Double.NaN : index;
      }
      double value = row.getDouble(number);
      return row.wasNull() ? Double.NaN : Regimes.internal(distribution, value);
    }

    private int index(CategoricalDistribution categorical, ResultSet row) throws SQLException {
      String json = row.getString(choice + 1);
      try {
        return json == null ? -1 : categorical.indexOf(Json.parse(json));
      } catch (JsonProcessingException e) {
        return -1;
      }
    }

    ParameterColumn column() {
      return new ParameterColumn(name, regimes.distributions(), regime, internal);
    }
  }

  /**
   * @param spaces of all trials that are to come
   * @param promoted the columns by the keys of parameters
   */
  DeclaredParameters(List<ParameterSpace> spaces, Map<String, String> promoted) {
    this.spaces = spaces;
    this.promoted = promoted;
    this.trials = (int) spaces.stream().mapToLong(ParameterSpace::trials).sum();
    for (ParameterSpace space : spaces) {
      placeOfSpace.put(space.id(), placeOfSpace.size());
    }
    select.add(spaces.size() == 1 ? "0" : ParameterSpace.ID);
    Set<String> names = new LinkedHashSet<>();
    spaces.forEach(space -> names.addAll(space.declared().keySet()));
    names.forEach(this::add);
  }

  /** Whether the parameters of all spaces can be named in SQL. */
  static boolean canRead(List<ParameterSpace> spaces) {
    return spaces.stream()
        .flatMap(space -> space.declared().keySet().stream())
        .noneMatch(name -> UNSPEAKABLE.matcher(name).find());
  }

  private void add(String name) {
    Parameter parameter = new Parameter(name);
    List<List<String>> paths =
        spaces.stream()
            .map(space -> space.paths().get(name))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    String json =
        paths.stream()
            .map(path -> Views.literal(ParameterLeaves.pointer(path)))
            .map("json_extract(assay_json(params), %s)::VARCHAR"::formatted)
            .collect(Collectors.joining(", ", "coalesce(", ")"));
    if (!parameter.choices.isEmpty()) {
      String known =
          parameter.choices.stream()
              .map(Views::literal)
              .collect(Collectors.joining(", ", "[", "]"));
      select.add("list_position(%s, %s)".formatted(known, json));
      parameter.choice = select.size();
      select.add("CASE WHEN NOT list_contains(%s, %s) THEN %2$s END".formatted(known, json));
    }
    if (!parameter.regimes.distributions().stream()
        .allMatch(CategoricalDistribution.class::isInstance)) {
      select.add(
          paths.stream()
              .map(path -> promoted.get(PromotedColumns.key(path)))
              .filter(Objects::nonNull)
              .map(column -> "TRY_CAST(%s AS DOUBLE)".formatted(quoted(column)))
              .collect(Collectors.joining(", ", "coalesce(", ""))
              .concat(", TRY_CAST(%s AS DOUBLE))".formatted(json))
              .replace("coalesce(, ", "coalesce("));
      parameter.number = select.size();
    }
    parameters.add(parameter);
  }

  private static String quoted(String column) {
    return '"' + column.replace("\"", "\"\"") + '"';
  }

  @Override
  public String select() {
    return String.join(", ", select);
  }

  @Override
  public void take(int trial, ResultSet row) throws SQLException {
    int space = spaces.size() == 1 ? 0 : placeOfSpace.getOrDefault(row.getLong(2), 0);
    for (Parameter parameter : parameters) {
      parameter.take(trial, space, row);
    }
  }

  @Override
  public List<ParameterColumn> columns() {
    return parameters.stream().map(Parameter::column).toList();
  }
}
