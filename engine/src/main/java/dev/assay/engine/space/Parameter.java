package dev.assay.engine.space;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Distribution;
import java.math.BigInteger;
import java.util.random.RandomGenerator;

/**
 * A parameter that varies, in numbers: each of its values is a double, as in Optuna's internal
 * representation. A float is itself, a whole number the double next to it, and one of a list of
 * choices its index. Immutable and safe to share between threads.
 */
public final class Parameter {
  private final String path;
  private final Domain domain;
  private final Distribution distribution;
  private final Scale scale;

  Parameter(String path, Domain domain) {
    this.path = path;
    this.domain = domain;
    this.distribution =
        requireNonNull(domain.distribution(), "a fixed parameter has no distribution");
    this.scale = Scale.of(distribution);
  }

  /** Its dotted path. */
  public String path() {
    return path;
  }

  /** Its distribution as Optuna has it. */
  public Distribution distribution() {
    return distribution;
  }

  /** Whether its values have no order between them. */
  public boolean isCategorical() {
    return distribution instanceof Distribution.CategoricalDistribution;
  }

  /** Whether it is to be searched by its logarithm. */
  public boolean isLog() {
    return scale.log();
  }

  /** The lowest value; 0 for choices. */
  public double low() {
    return scale.low();
  }

  /** The highest value; of choices the last index. */
  public double high() {
    return scale.high();
  }

  /**
   * The distance between neighbouring values: 1 for whole numbers and choices, 0 for all doubles.
   */
  public double step() {
    return scale.step();
  }

  /** How many values there are; infinite for all doubles of a range. */
  public double count() {
    BigInteger count = domain.count();
    return count == null ? Double.POSITIVE_INFINITY : count.doubleValue();
  }

  /** The value that is nearest to {@code number}, which may lie anywhere but at NaN. */
  public double nearest(double number) {
    double inside = Math.min(scale.high(), Math.max(scale.low(), number));
    return domain.nearest(inside);
  }

  /**
   * The value at a place between 0 and 1: each of several values has an equal share, all doubles of
   * a range lie evenly, those of a logarithmic range by their logarithm.
   */
  public double fromUnit(double unit) {
    return domain.nearest(scale.fromUnit(unit));
  }

  /** The middle of the places that {@link #fromUnit} gives this value. */
  public double toUnit(double value) {
    return scale.toUnit(value);
  }

  /** A value by chance, as the search space draws it; rests on {@code nextLong} alone. */
  public double draw(RandomGenerator random) {
    return domain.drawNumber(random);
  }

  /** What the objective gets for a value. Shared: not to be changed. */
  public JsonNode json(double value) {
    return domain.json(value);
  }

  /**
   * The number of a value; NaN where this parameter has no such value: outside its range, of
   * another type, none of its choices.
   */
  public double number(JsonNode value) {
    return domain.number(value);
  }
}
