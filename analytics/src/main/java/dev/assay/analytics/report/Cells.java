package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values in the form in which the page's script reads them. A number that JavaScript would change
 * (NaN, infinities, whole numbers beyond 2^53) is its text.
 */
final class Cells {
  /** How much of a text the page shows. */
  static final int MOST_TEXT = 200;

  /** The states in the order in which the page counts them. */
  static final List<TrialState> STATES = List.of(TrialState.values());

  private static final long MOST_EXACT = 1L << 53;

  private Cells() {}

  static JsonNode number(@Nullable Double number) {
    if (number == null) {
      return NullNode.instance;
    }
    if (Double.isNaN(number)) {
      return TextNode.valueOf("NaN");
    }
    if (Double.isInfinite(number)) {
      return TextNode.valueOf(number > 0 ? "Infinity" : "-Infinity");
    }
    boolean whole = Math.rint(number) == number && Math.abs(number) < 1e15;
    return whole && !isNegativeZero(number)
        ? LongNode.valueOf(number.longValue())
        : DoubleNode.valueOf(number);
  }

  private static boolean isNegativeZero(double number) {
    return number == 0 && 1 / number < 0;
  }

  /** A JSON number as the page has it. */
  static JsonNode number(JsonNode number) {
    if (number.isFloatingPointNumber()) {
      return number(number.doubleValue());
    }
    return number.canConvertToLong() && Math.abs(number.longValue()) <= MOST_EXACT
        ? LongNode.valueOf(number.longValue())
        : TextNode.valueOf(number.asText());
  }

  /**
   * A value as people read it: a string as it is, unless it would read as another value, and
   * anything else as JSON; cut where it is long.
   */
  static String text(JsonNode value) {
    if (!value.isTextual()) {
      return cut(CanonicalJson.compact(value));
    }
    String text = value.textValue();
    return cut(looksLikeJson(text) ? CanonicalJson.compact(value) : text);
  }

  private static boolean looksLikeJson(String text) {
    return text.isBlank()
        || text.matches("(?s)-?[0-9].*|true|false|null|-?Infinity|NaN|\\[.*|\\{.*|\".*");
  }

  static String cut(String text) {
    if (text.length() <= MOST_TEXT) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(MOST_TEXT - 1)) ? MOST_TEXT - 1 : MOST_TEXT;
    return text.substring(0, end) + "…";
  }

  /** About how many characters the page needs for a value. */
  static int weight(@Nullable JsonNode value) {
    if (value == null) {
      return 5;
    }
    if (value.isNumber()) {
      return value.isIntegralNumber() ? 6 : 19;
    }
    return value.isTextual() ? Math.min(value.textValue().length(), MOST_TEXT) + 3 : 12;
  }
}
