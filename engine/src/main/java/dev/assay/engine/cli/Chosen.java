package dev.assay.engine.cli;

import dev.assay.engine.Choice;
import org.jspecify.annotations.Nullable;

/** Which of an enum's constants an option names. */
final class Chosen {
  private Chosen() {}

  /**
   * @param text null where the option is absent
   * @return null then
   * @throws UsageException where there is no such constant
   */
  static <E extends Enum<E>> @Nullable E of(String option, @Nullable String text, Class<E> type) {
    if (text == null) {
      return null;
    }
    Choice<E> choice = Choice.of(type);
    E chosen = choice.find(text);
    if (chosen == null) {
      throw new UsageException("%s is '%s', expected %s".formatted(option, text, choice.names()));
    }
    return chosen;
  }
}
