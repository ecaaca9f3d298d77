package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The values that one parameter may take. Immutable. */
sealed interface Domain permits Domain.Fixed, Domain.Choices, Domain.Reals, Steps, Wholes {
  /** How many values there are; null where they are not countable. */
  @Nullable BigInteger count();

  /** The value at {@code index}, from 0, in the order of their declaration or size. */
  JsonNode at(BigInteger index);

  /** The index of a value; null where it is none of these values, or those are not countable. */
  @Nullable BigInteger indexOf(JsonNode value);

  /** The number of a value by chance, as the parameter's distribution has it. */
  double drawNumber(RandomGenerator random);

  /** A value by chance; takes as much from {@code random} as {@link #drawNumber}. */
  default JsonNode draw(RandomGenerator random) {
    return json(drawNumber(random));
  }

  /** Optuna's distribution; null for a parameter that is fixed. */
  @Nullable Distribution distribution();

  /** The number of the value that is nearest to one within the range. */
  double nearest(double number);

  /** The value that has this number. */
  JsonNode json(double number);

  /** The number of a value, by which samplers know it; NaN where it is none of these values. */
  double number(JsonNode value);

  /** A number of the range; NaN for any other value. */
  static double within(JsonNode value, double low, double high) {
    double number = value.isNumber() ? value.doubleValue() : Double.NaN;
    return number >= low && number <= high ? number : Double.NaN;
  }

  /** One value that was declared as such. */
  record Fixed(JsonNode value) implements Domain {
    @Override
    public BigInteger count() {
      return BigInteger.ONE;
    }

    @Override
    public JsonNode at(BigInteger index) {
      return value;
    }

    @Override
    public @Nullable BigInteger indexOf(JsonNode other) {
      return Double.isNaN(number(other)) ? null : BigInteger.ZERO;
    }

    @Override
    public double drawNumber(RandomGenerator random) {
      return 0;
    }

    @Override
    public @Nullable Distribution distribution() {
      return null;
    }

    @Override
    public double nearest(double number) {
      return 0;
    }

    @Override
    public JsonNode json(double number) {
      return value;
    }

    @Override
    public double number(JsonNode other) {
      return other.equals(value) ? 0 : Double.NaN;
    }
  }

  /**
   * A list of values of any kind.
   *
   * @param indices of the values
   */
  record Choices(List<JsonNode> values, Map<JsonNode, Integer> indices) implements Domain {
    /** The values in this order, repeated ones once. */
    static Choices of(List<JsonNode> values) {
      Map<JsonNode, Integer> indices = new LinkedHashMap<>();
      values.forEach(value -> indices.putIfAbsent(value, indices.size()));
      return new Choices(List.copyOf(indices.keySet()), Collections.unmodifiableMap(indices));
    }

    @Override
    public BigInteger count() {
      return BigInteger.valueOf(values.size());
    }

    @Override
    public JsonNode at(BigInteger index) {
      return values.get(index.intValueExact());
    }

    @Override
    public @Nullable BigInteger indexOf(JsonNode value) {
      double index = number(value);
      return Double.isNaN(index) ? null : BigInteger.valueOf((long) index);
    }

    @Override
    public double drawNumber(RandomGenerator random) {
      return Draw.upTo(values.size() - 1L, random);
    }

    @Override
    public Distribution distribution() {
      return new CategoricalDistribution(values);
    }

    @Override
    public double nearest(double number) {
      return Math.rint(number);
    }

    @Override
    public JsonNode json(double number) {
      return values.get((int) number);
    }

    @Override
    public double number(JsonNode value) {
      Integer index = indices.get(value);
      return index == null ? sameText(value) : index;
    }

    /** Numbers that were read back may have another Java type. */
    private double sameText(JsonNode value) {
      String text = CanonicalJson.sorted(value);
      for (int i = 0; i < values.size(); i++) {
        if (CanonicalJson.sorted(values.get(i)).equals(text)) {
          return i;
        }
      }
      return Double.NaN;
    }
  }

  /**
   * All doubles of a range, evenly or by their logarithm.
   *
   * @param line null where they lie evenly
   */
  record Reals(FloatDistribution distribution, @Nullable LogLine line) implements Domain {
    static Reals of(FloatDistribution distribution) {
      return new Reals(
          distribution,
          distribution.log() ? LogLine.between(distribution.low(), distribution.high()) : null);
    }

    @Override
    public @Nullable BigInteger count() {
      return distribution.low() == distribution.high() ? BigInteger.ONE : null;
    }

    @Override
    public JsonNode at(BigInteger index) {
      return DoubleNode.valueOf(distribution.low());
    }

    @Override
    public @Nullable BigInteger indexOf(JsonNode value) {
      return count() == null || Double.isNaN(number(value)) ? null : BigInteger.ZERO;
    }

    @Override
    public double drawNumber(RandomGenerator random) {
      double low = distribution.low();
      double high = distribution.high();
      double unit = Draw.unit(random);
      double drawn = line == null ? low * (1 - unit) + high * unit : line.at(unit);
      return Math.min(high, Math.max(low, drawn));
    }

    @Override
    public double nearest(double number) {
      return number + 0.0;
    }

    @Override
    public JsonNode json(double number) {
      // -0.0 has a signature of its own.
      return DoubleNode.valueOf(number + 0.0);
    }

    @Override
    public double number(JsonNode value) {
      return within(value, distribution.low(), distribution.high());
    }
  }
}
