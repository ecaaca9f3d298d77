package dev.assay.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Parameters that are taken out of the trials' JSON here. Where trials do not say which values were
 * possible, whole numbers are taken for such over the range that was seen, other numbers likewise,
 * and anything else for a choice among the values that were seen; a parameter with more than
 * {@value #MOST_CHOICES} such values has no column.
 */
final class SeenParameters implements ParameterSource {
  static final int MOST_CHOICES = 1000;

  private final List<ParameterSpace> spaces;
  private final int trials;
  private final int[] spaceOf;
  private final Map<Long, Integer> placeOfSpace = new HashMap<>();
  private final Map<String, @Nullable JsonNode[]> values = new LinkedHashMap<>();

  /**
   * @param trials how many are to come
   * @param spaces of all of them; none where some do not say
   */
  SeenParameters(int trials, List<ParameterSpace> spaces) {
    this.trials = trials;
    this.spaces = spaces;
    this.spaceOf = new int[trials];
    for (ParameterSpace space : spaces) {
      placeOfSpace.put(space.id(), placeOfSpace.size());
    }
  }

  /** The object that a text is; an empty one where it is none. */
  static ObjectNode object(String text) {
    try {
      return Json.parse(text) instanceof ObjectNode object ? object : Json.object();
    } catch (JsonProcessingException e) {
      throw new AnalyticsException("a trial's parameters cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String select() {
    return "target, params, " + (spaces.size() > 1 ? ParameterSpace.ID : "0");
  }

  @Override
  public void take(int trial, ResultSet row) throws SQLException {
    spaceOf[trial] = spaces.size() > 1 ? placeOfSpace.getOrDefault(row.getLong(3), 0) : 0;
    Set<String> declared =
        spaces.isEmpty() ? Set.of() : spaces.get(spaceOf[trial]).declared().keySet();
    ParameterLeaves.visit(
        object(row.getString(2)),
        declared,
        (name, path, value) -> {
          if (spaces.isEmpty() ? !value.isNull() : declared.contains(name)) {
            values.computeIfAbsent(name, unused -> new JsonNode[trials])[trial] = value;
          }
        });
  }

  @Override
  public List<ParameterColumn> columns() {
    List<ParameterColumn> columns = new ArrayList<>();
    values.forEach(
        (name, nodes) -> {
          Regimes regimes = spaces.isEmpty() ? seen(nodes) : Regimes.of(spaces, name);
          if (!regimes.distributions().isEmpty()) {
            columns.add(column(name, nodes, regimes));
          }
        });
    return columns;
  }

  private ParameterColumn column(String name, @Nullable JsonNode[] nodes, Regimes regimes) {
    int[] regime = new int[nodes.length];
    double[] internal = new double[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      JsonNode node = nodes[i];
      int at = node == null ? ParameterColumn.ABSENT : regimes.ofSpace()[spaceOf[i]];
      internal[i] =
          node == null || at == ParameterColumn.ABSENT
              ? Double.NaN
              : Regimes.internal(regimes.distributions().get(at), node);
      regime[i] = Double.isNaN(internal[i]) ? ParameterColumn.ABSENT : at;
    }
    return new ParameterColumn(name, regimes.distributions(), regime, internal);
  }

  private static Regimes seen(@Nullable JsonNode[] nodes) {
    Distribution distribution = distribution(nodes);
    return new Regimes(distribution == null ? List.of() : List.of(distribution), new int[] {0});
  }

  private static @Nullable Distribution distribution(@Nullable JsonNode[] nodes) {
    Set<JsonNode> seen = new LinkedHashSet<>();
    boolean wholes = true;
    boolean numbers = true;
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (JsonNode node : Arrays.stream(nodes).filter(Objects::nonNull).toList()) {
      wholes &= node.isIntegralNumber() && node.canConvertToLong();
      numbers &= node.isNumber() && Double.isFinite(node.doubleValue());
      low = Math.min(low, node.doubleValue());
      high = Math.max(high, node.doubleValue());
      if (seen.size() <= MOST_CHOICES) {
        seen.add(node);
      }
    }
    if (wholes) {
      return new IntDistribution((long) low, (long) high, 1, false);
    }
    if (numbers) {
      return new FloatDistribution(low, high, null, false);
    }
    return seen.size() > MOST_CHOICES ? null : new CategoricalDistribution(List.copyOf(seen));
  }
}
