package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * {@code low}, {@code low + step}, {@code low + 2 step}, … worked out in decimals, so that 0.1 and
 * a step of 0.2 give the double nearest to 0.3. Immutable.
 *
 * <p>Where low and step are whole numbers of some 10^-n with n up to 22, and all values fit into 53
 * bits as such, the numerator and the power of ten of each value are doubles, so that their
 * quotient is the nearest double (W. D. Clinger, How to read floating point numbers accurately,
 * 1990). Other ranges are worked out in {@link BigDecimal}.
 */
final class Steps implements Domain {
  /** The highest power of ten that is a double. */
  private static final int MAX_SCALE = 22;

  private static final BigDecimal MAX_UNITS = BigDecimal.valueOf(1L << 53);

  private final BigDecimal low;
  private final BigDecimal step;

  /** The index of the highest value. Below 2^55, since neighbours are different doubles. */
  private final long last;

  /** What a unit is divided from 1 by; 0 where values are worked out in decimals. */
  private final double power;

  private final long lowUnits;
  private final long stepUnits;
  private final double lowest;
  private final double highest;
  private final double width;

  private Steps(BigDecimal low, BigDecimal step, long last) {
    this.low = low;
    this.step = step;
    this.last = last;
    int scale = Math.max(0, Math.max(low.scale(), step.scale()));
    BigDecimal high = low.add(step.multiply(BigDecimal.valueOf(last)));
    boolean exact = scale <= MAX_SCALE && fits(low, scale) && fits(high, scale);
    // A step that no value takes may be wider.
    exact &= fits(step, scale);
    this.power = exact ? BigDecimal.ONE.scaleByPowerOfTen(scale).doubleValue() : 0;
    this.lowUnits = exact ? low.scaleByPowerOfTen(scale).longValueExact() : 0;
    this.stepUnits = exact ? step.scaleByPowerOfTen(scale).longValueExact() : 0;
    this.lowest = value(0);
    this.highest = value(last);
    this.width = step.doubleValue();
  }

  /** The values from {@code low} on that are at most {@code high}. */
  static Steps of(double low, double high, double step) {
    BigDecimal first = decimal(low);
    BigDecimal width = decimal(step);
    BigInteger last = decimal(high).subtract(first).divideToIntegralValue(width).toBigInteger();
    return new Steps(first, width, last.longValueExact());
  }

  /** The shortest decimal that reads back as {@code value}, which is what its author wrote. */
  private static BigDecimal decimal(double value) {
    return new BigDecimal(CanonicalJson.compact(DoubleNode.valueOf(value))).stripTrailingZeros();
  }

  private static boolean fits(BigDecimal value, int scale) {
    return value.scaleByPowerOfTen(scale).abs().compareTo(MAX_UNITS) <= 0;
  }

  private double value(long index) {
    return power > 0
        ? (lowUnits + index * stepUnits) / power
        : low.add(step.multiply(BigDecimal.valueOf(index))).doubleValue();
  }

  @Override
  public BigInteger count() {
    return BigInteger.valueOf(last + 1);
  }

  @Override
  public JsonNode at(BigInteger index) {
    return DoubleNode.valueOf(value(index.longValueExact()));
  }

  @Override
  public @Nullable BigInteger indexOf(JsonNode value) {
    double number = number(value);
    if (Double.isNaN(number)) {
      return null;
    }
    long index = nearestIndex(number);
    return value(index) == number ? BigInteger.valueOf(index) : null;
  }

  @Override
  public double drawNumber(RandomGenerator random) {
    return value(Draw.upTo(last, random));
  }

  @Override
  public JsonNode draw(RandomGenerator random) {
    return DoubleNode.valueOf(drawNumber(random));
  }

  @Override
  public Distribution distribution() {
    return new FloatDistribution(lowest, highest, width, false);
  }

  @Override
  public double nearest(double number) {
    return value(nearestIndex(number));
  }

  private long nearestIndex(double number) {
    double away = number - lowest;
    double steps = Double.isInfinite(away) ? (number / 2 - lowest / 2) / (width / 2) : away / width;
    long index = Math.min(last, Math.max(0, (long) Math.rint(steps)));
    if (value(index) == number) {
      return index;
    }
    // In doubles, the quotient may be off by some steps where there are many.
    while (index < last && distance(index + 1, number) < distance(index, number)) {
      index++;
    }
    while (index > 0 && distance(index - 1, number) < distance(index, number)) {
      index--;
    }
    return index;
  }

  private double distance(long index, double number) {
    return Math.abs(value(index) / 2 - number / 2);
  }

  @Override
  public JsonNode json(double number) {
    return DoubleNode.valueOf(nearest(number));
  }

  @Override
  public double number(JsonNode value) {
    return Domain.within(value, lowest, highest);
  }
}
