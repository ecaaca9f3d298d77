package dev.assay.storage;

/** Text from elsewhere, such as names, that stays on its line and gives no orders to a terminal. */
public final class PrintableText {
  private PrintableText() {}

  /** Line breaks and other control characters as escapes; anything else as it is. */
  public static String of(String text) {
    if (text.chars().noneMatch(Character::isISOControl)) {
      return text;
    }
    StringBuilder printable = new StringBuilder(text.length() + 16);
    text.chars()
        .forEach(
            c -> {
              switch (c) {
                case '\n' -> printable.append("\\n");
                case '\r' -> printable.append("\\r");
                case '\t' -> printable.append("\\t");
                default -> {
                  if (Character.isISOControl(c)) {
                    printable.append("\\u%04x".formatted(c));
                  } else {
                    printable.append((char) c);
                  }
                }
              }
            });
    return printable.toString();
  }
}
