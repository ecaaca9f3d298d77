package dev.assay.engine.objective;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * One argument of a command, with placeholders in it: a name in braces, such as params_file. Two
 * opening braces stand for one, and two closing braces likewise.
 *
 * @param parts literal text and names of placeholders, in order
 */
record ArgumentTemplate(List<Part> parts) {
  ArgumentTemplate {
    parts = List.copyOf(parts);
  }

  /** A piece of an argument. */
  sealed interface Part {
    /** Text that stays as it is. */
    record Literal(String text) implements Part {}

    /** What a name stands for. */
    record Placeholder(String name) implements Part {}
  }

  /**
   * Reads {@code text}.
   *
   * @param known the names that may stand in braces
   * @throws IllegalArgumentException for an unknown name or a lone brace; the message completes
   *     "the command"
   */
  static ArgumentTemplate parse(String text, Set<String> known) {
    List<Part> parts = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char character = text.charAt(at);
      boolean brace = character == '{' || character == '}';
      if (!brace || text.startsWith(String.valueOf(character).repeat(2), at)) {
        literal.append(character);
        at += brace ? 2 : 1;
        continue;
      }
      int end = text.indexOf('}', at);
      if (character == '}' || end < 0) {
        throw new IllegalArgumentException(
            "has a lone %s in '%s': write %s for a literal one"
                .formatted(character, text, String.valueOf(character).repeat(2)));
      }
      parts.add(new Part.Literal(literal.toString()));
      literal.setLength(0);
      parts.add(new Part.Placeholder(known(text.substring(at + 1, end), known)));
      at = end + 1;
    }
    parts.add(new Part.Literal(literal.toString()));
    return new ArgumentTemplate(parts);
  }

  private static String known(String name, Set<String> known) {
    if (!known.contains(name)) {
      throw new IllegalArgumentException(
          "has the unknown placeholder {%s}, expected one of %s; write {{ and }} for literal braces"
              .formatted(name, String.join(", ", known.stream().map("{%s}"::formatted).toList())));
    }
    return name;
  }

  /** The names of the placeholders, in order. */
  List<String> placeholders() {
    return parts.stream()
        .filter(Part.Placeholder.class::isInstance)
        .map(part -> ((Part.Placeholder) part).name())
        .toList();
  }

  /** The argument, with each placeholder replaced by what {@code values} gives for its name. */
  String expand(Function<String, String> values) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Part.Placeholder placeholder) {
        text.append(values.apply(placeholder.name()));
      } else if (part instanceof Part.Literal literal) {
        text.append(literal.text());
      }
    }
    return text.toString();
  }
}
