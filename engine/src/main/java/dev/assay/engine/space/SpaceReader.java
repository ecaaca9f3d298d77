package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Domain.Choices;
import dev.assay.engine.space.Domain.Fixed;
import dev.assay.engine.space.SpaceNode.Branch;
import dev.assay.engine.space.SpaceNode.Leaf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a declaration once; not safe to share between threads. */
final class SpaceReader {
  private static final String NO_CONDITIONS =
      "it has 'when', but conditions between parameters are not there yet: declare it without";

  private final Map<String, Leaf> leaves = new LinkedHashMap<>();
  private final List<String> ignored = new ArrayList<>();

  /** The leaves, in the order of declaration. */
  List<Leaf> leaves() {
    return List.copyOf(leaves.values());
  }

  /** Members without an effect, by dotted path. */
  List<String> ignored() {
    return List.copyOf(ignored);
  }

  Branch branch(String path, ObjectNode declared) {
    if (declared.has("when")) {
      throw new SpaceException(path, NO_CONDITIONS);
    }
    Map<String, SpaceNode> members = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : declared.properties()) {
      String name = member.getKey();
      String memberPath = path.isEmpty() ? name : path + "." + name;
      members.put(name, node(memberPath, member.getValue()));
    }
    return new Branch(members);
  }

  private SpaceNode node(String path, JsonNode declared) {
    if (!(declared instanceof ObjectNode mapping)) {
      return leaf(path, new Fixed(declared));
    }
    JsonNode type = mapping.get("type");
    if (type == null) {
      refuseForgottenType(path, mapping);
      return branch(path, mapping);
    }
    if (type.isObject()) {
      return branch(path, mapping);
    }
    Kind kind = Kind.named(type.textValue());
    if (kind == null) {
      throw new SpaceException(
          path,
          "type is %s, expected one of %s (a parameter that is itself called type is written type: {type: fixed, value: …})"
              .formatted(Block.shown(type), Kind.all()));
    }
    if (mapping.has("when")) {
      throw new SpaceException(path, NO_CONDITIONS);
    }
    return defined(path, kind, mapping);
  }

  private Leaf defined(String path, Kind kind, ObjectNode mapping) {
    Block definition = new Block(mapping, (name, is) -> new SpaceException(path, name + " " + is));
    definition.member("type");
    Domain domain = kind.read(definition);
    for (String name : definition.unknown()) {
      ignored.add(path + "." + name);
    }
    if (domain instanceof Choices choices) {
      noteRepeats(path, mapping, choices);
    }
    return leaf(path, domain);
  }

  private void noteRepeats(String path, ObjectNode mapping, Choices choices) {
    String member = mapping.has("values") ? "values" : "choices";
    int repeats = mapping.path(member).size() - choices.values().size();
    if (repeats > 0) {
      ignored.add("%s.%s (%d repeated)".formatted(path, member, repeats));
    }
  }

  private Leaf leaf(String path, Domain domain) {
    Leaf leaf = new Leaf(path, domain);
    if (leaves.put(path, leaf) != null) {
      throw new SpaceException(
          path,
          "two parameters have this dotted path, one of them with a dot inside a name: rename one");
    }
    return leaf;
  }

  /** A range or a list that lacks its type would else be taken for fixed parameters. */
  private static void refuseForgottenType(String path, ObjectNode mapping) {
    boolean range =
        mapping.path("low").isNumber()
            && mapping.path("high").isNumber()
            && mapping.properties().stream()
                .allMatch(member -> Set.of("low", "high", "step", "log").contains(member.getKey()));
    boolean list =
        mapping.size() == 1
            && (mapping.path("values").isArray() || mapping.path("choices").isArray());
    if (range || list) {
      throw new SpaceException(
          path,
          "it looks like a definition but has no type, expected type: with one of %s (or type: fixed for each member, if they are parameters)"
              .formatted(Kind.all()));
    }
  }
}
