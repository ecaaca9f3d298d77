package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.LongNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.IntDistribution;
import java.math.BigInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Whole numbers of at most 64 bits. Immutable. */
final class Wholes implements Domain {
  /** Up to here the half of a number is a double as well. */
  private static final long SMALL = 1L << 52;

  /** Whole numbers beyond are not all doubles. */
  static final long MOST_DOUBLE = 1L << 53;

  private final IntDistribution distribution;
  private final long low;
  private final long high;
  private final long step;

  /** The index of the highest value, without a sign. */
  private final long last;

  private final boolean small;
  private final @Nullable LogLine line;

  private Wholes(IntDistribution distribution) {
    this.distribution = distribution;
    this.low = distribution.low();
    this.high = distribution.high();
    this.step = distribution.step();
    // The difference wraps around when the range is wider than a long, and is right unsigned.
    this.last = Long.divideUnsigned(high - low, step);
    this.small = areWithin(SMALL);
    // Half a unit on both sides gives the two ends the room that the others have.
    this.line = distribution.log() ? LogLine.between(low - 0.5, high + 0.5) : null;
  }

  /** The values of a distribution whose high end is one of them. */
  static Wholes of(IntDistribution distribution) {
    return new Wholes(distribution);
  }

  /** Whether each value is a double. */
  boolean areDoubles() {
    return areWithin(MOST_DOUBLE);
  }

  private boolean areWithin(long largest) {
    return -largest <= low && high <= largest;
  }

  @Override
  public BigInteger count() {
    return new BigInteger(Long.toUnsignedString(last)).add(BigInteger.ONE);
  }

  @Override
  public JsonNode at(BigInteger index) {
    return json(low + step * index.longValue());
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
            .subtract(BigInteger.valueOf(low))
            .divideAndRemainder(BigInteger.valueOf(step));
    return steps[1].signum() == 0 ? steps[0] : null;
  }

  private long drawLong(RandomGenerator random) {
    if (line == null) {
      return low + step * Draw.upTo(last, random);
    }
    long drawn = (long) Math.rint(line.at(Draw.unit(random)));
    return Math.min(high, Math.max(low, drawn));
  }

  @Override
  public double drawNumber(RandomGenerator random) {
    return drawLong(random);
  }

  @Override
  public JsonNode draw(RandomGenerator random) {
    return json(drawLong(random));
  }

  @Override
  public Distribution distribution() {
    return distribution;
  }

  @Override
  public double nearest(double number) {
    return value(number);
  }

  @Override
  public JsonNode json(double number) {
    return json(value(number));
  }

  @Override
  public double number(JsonNode value) {
    return Domain.within(value, (double) low, (double) high);
  }

  private long value(double number) {
    if (small) {
      double nearest = low + Math.rint((number - low) / step) * step;
      return Math.min(high, Math.max(low, (long) nearest));
    }
    long inside = Math.min(high, Math.max(low, (long) Math.rint(number)));
    if (step == 1) {
      return inside;
    }
    long below = Long.divideUnsigned(inside - low, step);
    long rest = inside - low - below * step;
    boolean up = Long.compareUnsigned(rest, step - rest) > 0 && below != last;
    return low + (up ? below + 1 : below) * step;
  }

  private static JsonNode json(long value) {
    return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
  }
}
