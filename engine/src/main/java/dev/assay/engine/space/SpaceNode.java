package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A declaration as a tree. Immutable. */
sealed interface SpaceNode {
  /**
   * What stands in this node's place; null where it takes no part.
   *
   * @param values one for each leaf of the tree by its place; null for those that take no part
   */
  @Nullable JsonNode filled(@Nullable JsonNode[] values);

  /**
   * Puts the number of each parameter below into {@code numbers}, NaN where it is absent.
   *
   * @param value what stands in this node's place; null where nothing does
   */
  void read(@Nullable JsonNode value, double[] numbers);

  /**
   * A parameter.
   *
   * @param path its dotted path
   * @param place its place among all leaves, in the order of declaration
   * @param parameter its place among those that vary; negative for one that is fixed
   */
  record Leaf(String path, Domain domain, int place, int parameter) implements SpaceNode {
    @Override
    public @Nullable JsonNode filled(@Nullable JsonNode[] values) {
      JsonNode value = values[place];
      // Lists and mappings can be changed, and each set of parameters is its holder's own.
      return value == null || value.isValueNode() ? value : value.deepCopy();
    }

    @Override
    public void read(@Nullable JsonNode value, double[] numbers) {
      if (parameter >= 0) {
        numbers[parameter] = value == null ? Double.NaN : domain.number(value);
      }
    }
  }

  /** Something under a name. */
  record Member(String name, SpaceNode node) {}

  /**
   * Parameters under a name of their own. It is there when one of them takes part, or when none is
   * declared in it.
   *
   * @param first the place of the first leaf below
   * @param end the place after the last leaf below
   */
  record Branch(List<Member> members, int first, int end) implements SpaceNode {
    public Branch {
      members = List.copyOf(members);
    }

    @Override
    public @Nullable ObjectNode filled(@Nullable JsonNode[] values) {
      if (!takesPart(values)) {
        return null;
      }
      Map<String, JsonNode> filled = new LinkedHashMap<>((int) (members.size() / 0.75f) + 1);
      for (int i = 0; i < members.size(); i++) {
        Member member = members.get(i);
        JsonNode value = member.node.filled(values);
        if (value != null) {
          filled.put(member.name, value);
        }
      }
      return new ObjectNode(JsonNodeFactory.instance, filled);
    }

    private boolean takesPart(@Nullable JsonNode[] values) {
      for (int place = first; place < end; place++) {
        if (values[place] != null) {
          return true;
        }
      }
      return first == end;
    }

    @Override
    public void read(@Nullable JsonNode value, double[] numbers) {
      for (int i = 0; i < members.size(); i++) {
        Member member = members.get(i);
        member.node.read(value == null ? null : value.get(member.name), numbers);
      }
    }
  }
}
