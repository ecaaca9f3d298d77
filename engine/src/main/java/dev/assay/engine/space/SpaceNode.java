package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/** A declaration as a tree. Immutable. */
sealed interface SpaceNode {
  /** Takes as many of {@code values} as there are leaves below, in the order of declaration. */
  JsonNode filled(Iterator<JsonNode> values);

  /** A parameter and its dotted path. */
  record Leaf(String path, Domain domain) implements SpaceNode {
    @Override
    public JsonNode filled(Iterator<JsonNode> values) {
      JsonNode value = values.next();
      // Lists and mappings can be changed, and each set of parameters is its holder's own.
      return value.isContainerNode() ? value.deepCopy() : value;
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
  }
}
