package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Optuna's distribution JSON in one of its three forms of today ({@code FloatDistribution}, {@code
 * IntDistribution}, {@code CategoricalDistribution}), and the conversion between a parameter's
 * value and the number that Optuna keeps for it. Immutable.
 */
final class OptunaDistribution {
  /** Above it, not each whole number is a double. */
  static final long MAX_WHOLE = 1L << 53;

  private final ObjectNode json;
  private final Kind kind;
  private final String compatibility;

  /** The index of each choice by its JSON; empty where it is not categorical. */
  private final Map<String, Integer> choices = new HashMap<>();

  private enum Kind {
    FLOAT("FloatDistribution"),
    INT("IntDistribution"),
    CATEGORICAL("CategoricalDistribution");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    static @Nullable Kind named(@Nullable String name) {
      for (Kind kind : values()) {
        if (kind.text.equals(name)) {
          return kind;
        }
      }
      return null;
    }
  }

  private OptunaDistribution(ObjectNode json, Kind kind) {
    this.json = json;
    this.kind = kind;
    JsonNode attributes = json.path("attributes");
    if (kind == Kind.CATEGORICAL) {
      JsonNode list = attributes.path("choices");
      for (int i = 0; i < list.size(); i++) {
        choices.putIfAbsent(CanonicalJson.compact(list.get(i)), i);
      }
      compatibility = kind.text + CanonicalJson.compact(list);
    } else {
      compatibility = kind.text + attributes.path("log").asBoolean();
    }
  }

  /** Null where the JSON is none of the three forms. */
  static @Nullable OptunaDistribution of(@Nullable JsonNode json) {
    if (!(json instanceof ObjectNode object)) {
      return null;
    }
    Kind kind = Kind.named(object.path("name").textValue());
    if (kind == null) {
      return null;
    }
    JsonNode attributes = object.path("attributes");
    boolean isWhole =
        kind == Kind.CATEGORICAL
            ? !attributes.path("choices").isEmpty()
            : attributes.path("low").isNumber() && attributes.path("high").isNumber();
    return isWhole ? new OptunaDistribution(object, kind) : null;
  }

  ObjectNode json() {
    return json;
  }

  /**
   * Equal for those that Optuna lets a parameter have in one study: bounds and steps may differ.
   */
  String compatibility() {
    return compatibility;
  }

  /** Optuna's number for a value; null where the distribution cannot have such a value. */
  @Nullable Double internal(JsonNode value) {
    return switch (kind) {
      case FLOAT ->
          value.isNumber() && Double.isFinite(value.doubleValue()) ? value.doubleValue() : null;
      case INT -> isWhole(value) ? (Double) value.doubleValue() : null;
      case CATEGORICAL -> {
        Integer index = choices.get(CanonicalJson.compact(value));
        yield index == null ? null : (Double) index.doubleValue();
      }
    };
  }

  /** A whole number that is a double as well. */
  static boolean isWhole(JsonNode value) {
    return value.isIntegralNumber()
        && value.canConvertToLong()
        && Math.abs((double) value.longValue()) <= MAX_WHOLE;
  }

  /** The value of Optuna's number, as Optuna gives it; null where there is no such choice. */
  @Nullable JsonNode external(double internal) {
    return switch (kind) {
      case FLOAT -> DoubleNode.valueOf(internal);
      case INT -> LongNode.valueOf((long) internal);
      case CATEGORICAL -> json.path("attributes").path("choices").get((int) internal);
    };
  }
}
