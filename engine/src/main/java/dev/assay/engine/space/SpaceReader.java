package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Domain.Choices;
import dev.assay.engine.space.Domain.Fixed;
import dev.assay.engine.space.SpaceNode.Branch;
import dev.assay.engine.space.SpaceNode.Leaf;
import dev.assay.engine.space.SpaceNode.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a declaration once; not safe to share between threads. */
final class SpaceReader {
  private static final String WHEN = "when";

  private final Map<String, Leaf> leaves = new LinkedHashMap<>();
  private final Conditions conditions = new Conditions();
  private final List<String> ignored = new ArrayList<>();
  private final List<String> cutShort = new ArrayList<>();
  private int varying;

  /** The leaves, in the order of declaration. */
  List<Leaf> leaves() {
    return List.copyOf(leaves.values());
  }

  /** What each of the leaves needs to take part. */
  List<Condition[]> conditions() {
    return conditions.resolved(leaves());
  }

  /** Members without an effect, by dotted path. */
  List<String> ignored() {
    return List.copyOf(ignored);
  }

  /** Dotted paths of the stepped ranges whose high end is none of their values. */
  List<String> cutShort() {
    return List.copyOf(cutShort);
  }

  /**
   * Reads a group.
   *
   * @param group the path of the group in which it stands
   */
  Branch branch(String path, String group, ObjectNode declared) {
    int first = leaves.size();
    List<Member> members = new ArrayList<>(declared.size());
    for (Map.Entry<String, JsonNode> member : declared.properties()) {
      String name = member.getKey();
      if (!name.equals(WHEN)) {
        String memberPath = path.isEmpty() ? name : path + "." + name;
        members.add(new Member(name, node(memberPath, path, member.getValue())));
      }
    }
    noteWhen(path, group, first, declared);
    return new Branch(members, first, leaves.size());
  }

  private void noteWhen(String path, String group, int first, ObjectNode declared) {
    JsonNode when = declared.get(WHEN);
    if (when != null) {
      conditions.add(path, group, first, leaves.size(), when);
    }
  }

  private SpaceNode node(String path, String group, JsonNode declared) {
    if (!(declared instanceof ObjectNode mapping)) {
      return leaf(path, new Fixed(declared));
    }
    JsonNode type = mapping.get("type");
    if (type == null) {
      refuseForgottenType(path, mapping);
      return branch(path, group, mapping);
    }
    if (type.isObject()) {
      return branch(path, group, mapping);
    }
    Kind kind = Kind.named(type.textValue());
    if (kind == null) {
      throw new SpaceException(
          path,
          "type is %s, expected one of %s (a parameter that is itself called type is written type: {type: fixed, value: …})"
              .formatted(Block.shown(type), Kind.all()));
    }
    int first = leaves.size();
    Leaf leaf = defined(path, kind, mapping);
    noteWhen(path, group, first, mapping);
    return leaf;
  }

  private Leaf defined(String path, Kind kind, ObjectNode mapping) {
    Block definition = new Block(mapping, (name, is) -> new SpaceException(path, name + " " + is));
    definition.member("type");
    definition.member(WHEN);
    Domain domain = kind.read(definition);
    for (String name : definition.unknown()) {
      ignored.add(path + "." + name);
    }
    if (domain instanceof Choices choices) {
      noteRepeats(path, mapping, choices);
    }
    if (domain instanceof Steps || domain instanceof Wholes) {
      JsonNode high = mapping.path("high");
      if (domain.indexOf(high) == null) {
        cutShort.add(path);
      }
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
    int parameter = domain.distribution() == null ? -1 : varying++;
    Leaf leaf = new Leaf(path, domain, leaves.size(), parameter);
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
                .allMatch(
                    member -> Set.of("low", "high", "step", "log", WHEN).contains(member.getKey()));
    boolean list =
        mapping.size() == (mapping.has(WHEN) ? 2 : 1)
            && (mapping.path("values").isArray() || mapping.path("choices").isArray());
    if (range || list) {
      throw new SpaceException(
          path,
          "it looks like a definition but has no type, expected type: with one of %s (or type: fixed for each member, if they are parameters)"
              .formatted(Kind.all()));
    }
  }
}
