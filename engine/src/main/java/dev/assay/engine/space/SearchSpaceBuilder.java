package dev.assay.engine.space;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Declares a search space in Java.
 *
 * <pre>{@code
 * SearchSpace space =
 *     SearchSpace.builder()
 *         .floatingLog("learning_rate", 1e-5, 1)
 *         .integer("model.depth", 1, 12)
 *         .categorical("optimizer", "adam", "sgd")
 *         .when("optimizer", "adam", adam -> adam.floating("beta", 0.8, 0.999))
 *         .build();
 * }</pre>
 *
 * A dot in a name makes a group, which stands where its first parameter does. The ends of a range
 * are included. What is wrong with a declaration is said by {@link #build}, in the words in which
 * study files are told. Not safe to share between threads.
 */
public final class SearchSpaceBuilder {
  private final ObjectNode root = JsonNodeFactory.instance.objectNode();
  private final Set<String> paths = new LinkedHashSet<>();

  /** What parameters that are added need now, by dotted path. */
  private Map<String, List<JsonNode>> conditions = Map.of();

  SearchSpaceBuilder() {}

  /** Adds a double from {@code low} to {@code high}. */
  public SearchSpaceBuilder floating(String name, double low, double high) {
    return add(name, typed(Kind.FLOAT).put("low", low).put("high", high));
  }

  /** Adds one of {@code low}, {@code low + step}, … up to {@code high}, worked out in decimals. */
  public SearchSpaceBuilder floating(String name, double low, double high, double step) {
    return add(name, typed(Kind.FLOAT).put("low", low).put("high", high).put("step", step));
  }

  /** Adds a double from {@code low}, which is above 0, that is searched by its logarithm. */
  public SearchSpaceBuilder floatingLog(String name, double low, double high) {
    return add(name, typed(Kind.FLOAT).put("low", low).put("high", high).put("log", true));
  }

  /** Adds a whole number from {@code low} to {@code high}. */
  public SearchSpaceBuilder integer(String name, long low, long high) {
    return add(name, typed(Kind.INT).put("low", low).put("high", high));
  }

  /** Adds one of {@code low}, {@code low + step}, … up to {@code high}. */
  public SearchSpaceBuilder integer(String name, long low, long high, long step) {
    return add(name, typed(Kind.INT).put("low", low).put("high", high).put("step", step));
  }

  /** Adds a whole number from {@code low}, which is above 0, that is searched by its logarithm. */
  public SearchSpaceBuilder integerLog(String name, long low, long high) {
    return add(name, typed(Kind.INT).put("low", low).put("high", high).put("log", true));
  }

  /**
   * Adds one of some values.
   *
   * @param choices each null, text, a number, a boolean, an enum's constant, a JSON node, or a
   *     {@link List} or {@link Map} of these
   */
  public SearchSpaceBuilder categorical(String name, @Nullable Object... choices) {
    ObjectNode definition = typed(Kind.CATEGORICAL);
    definition.putArray("choices").addAll(Arrays.stream(choices).map(PlainJson::of).toList());
    return add(name, definition);
  }

  /**
   * Adds a value that is always the same.
   *
   * @param value as those of {@link #categorical}
   */
  public SearchSpaceBuilder fixed(String name, @Nullable Object value) {
    ObjectNode definition = typed(Kind.FIXED);
    definition.set("value", PlainJson.of(value));
    return add(name, definition);
  }

  /**
   * Adds parameters that take part where another one, which stands above, has a value.
   *
   * @param name that parameter's name, with its groups
   * @param value as those of {@link #categorical}; a list of them for one of several
   * @param parameters adds them to this builder, which it is given
   */
  public SearchSpaceBuilder when(
      String name, @Nullable Object value, Consumer<SearchSpaceBuilder> parameters) {
    Map<String, List<JsonNode>> outer = conditions;
    List<JsonNode> wanted = new ArrayList<>();
    JsonNode json = PlainJson.of(value);
    (json.isArray() ? json : List.of(json)).forEach(wanted::add);
    Map<String, List<JsonNode>> inner = new LinkedHashMap<>(outer);
    inner.merge(name, wanted, (before, now) -> before.stream().filter(now::contains).toList());
    conditions = inner;
    parameters.accept(this);
    conditions = outer;
    return this;
  }

  /**
   * The space.
   *
   * @throws SpaceException naming the parameter, what was found and what was expected
   */
  public SearchSpace build() {
    return SearchSpace.of(root);
  }

  private static ObjectNode typed(Kind kind) {
    return JsonNodeFactory.instance.objectNode().put("type", kind.toString());
  }

  private SearchSpaceBuilder add(String name, ObjectNode definition) {
    String[] names = name.split("\\.", -1);
    ObjectNode group = root;
    for (int i = 0; i < names.length - 1; i++) {
      JsonNode inside = group.get(names[i]);
      if (inside != null
          && (!(inside instanceof ObjectNode) || paths.contains(joined(names, i + 1)))) {
        throw new SpaceException(name, joined(names, i + 1) + " is a parameter, expected a group");
      }
      group = group.withObject(JsonPointer.empty().appendProperty(names[i]));
    }
    String last = names[names.length - 1];
    if (group.has(last)) {
      throw new SpaceException(name, "there is such a parameter or group already: rename one");
    }
    if (last.equals("when")) {
      throw new SpaceException(name, "when is the name of conditions, expected another name");
    }
    paths.add(name);
    addConditions(name, joined(names, names.length - 1), definition);
    group.set(last, definition);
    return this;
  }

  private void addConditions(String name, String group, ObjectNode definition) {
    if (conditions.isEmpty()) {
      return;
    }
    ObjectNode when = definition.putObject("when");
    conditions.forEach(
        (gate, wanted) -> {
          if (!group.isEmpty() && paths.contains(group + "." + gate)) {
            throw new SpaceException(
                name, "when %s may mean %s.%s as well: rename one".formatted(gate, group, gate));
          }
          if (paths.contains(gate) && isBefore(name.split("\\.", -1), gate.split("\\.", -1))) {
            throw new SpaceException(
                name,
                "its group stands above %s, which it needs: add %s before the first parameter of the group"
                    .formatted(gate, gate));
          }
          when.putArray(gate).addAll(wanted);
        });
  }

  /** Whether a name that is about to be added will stand before another one. */
  private boolean isBefore(String[] added, String[] there) {
    JsonNode group = root;
    for (int i = 0; i < Math.min(added.length, there.length); i++) {
      if (!added[i].equals(there[i])) {
        List<String> names = new ArrayList<>();
        group.fieldNames().forEachRemaining(names::add);
        int place = names.indexOf(added[i]);
        return place >= 0 && place < names.indexOf(there[i]);
      }
      group = group.path(added[i]);
    }
    return false;
  }

  private static String joined(String[] names, int count) {
    return String.join(".", Arrays.asList(names).subList(0, count));
  }
}
