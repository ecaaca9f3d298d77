package dev.assay.engine.space;

import dev.assay.engine.space.SpaceNode.Leaf;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** A parameter that has to have one of some values. Immutable. */
final class Condition {
  private final Leaf gate;
  private final NavigableSet<BigInteger> indices;
  private final double[] numbers;

  /**
   * A condition.
   *
   * @param gate the parameter, which varies
   * @param indices of its values, as {@link Domain#at} has them
   */
  Condition(Leaf gate, NavigableSet<BigInteger> indices) {
    this.gate = gate;
    this.indices = Collections.unmodifiableNavigableSet(new TreeSet<>(indices));
    this.numbers =
        indices.stream()
            .mapToDouble(index -> gate.domain().number(gate.domain().at(index)))
            .sorted()
            .toArray();
  }

  Leaf gate() {
    return gate;
  }

  NavigableSet<BigInteger> indices() {
    return indices;
  }

  /**
   * Whether all of {@code conditions} hold.
   *
   * @param values a number for each parameter that varies; NaN for one that takes no part
   */
  static boolean hold(Condition[] conditions, double[] values) {
    for (Condition condition : conditions) {
      if (!condition.holds(values[condition.gate.parameter()])) {
        return false;
      }
    }
    return true;
  }

  private boolean holds(double value) {
    return !Double.isNaN(value) && Arrays.binarySearch(numbers, gate.domain().nearest(value)) >= 0;
  }
}
