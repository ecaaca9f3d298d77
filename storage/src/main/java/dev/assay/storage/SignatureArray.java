package dev.assay.storage;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Signatures on their way to SQLite as one JSON array, and back as one text: a call of the driver
 * for each costs more than all that SQLite does with it.
 */
final class SignatureArray {
  /** What stands between signatures in an answer; none of them can hold it. */
  static final String SEPARATOR = " ";

  private static final int TYPICAL_LENGTH = 64;

  private SignatureArray() {}

  /**
   * A JSON array.
   *
   * @throws StoreException for what cannot be a signature
   */
  static String of(Collection<String> signatures) {
    StringBuilder array = new StringBuilder(signatures.size() * (TYPICAL_LENGTH + 3) + 2);
    char before = '[';
    for (String signature : signatures) {
      String text = checked(signature);
      if (text.indexOf('"') >= 0 || text.indexOf('\\') >= 0) {
        text = text.replace("\\", "\\\\").replace("\"", "\\\"");
      }
      array.append(before).append('"').append(text).append('"');
      before = ',';
    }
    return array.append(before == '[' ? "[]" : "]").toString();
  }

  /**
   * {@link #of} in the order of the tables' keys, for what is to be inserted: neighbours go into
   * the same page.
   */
  static String sorted(Collection<String> signatures) {
    List<String> sorted = new ArrayList<>(signatures);
    sorted.sort(null);
    return of(sorted);
  }

  /** The signatures of an answer, which SQLite has put together with {@link #SEPARATOR}. */
  static Set<String> split(String answer) {
    return answer.isEmpty() ? Set.of() : new HashSet<>(List.of(answer.split(SEPARATOR)));
  }

  /**
   * The signature, where every program and database keeps it as the same text.
   *
   * @throws StoreException where it is empty, or holds anything but visible ASCII characters
   */
  static String checked(String signature) {
    boolean visible = !signature.isEmpty();
    for (int i = 0; i < signature.length(); i++) {
      char c = signature.charAt(i);
      visible &= c > ' ' && c < 0x7f;
    }
    if (!visible) {
      throw new StoreException(
          "'%s' is no signature, expected visible ASCII characters, such as 64 hexadecimal digits"
              .formatted(signature));
    }
    return signature;
  }
}
