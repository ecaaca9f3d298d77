package dev.assay.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A sampler or a pruner as a study file names it.
 *
 * @param name such as {@code tpe}
 * @param path of its options in the file
 * @param options by their names
 * @param lines the line, from 1, of each key of the file by its dotted path
 */
public record Component(String name, String path, ObjectNode options, Map<String, Integer> lines) {
  /** One without options. */
  public static Component named(String name) {
    return new Component(name, "", JsonNodeFactory.instance.objectNode(), Map.of());
  }

  /**
   * Makes what it stands for.
   *
   * @param maker gets the name and the options, whose errors are {@link StudyFileException}s
   * @param notHonoured gets the paths of the options that the maker did not ask for
   */
  public <T> T make(BiFunction<String, Block, T> maker, List<String> notHonoured) {
    Section section = Section.of(path, options, lines);
    T made = maker.apply(name, section.block());
    section.block().unknown().forEach(key -> notHonoured.add(section.path(key)));
    return made;
  }
}
