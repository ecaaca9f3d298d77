package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A declaration as a tree. Immutable. */
sealed interface SpaceNode {
  /** Takes as many of {@code values} as there are leaves below, in the order of declaration. */
  JsonNode filled(Iterator<JsonNode> values);

  /**
   * Puts the number of each leaf below into {@code numbers}, NaN where it is absent.
   *
   * @param value what stands in this node's place; null where nothing does
   * @param first the place of the first leaf below
   * @return the place after the last leaf below
   */
  int read(@Nullable JsonNode value, double[] numbers, int first);

  /** A parameter and its dotted path. */
  record Leaf(String path, Domain domain) implements SpaceNode {
    @Override
    public JsonNode filled(Iterator<JsonNode> values) {
      JsonNode value = values.next();
      // Lists and mappings can be changed, and each set of parameters is its holder's own.
      return value.isContainerNode() ? value.deepCopy() : value;
    }

    @Override
    public int read(@Nullable JsonNode value, double[] numbers, int first) {
      numbers[first] = value == null ? Double.NaN : domain.number(value);
      return first + 1;
    }
  }

  /** Parameters under a name of their own. */
  record Branch(Map<String, SpaceNode> members) implements SpaceNode {
    public Branch {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }

    @Override
    public ObjectNode filled(Iterator<JsonNode> values) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      members.forEach((name, member) -> node.set(name, member.filled(values)));
      return node;
    }

    @Override
    public int read(@Nullable JsonNode value, double[] numbers, int first) {
      int place = first;
      for (Map.Entry<String, SpaceNode> member : members.entrySet()) {
        JsonNode inside = value == null ? null : value.get(member.getKey());
        place = member.getValue().read(inside, numbers, place);
      }
      return place;
    }
  }
}
