package dev.assay.engine;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a study file while it is read.
 *
 * @param path its dotted path, empty for the whole file
 * @param block its members; their errors are {@link StudyFileException}s with line and path
 * @param lines the line, from 1, of each key by its dotted path
 */
record Section(String path, Block block, Map<String, Integer> lines) {
  /** What a file says at {@code path}; null where it is silent. */
  record Said<T>(String path, @Nullable T value) {}

  static Section of(String path, @Nullable ObjectNode members, Map<String, Integer> lines) {
    Block block =
        new Block(
            members == null ? JsonNodeFactory.instance.objectNode() : members,
            (key, is) -> problem(join(path, key), path, is, lines));
    return new Section(path, block, lines);
  }

  /** The mapping under {@code key}; an empty one where there is none. */
  Section inner(String key) {
    return of(path(key), block.mappingOrNull(key), lines);
  }

  String path(String key) {
    return join(path, key);
  }

  Said<String> text(String key) {
    return new Said<>(path(key), block.textOrNull(key));
  }

  Said<Long> whole(String key) {
    return new Said<>(path(key), block.wholeOrNull(key));
  }

  /** A whole number from 1 to {@code most}. */
  Said<Long> count(String key, long most) {
    Long count = block.wholeOrNull(key);
    if (count != null && (count < 1 || count > most)) {
      throw block.unlike(key, "1 to " + most);
    }
    return new Said<>(path(key), count);
  }

  /** What both say, or the one that says something. */
  <T> Said<T> agreed(Said<T> one, Said<T> other) {
    if (one.value != null && other.value != null && !one.value.equals(other.value)) {
      throw problem(
          one.path,
          path,
          "is %s but %s is %s, expected one of them or the same"
              .formatted(one.value, other.path, other.value),
          lines);
    }
    return one.value == null ? other : one;
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  private static StudyFileException problem(
      String path, String outerPath, String is, Map<String, Integer> lines) {
    return new StudyFileException(line(lines, path, outerPath) + path + " " + is);
  }

  /** The line of the first of {@code paths} that the file has, as the start of a message. */
  static String line(Map<String, Integer> lines, String... paths) {
    for (String path : paths) {
      Integer line = lines.get(path);
      if (line != null) {
        return "line %d: ".formatted(line);
      }
    }
    return "";
  }
}
