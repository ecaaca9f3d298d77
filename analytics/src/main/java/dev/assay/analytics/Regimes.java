package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import java.util.List;
import java.util.Objects;

/** The distributions of one parameter. */
final class Regimes {
  private final List<Distribution> distributions;
  private final int[] ofSpace;

  Regimes(List<Distribution> distributions, int[] ofSpace) {
    this.distributions = distributions;
    this.ofSpace = ofSpace;
  }

  /** The distributions, each once. */
  List<Distribution> distributions() {
    return distributions;
  }

  /**
   * Which of them it has in which space; {@link ParameterColumn#ABSENT} for none. Not to be
   * changed.
   */
  int[] ofSpace() {
    return ofSpace;
  }

  static Regimes of(List<ParameterSpace> spaces, String name) {
    List<Distribution> distributions =
        spaces.stream()
            .map(space -> space.declared().get(name))
            .filter(Objects::nonNull)
            .distinct()
            .toList();
    int[] ofSpace = new int[spaces.size()];
    for (int i = 0; i < ofSpace.length; i++) {
      Distribution distribution = spaces.get(i).declared().get(name);
      ofSpace[i] =
          distribution == null ? ParameterColumn.ABSENT : distributions.indexOf(distribution);
    }
    return new Regimes(distributions, ofSpace);
  }

  /** A value as Optuna keeps it; NaN where this distribution cannot have it. */
  static double internal(Distribution distribution, JsonNode value) {
    if (distribution instanceof CategoricalDistribution categorical) {
      int index = categorical.indexOf(value);
      return index < 0 ? Double.NaN : index;
    }
    return value.isNumber() ? internal(distribution, value.doubleValue()) : Double.NaN;
  }

  /** The number itself; NaN where this distribution of numbers cannot have it. */
  static double internal(Distribution distribution, double value) {
    boolean log =
        distribution instanceof FloatDistribution real
            ? real.log()
            : distribution instanceof IntDistribution whole && whole.log();
    return Double.isFinite(value) && (value > 0 || !log) ? value : Double.NaN;
  }
}
