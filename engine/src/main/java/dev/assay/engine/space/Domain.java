package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The values that one parameter may take. Immutable. */
sealed interface Domain {
  /** How many values there are; null where they are not countable. */
  @Nullable BigInteger count();

  /** The value at {@code index}, from 0, in the order of their declaration or size. */
  JsonNode at(BigInteger index);

  /** The index of a value; null where it is none of these values, or those are not countable. */
  @Nullable BigInteger indexOf(JsonNode value);

  /** One value by chance, as the parameter's distribution has it. */
  JsonNode draw(RandomGenerator random);

  /** Optuna's distribution; null for a parameter that is fixed. */
  @Nullable Distribution distribution();

  /** The number of the value that is nearest to one within the range. */
  double nearest(double number);

  /** The value that has this number. */
  JsonNode json(double number);

  /** The number of a value, by which samplers know it; NaN where it is none of these values. */
  double number(JsonNode value);

  /** A number of the range; NaN for any other value. */
  private static double within(JsonNode value, double low, double high) {
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
    public JsonNode draw(RandomGenerator random) {
      return value;
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

  /** A list of values of any kind. */
  record Choices(List<JsonNode> values) implements Domain {
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
    public JsonNode draw(RandomGenerator random) {
      return at(Draw.below(count(), random));
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
      int index = values.indexOf(value);
      return index >= 0 ? index : sameText(value);
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

  /** All doubles of a range, evenly or by their logarithm. */
  record Reals(FloatDistribution distribution) implements Domain {
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
    public JsonNode draw(RandomGenerator random) {
      double low = distribution.low();
      double high = distribution.high();
      double unit = Draw.unit(random);
      double drawn =
          distribution.log() ? logarithmic(low, high, unit) : low * (1 - unit) + high * unit;
      return DoubleNode.valueOf(Math.min(high, Math.max(low, drawn)));
    }

    @Override
    public double nearest(double number) {
      return number;
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

  /**
   * {@code low}, {@code low + step}, {@code low + 2 step}, … worked out in decimals, so that 0.1
   * and a step of 0.2 give the double nearest to 0.3.
   *
   * @param last the index of the highest value
   */
  record Steps(BigDecimal low, BigDecimal step, BigInteger last) implements Domain {
    static Steps of(double low, double high, double step) {
      BigDecimal first = decimal(low);
      BigDecimal width = decimal(step);
      BigInteger last = decimal(high).subtract(first).divideToIntegralValue(width).toBigInteger();
      return new Steps(first, width, last);
    }

    /** The shortest decimal that reads back as {@code value}, which is what its author wrote. */
    private static BigDecimal decimal(double value) {
      return new BigDecimal(CanonicalJson.compact(DoubleNode.valueOf(value)));
    }

    double value(BigInteger index) {
      return low.add(step.multiply(new BigDecimal(index))).doubleValue();
    }

    @Override
    public BigInteger count() {
      return last.add(BigInteger.ONE);
    }

    @Override
    public JsonNode at(BigInteger index) {
      return DoubleNode.valueOf(value(index));
    }

    @Override
    public @Nullable BigInteger indexOf(JsonNode value) {
      double number = number(value);
      if (Double.isNaN(number)) {
        return null;
      }
      BigInteger index = nearestIndex(number);
      return value(index) == number ? index : null;
    }

    @Override
    public JsonNode draw(RandomGenerator random) {
      return at(Draw.below(count(), random));
    }

    @Override
    public Distribution distribution() {
      return new FloatDistribution(low.doubleValue(), value(last), step.doubleValue(), false);
    }

    @Override
    public double nearest(double number) {
      return value(nearestIndex(number));
    }

    private BigInteger nearestIndex(double number) {
      double steps = Math.rint((number - low.doubleValue()) / step.doubleValue());
      return new BigDecimal(steps).toBigInteger().max(BigInteger.ZERO).min(last);
    }

    @Override
    public JsonNode json(double number) {
      return DoubleNode.valueOf(nearest(number));
    }

    @Override
    public double number(JsonNode value) {
      return within(value, low.doubleValue(), value(last));
    }
  }

  /** Whole numbers, {@code high} being one of them. */
  record Wholes(IntDistribution distribution) implements Domain {
    @Override
    public BigInteger count() {
      return BigInteger.valueOf(distribution.high())
          .subtract(BigInteger.valueOf(distribution.low()))
          .divide(BigInteger.valueOf(distribution.step()))
          .add(BigInteger.ONE);
    }

    @Override
    public JsonNode at(BigInteger index) {
      return whole(
          BigInteger.valueOf(distribution.low())
              .add(BigInteger.valueOf(distribution.step()).multiply(index))
              .longValueExact());
    }

    @Override
    public @Nullable BigInteger indexOf(JsonNode value) {
      double number = number(value);
      if (Double.isNaN(number) || number != Math.rint(number)) {
        return null;
      }
      BigInteger[] steps =
          value
              .decimalValue()
              .toBigInteger()
              .subtract(BigInteger.valueOf(distribution.low()))
              .divideAndRemainder(BigInteger.valueOf(distribution.step()));
      return steps[1].signum() == 0 ? steps[0] : null;
    }

    /** Whether no value is further from 0 than {@code largest}. */
    boolean areWithin(BigInteger largest) {
      return BigInteger.valueOf(distribution.low()).abs().compareTo(largest) <= 0
          && BigInteger.valueOf(distribution.high()).abs().compareTo(largest) <= 0;
    }

    @Override
    public JsonNode draw(RandomGenerator random) {
      if (!distribution.log()) {
        return at(Draw.below(count(), random));
      }
      // Half a unit on both sides gives the two ends the room that the others have.
      double drawn =
          logarithmic(distribution.low() - 0.5, distribution.high() + 0.5, Draw.unit(random));
      return whole(
          Math.min(distribution.high(), Math.max(distribution.low(), (long) Math.rint(drawn))));
    }

    @Override
    public double nearest(double number) {
      return (double) value(number);
    }

    @Override
    public JsonNode json(double number) {
      return whole(value(number));
    }

    @Override
    public double number(JsonNode value) {
      return within(value, (double) distribution.low(), (double) distribution.high());
    }

    private long value(double number) {
      double low = (double) distribution.low();
      double step = (double) distribution.step();
      // In doubles, a range of 64 bits may end above its last value.
      double value = low + Math.rint((number - low) / step) * step;
      return Math.min(distribution.high(), Math.max(distribution.low(), (long) value));
    }

    private static JsonNode whole(long value) {
      return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }
  }

  /**
   * The number that lies at {@code unit} of the way from {@code low} to {@code high} on a
   * logarithmic scale. In terms of the ratio where that is finite, which keeps the last digits of
   * narrow ranges; else by the logarithms themselves. In StrictMath, since a seed has to mean the
   * same on every machine.
   */
  private static double logarithmic(double low, double high, double unit) {
    double excess = (high - low) / low;
    if (excess < 1e300) {
      return low + low * StrictMath.expm1(unit * StrictMath.log1p(excess));
    }
    return StrictMath.exp(StrictMath.log(low) * (1 - unit) + StrictMath.log(high) * unit);
  }
}
