package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;

/** What the numbers of a mapping leave of 1. */
final class Remainder {
  private static final double LEAST = 0.01;
  private static final double MOST = 0.90;
  private static final int DECIMALS = 4;

  private Remainder() {}

  /** Puts numbers in place of the marks, as {@link SearchSpace#resolved} says. */
  static void replace(ObjectNode mapping) {
    String marked = null;
    double sum = 0;
    boolean numbers = false;
    for (Map.Entry<String, JsonNode> member : mapping.properties()) {
      JsonNode value = member.getValue();
      if (value.isTextual() && value.textValue().equals(SearchSpace.REMAINDER)) {
        marked = member.getKey();
      } else if (value.isNumber() || value.isBoolean()) {
        sum += value.isBoolean() ? (value.booleanValue() ? 1 : 0) : value.doubleValue();
        numbers = true;
      } else if (value instanceof ObjectNode nested) {
        replace(nested);
      }
    }
    if (marked != null && numbers) {
      mapping.set(marked, DoubleNode.valueOf(remainder(sum)));
    }
  }

  private static double remainder(double sum) {
    double left = 1 - sum;
    // Written so that NaN, too, ends at the upper limit.
    double limited = left < MOST ? Math.max(LEAST, left) : MOST;
    return new BigDecimal(limited).setScale(DECIMALS, RoundingMode.HALF_EVEN).doubleValue();
  }
}
