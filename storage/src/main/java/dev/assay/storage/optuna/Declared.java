package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ParameterDomain;
import dev.assay.storage.json.CanonicalJson;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A distribution in one of the forms that every Optuna of today reads.
 *
 * @param text its JSON
 * @param compatibility equal for those that Optuna lets a parameter have in one study: bounds and
 *     steps may differ
 */
record Declared(ParameterDomain domain, String text, String compatibility) {
  /** Above it, not each whole number is a double. */
  private static final long MAX_WHOLE = 1L << 53;

  private static final Set<String> NAMES =
      Set.of("FloatDistribution", "IntDistribution", "CategoricalDistribution");

  /** Null where the JSON is in none of these forms. */
  static @Nullable Declared of(@Nullable JsonNode json) {
    if (!(json instanceof ObjectNode) || !NAMES.contains(json.path("name").asText())) {
      return null;
    }
    String text = CanonicalJson.compact(json);
    try {
      ParameterDomain domain = ParameterDomain.parse(text);
      JsonNode attributes = json.path("attributes");
      String detail =
          domain.kind() == ParameterDomain.Kind.CATEGORICAL
              ? CanonicalJson.compact(attributes.path("choices"))
              : attributes.path("log").asText();
      return new Declared(domain, text, domain.kind() + detail);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Optuna's number for a value; null where there can be no such value. */
  @Nullable Double internal(JsonNode value) {
    boolean fits =
        switch (domain.kind()) {
          case REAL -> value.isNumber() && Double.isFinite(value.doubleValue());
          case WHOLE -> isWhole(value);
          case CATEGORICAL -> true;
        };
    return fits ? domain.internal(value) : null;
  }

  /** A whole number that is a double as well. */
  static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber()
        && value.canConvertToLong()
        && Math.abs((double) value.longValue()) <= MAX_WHOLE;
  }
}
