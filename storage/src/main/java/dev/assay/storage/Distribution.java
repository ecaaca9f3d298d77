package dev.assay.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which values a parameter may take. The three kinds and their JSON are Optuna's. */
public sealed interface Distribution {

  /**
   * Optuna's JSON form, {@code {"name": "FloatDistribution", "attributes": {…}}}.
   *
   * @return a new node that the caller may keep
   */
  ObjectNode toJson();

  /** Whether there is one value only that the parameter may take. */
  boolean isSingle();

  /**
   * Reads a distribution in any of the forms that Optuna reads, those of its first versions
   * included.
   *
   * @throws IllegalArgumentException where it is none; the message says what was found
   */
  static Distribution fromJson(JsonNode json) {
    JsonNode name = json.has("name") ? json.path("name") : json.path("type");
    JsonNode attributes = json.has("attributes") ? json.path("attributes") : json;
    JsonNode step = attributes.has("q") ? attributes.path("q") : attributes.path("step");
    boolean log = attributes.path("log").asBoolean() || name.asText().contains("LogUniform");
    return switch (name.asText()) {
      case "FloatDistribution",
          "UniformDistribution",
          "LogUniformDistribution",
          "DiscreteUniformDistribution",
          "float" ->
          new FloatDistribution(
              bound(json, attributes.path("low")).doubleValue(),
              bound(json, attributes.path("high")).doubleValue(),
              step.isNumber() ? (Double) step.doubleValue() : null,
              log);
      case "IntDistribution", "IntUniformDistribution", "IntLogUniformDistribution", "int" ->
          new IntDistribution(
              bound(json, attributes.path("low")).longValue(),
              bound(json, attributes.path("high")).longValue(),
              step.isNumber() ? step.longValue() : 1,
              log);
      case "CategoricalDistribution", "categorical" -> {
        List<JsonNode> choices = new ArrayList<>();
        attributes.path("choices").forEach(choices::add);
        yield new CategoricalDistribution(choices);
      }
      default ->
          throw new IllegalArgumentException(
              "the distribution is a '%s', expected a Float, Int or Categorical one"
                  .formatted(name.asText()));
    };
  }

  private static JsonNode bound(JsonNode distribution, JsonNode bound) {
    if (!bound.isNumber()) {
      throw new IllegalArgumentException(
          "the distribution lacks low or high, found " + distribution);
    }
    return bound;
  }

  /**
   * Real numbers from {@code low} to {@code high}, both included.
   *
   * @param step the grid's width from {@code low}; null for none
   * @param log whether to sample on a logarithmic scale; excludes a step, wants low &gt; 0
   */
  record FloatDistribution(double low, double high, @Nullable Double step, boolean log)
      implements Distribution {
    public FloatDistribution {
      if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
        throw new IllegalArgumentException(
            "low is %s and high is %s, expected finite numbers with low <= high"
                .formatted(low, high));
      }
      if (step != null && !(step > 0 && Double.isFinite(step))) {
        throw new IllegalArgumentException("step is %s, expected more than 0".formatted(step));
      }
      if (log && (step != null || low <= 0)) {
        throw new IllegalArgumentException(
            "a logarithmic range starts above 0 and has no step, found low %s and step %s"
                .formatted(low, step));
      }
    }

    @Override
    public boolean isSingle() {
      return low == high
          || (step != null
              && BigDecimal.valueOf(high)
                      .subtract(BigDecimal.valueOf(low))
                      .compareTo(BigDecimal.valueOf(step))
                  < 0);
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode attributes = JsonNodeFactory.instance.objectNode();
      attributes.put("step", step);
      attributes.put("low", low);
      attributes.put("high", high);
      attributes.put("log", log);
      return named("FloatDistribution", attributes);
    }
  }

  /**
   * Whole numbers from {@code low} to {@code high}, both included.
   *
   * @param step the grid's width from {@code low}, at least 1
   * @param log whether to sample on a logarithmic scale; excludes a step other than 1
   */
  record IntDistribution(long low, long high, long step, boolean log) implements Distribution {
    public IntDistribution {
      if (low > high) {
        throw new IllegalArgumentException(
            "low is %d and high is %d, expected low <= high".formatted(low, high));
      }
      if (step < 1) {
        throw new IllegalArgumentException("step is %d, expected 1 or more".formatted(step));
      }
      if (log && (step != 1 || low < 1)) {
        throw new IllegalArgumentException(
            "a logarithmic range of whole numbers starts at 1 or above and has step 1, found low %d and step %d"
                .formatted(low, step));
      }
    }

    @Override
    public boolean isSingle() {
      return (double) high - low < step;
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode attributes = JsonNodeFactory.instance.objectNode();
      attributes.put("log", log);
      attributes.put("step", step);
      attributes.put("low", low);
      attributes.put("high", high);
      return named("IntDistribution", attributes);
    }
  }

  /**
   * One of a list, without order between them.
   *
   * @param choices at least one; any JSON value
   */
  record CategoricalDistribution(List<JsonNode> choices) implements Distribution {
    public CategoricalDistribution {
      requireNonNull(choices, "choices is null");
      choices = List.copyOf(choices);
      if (choices.isEmpty()) {
        throw new IllegalArgumentException("choices is empty, expected at least one");
      }
    }

    /** The first choice that Python takes for this value; -1 where it is none of them. */
    public int indexOf(JsonNode value) {
      for (int i = 0; i < choices.size(); i++) {
        if (ParameterDomain.areEqual(choices.get(i), value)) {
          return i;
        }
      }
      return -1;
    }

    @Override
    public boolean isSingle() {
      return choices.size() == 1;
    }

    @Override
    public ObjectNode toJson() {
      ObjectNode attributes = JsonNodeFactory.instance.objectNode();
      attributes.putArray("choices").addAll(choices);
      return named("CategoricalDistribution", attributes);
    }
  }

  private static ObjectNode named(String name, ObjectNode attributes) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", name);
    node.set("attributes", attributes);
    return node;
  }
}
