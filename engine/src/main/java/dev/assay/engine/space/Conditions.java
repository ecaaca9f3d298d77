package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.SpaceNode.Leaf;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Collects the {@code when} of parameters and groups, and works out what each parameter needs. Not
 * safe to share between threads.
 */
final class Conditions {
  private static final int SHOWN_VALUES = 12;

  /**
   * A {@code when}.
   *
   * @param path of the parameter or group that has it
   * @param group the path of the group in which that stands; empty for none
   * @param first the place of the first leaf that needs it
   * @param end the place after the last one
   */
  private record When(String path, String group, int first, int end, ObjectNode values) {
    SpaceException problem(String name, String is) {
      return new SpaceException(path, "when.%s %s".formatted(name, is));
    }
  }

  private final List<When> whens = new ArrayList<>();

  /**
   * Adds what stands as {@code when}.
   *
   * @param path as the other arguments, those of {@link When}
   */
  void add(String path, String group, int first, int end, JsonNode when) {
    if (path.isEmpty()) {
      throw new SpaceException(
          "", "when: stands beside the parameters, expected it inside of a parameter or a group");
    }
    if (!(when instanceof ObjectNode values) || when.isEmpty()) {
      throw new SpaceException(
          path,
          "when is %s, expected the values of parameters above, such as when: {optimizer: adam}"
              .formatted(when.isObject() ? "empty" : Block.shown(when)));
    }
    if (first == end) {
      throw new SpaceException(path, "it has when but no parameter, expected at least one");
    }
    whens.add(new When(path, group, first, end, values));
  }

  /**
   * What each leaf needs, by its place: also what those need that it depends on, so that a leaf
   * takes part when its own conditions hold. A fixed parameter stands in no condition.
   *
   * @throws SpaceException where a condition names no parameter above or can never hold
   */
  List<Condition[]> resolved(List<Leaf> leaves) {
    List<NavigableMap<Integer, NavigableSet<BigInteger>>> needs = new ArrayList<>(leaves.size());
    leaves.forEach(leaf -> needs.add(new TreeMap<>()));
    Map<String, Leaf> byPath = new HashMap<>();
    leaves.forEach(leaf -> byPath.put(leaf.path(), leaf));
    // From the first leaf on, since what a leaf depends on stands above it.
    whens.sort((a, b) -> Integer.compare(a.first, b.first));
    for (When when : whens) {
      for (Map.Entry<String, JsonNode> member : when.values.properties()) {
        Leaf gate = gate(when, member.getKey(), byPath);
        NavigableSet<BigInteger> indices = indices(when, member.getKey(), gate, member.getValue());
        for (Leaf leaf : leaves.subList(when.first, when.end)) {
          NavigableMap<Integer, NavigableSet<BigInteger>> need = needs.get(leaf.place());
          needs.get(gate.place()).forEach((other, allowed) -> narrow(need, other, allowed, leaf));
          if (gate.parameter() >= 0) {
            narrow(need, gate.place(), indices, leaf);
          }
        }
      }
    }
    return needs.stream().map(need -> conditions(need, leaves)).toList();
  }

  private static void narrow(
      Map<Integer, NavigableSet<BigInteger>> need,
      int gate,
      NavigableSet<BigInteger> indices,
      Leaf leaf) {
    NavigableSet<BigInteger> both = need.computeIfAbsent(gate, unused -> new TreeSet<>(indices));
    both.retainAll(indices);
    if (both.isEmpty()) {
      throw neverHold(leaf);
    }
  }

  /** The exception for a parameter that could never take part. */
  static SpaceException neverHold(Leaf leaf) {
    return new SpaceException(
        leaf.path(),
        "its conditions, with those of its groups and of the parameters that they name, never hold together: leave one out or widen it");
  }

  private static Condition[] conditions(
      NavigableMap<Integer, NavigableSet<BigInteger>> need, List<Leaf> leaves) {
    return need.entrySet().stream()
        .map(entry -> new Condition(leaves.get(entry.getKey()), entry.getValue()))
        .toArray(Condition[]::new);
  }

  private static Leaf gate(When when, String name, Map<String, Leaf> byPath) {
    Leaf sibling = byPath.get(when.group.isEmpty() ? name : when.group + "." + name);
    Leaf gate = sibling == null ? byPath.get(name) : sibling;
    if (gate == null || gate.place() >= when.first) {
      List<String> above =
          byPath.values().stream()
              .filter(leaf -> leaf.place() < when.first)
              .sorted((a, b) -> Integer.compare(a.place(), b.place()))
              .map(Leaf::path)
              .toList();
      throw when.problem(
          name,
          "names %s, expected one declared above: %s"
              .formatted(
                  gate == null ? "no parameter" : "a parameter declared below",
                  above.isEmpty() ? "there is none" : String.join(", ", above)));
    }
    return gate;
  }

  private static NavigableSet<BigInteger> indices(
      When when, String name, Leaf gate, JsonNode wanted) {
    BigInteger count = gate.domain().count();
    if (count == null) {
      throw when.problem(
          name, "names a continuous range, expected a parameter with a step or a list of values");
    }
    if (gate.domain() instanceof Wholes wholes && !wholes.areDoubles()) {
      throw when.problem(
          name,
          "names whole numbers beyond %d, expected smaller ones".formatted(Wholes.MOST_DOUBLE));
    }
    NavigableSet<BigInteger> indices = new TreeSet<>();
    for (JsonNode value : wanted.isArray() ? wanted : List.of(wanted)) {
      BigInteger index = gate.domain().indexOf(value);
      if (index == null) {
        throw when.problem(
            name,
            "is %s, expected a value that it can have: %s%s"
                .formatted(
                    Block.shown(value),
                    shown(gate.domain(), count),
                    value.isArray() || !gate.domain().at(BigInteger.ZERO).isArray()
                        ? ""
                        : " (a list is one of several: write [[1, 2]] for the value [1, 2])"));
      }
      indices.add(index);
    }
    if (indices.isEmpty()) {
      throw when.problem(name, "is an empty list, expected values: " + shown(gate.domain(), count));
    }
    return indices;
  }

  /** The values, or the ends of many. */
  private static String shown(Domain domain, BigInteger count) {
    boolean all = count.compareTo(BigInteger.valueOf(SHOWN_VALUES)) <= 0;
    List<String> values = new ArrayList<>();
    for (int i = 0; i < (all ? count.intValueExact() : 3); i++) {
      values.add(CanonicalJson.compact(domain.at(BigInteger.valueOf(i))));
    }
    return String.join(", ", values)
        + (all ? "" : " … " + CanonicalJson.compact(domain.at(count.subtract(BigInteger.ONE))));
  }
}
