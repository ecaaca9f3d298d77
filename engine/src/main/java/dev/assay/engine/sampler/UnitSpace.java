package dev.assay.engine.sampler;

import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A search space as points for a Gaussian process. A parameter with an order is a place between 0
 * and 1, choices are their index. A parameter that takes no part in some trials has a second
 * dimension that says whether it does, and a neutral place where it does not. Immutable.
 */
final class UnitSpace {
  /** A range with more values than this is searched as if it were continuous. */
  private static final int MOST_LEVELS = 64;

  private static final double NEUTRAL = 0.5;
  private static final double CHANGED_CHOICES = 0.1;

  private final SearchSpace space;
  private final List<Parameter> parameters;
  private final int[] indicators;
  private final double[][] levels;
  private final double[][] levelValues;
  private final int dimensions;

  /**
   * @param partial for each parameter whether there are trials in which it takes no part
   */
  UnitSpace(SearchSpace space, boolean[] partial) {
    this.space = space;
    this.parameters = space.parameters();
    int count = parameters.size();
    this.indicators = new int[count];
    this.levels = new double[count][];
    this.levelValues = new double[count][];
    int dimension = count;
    for (int p = 0; p < count; p++) {
      indicators[p] = partial[p] ? dimension++ : -1;
      Parameter parameter = parameters.get(p);
      int values = parameter.count() <= MOST_LEVELS ? (int) parameter.count() : 0;
      levels[p] = new double[values];
      levelValues[p] = new double[values];
      for (int i = 0; i < values; i++) {
        double value = parameter.fromUnit((i + 0.5) / values);
        levelValues[p][i] = parameter.isCategorical() ? i : value;
      }
      for (int i = 0; i < values; i++) {
        levels[p][i] = place(parameter, levelValues[p][i]);
      }
    }
    this.dimensions = dimension;
  }

  private static double place(Parameter parameter, double value) {
    return parameter.isCategorical() ? value : parameter.toUnit(value);
  }

  int dimensions() {
    return dimensions;
  }

  int parameters() {
    return parameters.size();
  }

  /** For each dimension whether its values have no order. */
  boolean[] choices() {
    boolean[] choices = new boolean[dimensions];
    for (int p = 0; p < parameters.size(); p++) {
      choices[p] = parameters.get(p).isCategorical();
      if (indicators[p] >= 0) {
        choices[indicators[p]] = true;
      }
    }
    return choices;
  }

  /** The places of a parameter's values; empty where it is searched as continuous. */
  double[] levels(int parameter) {
    return levels[parameter];
  }

  /** The point of a trial's values, NaN for those that take no part. */
  void encode(double[] values, double[] point) {
    for (int p = 0; p < parameters.size(); p++) {
      double value = values[p];
      boolean absent = Double.isNaN(value);
      point[p] = absent ? NEUTRAL : place(parameters.get(p), value);
      if (indicators[p] >= 0) {
        point[indicators[p]] = absent ? 0 : 1;
      }
    }
  }

  /**
   * The values of a point, NaN for those that take no part. The point moves to where {@link
   * #encode} puts these values.
   */
  void decode(double[] point, double[] values) {
    for (int p = 0; p < parameters.size(); p++) {
      values[p] = value(p, point[p]);
    }
    for (int p = 0; p < parameters.size(); p++) {
      if (!space.isActive(p, values)) {
        values[p] = Double.NaN;
      }
    }
    encode(values, point);
  }

  private double value(int p, double place) {
    if (levels[p].length == 0) {
      return parameters.get(p).fromUnit(place);
    }
    int nearest = 0;
    for (int i = 1; i < levels[p].length; i++) {
      if (Math.abs(levels[p][i] - place) < Math.abs(levels[p][nearest] - place)) {
        nearest = i;
      }
    }
    return levelValues[p][nearest];
  }

  /** Puts the point at which a trial may be; its continuous places stay as they are. */
  void settle(double[] point, double[] values) {
    if (dimensions > parameters.size()) {
      decode(point, values);
    }
  }

  /** A place of a parameter by chance. */
  double draw(int parameter, RandomGenerator random) {
    double[] places = levels[parameter];
    return places.length == 0 ? Draws.unit(random) : places[Draws.below(places.length, random)];
  }

  /** A place near that of another point, by chance; choices mostly stay as they are. */
  double near(int parameter, double[] point, double spread, RandomGenerator random) {
    boolean choice = parameters.get(parameter).isCategorical();
    if (!takesPart(parameter, point) || (choice && Draws.unit(random) < CHANGED_CHOICES)) {
      return draw(parameter, random);
    }
    double place = point[parameter];
    if (choice) {
      return place;
    }
    double inside = Math.min(1, Math.max(0, place + spread * Draws.gaussian(random)));
    double[] places = levels[parameter];
    return places.length == 0
        ? inside
        : places[Math.min(places.length - 1, (int) (inside * places.length))];
  }

  /** Whether gradients lead along this parameter at {@code point}. */
  boolean isSmooth(int parameter, double[] point) {
    return levels[parameter].length == 0 && takesPart(parameter, point);
  }

  private boolean takesPart(int parameter, double[] point) {
    return indicators[parameter] < 0 || point[indicators[parameter]] == 1;
  }
}
