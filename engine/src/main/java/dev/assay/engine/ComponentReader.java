package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Section.Said;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a study file says of its sampler or its pruner: a name, or a mapping with {@code type}
 * or {@code name}, and the options beside it or under {@code kwargs}.
 *
 * @param notHonoured gets the paths of keys without effect
 */
record ComponentReader(List<String> notHonoured) {
  /**
   * What was read.
   *
   * @param options null where the file has none
   * @param seed a sampler's seed
   */
  record Read(Said<String> name, @Nullable Component options, Said<Long> seed) {
    /** The component of that name; null where there is no name. */
    @Nullable Component named(@Nullable String name) {
      if (name == null || options == null) {
        return name == null ? null : Component.named(name);
      }
      return new Component(name, options.path(), options.options(), options.lines());
    }
  }

  Read read(Section section, String key) {
    JsonNode said = section.block().member(key);
    if (said == null || said.isValueNode()) {
      return new Read(section.text(key), null, new Said<>(section.path(key + ".seed"), null));
    }
    Section component = section.inner(key);
    Section kwargs = component.inner("kwargs");
    Said<String> name = component.agreed(component.text("type"), component.text("name"));
    Said<Long> seed = component.agreed(component.whole("seed"), kwargs.whole("seed"));
    ObjectNode nested = component.block().mappingOrNull("kwargs");
    if (nested != null) {
      component.block().unknown().forEach(other -> notHonoured.add(component.path(other)));
    }
    Section holder = nested == null ? component : kwargs;
    ObjectNode options = nested == null ? (ObjectNode) said : nested;
    ObjectNode own = options.deepCopy();
    own.remove(List.of("type", "name", "seed", "kwargs"));
    return new Read(name, new Component("", holder.path(), own, section.lines()), seed);
  }
}
