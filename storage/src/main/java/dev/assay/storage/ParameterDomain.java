package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a distribution's JSON says of a parameter's values. Optuna keeps each value as a real
 * number, the internal form: a real parameter is itself, of a whole one the fraction is cut off, a
 * categorical one is the index of its choice.
 *
 * @param json the distribution as it was found
 * @param choices of a categorical one; else empty
 */
public record ParameterDomain(Kind kind, ObjectNode json, List<JsonNode> choices) {

  /** What its values are. */
  public enum Kind {
    REAL,
    WHOLE,
    CATEGORICAL
  }

  /**
   * Reads a distribution in any of the forms that Optuna reads.
   *
   * @throws IllegalArgumentException where it is none; the message says what was found
   */
  public static ParameterDomain parse(String text) {
    ObjectNode json = object(text);
    JsonNode name = json.has("name") ? json.path("name") : json.path("type");
    ObjectNode attributes = json.get("attributes") instanceof ObjectNode inner ? inner : json;
    return switch (name.asText()) {
      case "FloatDistribution",
          "UniformDistribution",
          "LogUniformDistribution",
          "DiscreteUniformDistribution",
          "float" ->
          new ParameterDomain(Kind.REAL, json, List.of());
      case "IntDistribution", "IntUniformDistribution", "IntLogUniformDistribution", "int" ->
          new ParameterDomain(Kind.WHOLE, json, List.of());
      case "CategoricalDistribution", "categorical" ->
          new ParameterDomain(Kind.CATEGORICAL, json, choices(attributes));
      default ->
          throw new IllegalArgumentException(
              "the distribution is a '%s', expected a Float, Int or Categorical one"
                  .formatted(name.asText()));
    };
  }

  private static ObjectNode object(String text) {
    try {
      if (Json.parse(text) instanceof ObjectNode object) {
        return object;
      }
      throw new IllegalArgumentException("the distribution is not a JSON object");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the distribution is not JSON: " + e.getMessage(), e);
    }
  }

  private static List<JsonNode> choices(ObjectNode attributes) {
    List<JsonNode> choices = new ArrayList<>();
    attributes.path("choices").forEach(choices::add);
    if (choices.isEmpty()) {
      throw new IllegalArgumentException("the distribution has no choices");
    }
    return choices;
  }

  /** Whether it is on a logarithmic scale. */
  public boolean isLog() {
    JsonNode attributes = json.get("attributes") instanceof ObjectNode inner ? inner : json;
    return attributes.path("log").booleanValue()
        || json.path("name").asText().startsWith("LogUniform")
        || json.path("name").asText().startsWith("IntLogUniform");
  }

  /**
   * Whether Optuna lets a parameter have both in one study: of one kind and scale, with equal
   * choices. Bounds and steps may differ.
   */
  public boolean isCompatibleWith(ParameterDomain other) {
    if (kind != other.kind || choices.size() != other.choices.size()) {
      return false;
    }
    for (int i = 0; i < choices.size(); i++) {
      if (!areEqual(choices.get(i), other.choices.get(i))) {
        return false;
      }
    }
    return isLog() == other.isLog();
  }

  /** The step between values; null where they are not on a grid. */
  public @Nullable Double step() {
    JsonNode attributes = json.get("attributes") instanceof ObjectNode inner ? inner : json;
    JsonNode step = attributes.has("q") ? attributes.path("q") : attributes.path("step");
    return step.isNumber() ? (Double) step.doubleValue() : null;
  }

  /**
   * The value as the objective got it.
   *
   * @throws IllegalArgumentException where no value has this internal form
   */
  public JsonNode external(double internal) {
    if (kind == Kind.REAL) {
      return DoubleNode.valueOf(internal);
    }
    if (!Double.isFinite(internal)) {
      throw new IllegalArgumentException("its internal value is " + internal);
    }
    if (kind == Kind.WHOLE) {
      BigInteger whole = new BigDecimal(internal).toBigInteger();
      return whole.bitLength() < Long.SIZE
          ? LongNode.valueOf(whole.longValue())
          : BigIntegerNode.valueOf(whole);
    }
    // As Python counts: below zero from the end.
    int index = (int) internal;
    int place = index < 0 ? index + choices.size() : index;
    if (place < 0 || place >= choices.size()) {
      throw new IllegalArgumentException(
          "its internal value is %s, expected the index of one of %d choices"
              .formatted(internal, choices.size()));
    }
    return choices.get(place);
  }

  /** The internal form that Optuna gives a value; null where it is none of the choices. */
  public @Nullable Double internal(JsonNode external) {
    if (kind != Kind.CATEGORICAL) {
      return external.doubleValue();
    }
    for (int i = 0; i < choices.size(); i++) {
      if (areEqual(choices.get(i), external)) {
        return (double) i;
      }
    }
    return null;
  }

  /** Whether Python takes two choices for the same: 1, 1.0 and true are, and so is NaN with NaN. */
  public static boolean areEqual(JsonNode a, JsonNode b) {
    if (!isNumber(a) || !isNumber(b)) {
      return a.equals(b);
    }
    if (a.isIntegralNumber() && b.isIntegralNumber()) {
      return a.bigIntegerValue().equals(b.bigIntegerValue());
    }
    return real(a) == real(b) || (Double.isNaN(real(a)) && Double.isNaN(real(b)));
  }

  private static boolean isNumber(JsonNode node) {
    return node.isNumber() || node.isBoolean();
  }

  private static double real(JsonNode number) {
    if (number.isBoolean()) {
      return number.booleanValue() ? 1 : 0;
    }
    return number.doubleValue();
  }
}
