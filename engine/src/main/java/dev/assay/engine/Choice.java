package dev.assay.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The constants of an enum as people write them, in study files and on the command line: in small
 * letters, though any are taken.
 */
public record Choice<E extends Enum<E>>(List<E> constants) {
  public Choice {
    constants = List.copyOf(constants);
  }

  public static <E extends Enum<E>> Choice<E> of(Class<E> type) {
    return new Choice<>(List.of(type.getEnumConstants()));
  }

  /** The constant of that name; null where there is none. */
  public @Nullable E find(String text) {
    return constants.stream()
        .filter(constant -> constant.name().equalsIgnoreCase(text))
        .findFirst()
        .orElse(null);
  }

  /** All names for a message, such as {@code normal or full}. */
  public String names() {
    List<String> names = new ArrayList<>();
    constants.forEach(constant -> names.add(constant.name().toLowerCase(Locale.ROOT)));
    String last = names.remove(names.size() - 1);
    return names.isEmpty() ? last : String.join(", ", names) + " or " + last;
  }
}
