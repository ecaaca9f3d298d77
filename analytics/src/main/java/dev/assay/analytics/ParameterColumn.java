package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Distribution;
import dev.assay.storage.Distribution.CategoricalDistribution;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One parameter in the trials that count, trial by trial. */
final class ParameterColumn {
  static final int ABSENT = -1;

  private final String name;
  private final List<Distribution> regimes;
  private final int[] regime;
  private final double[] internal;

  ParameterColumn(String name, List<Distribution> regimes, int[] regime, double[] internal) {
    this.name = name;
    this.regimes = regimes;
    this.regime = regime;
    this.internal = internal;
  }

  /** Its dotted path. */
  String name() {
    return name;
  }

  /** The distributions that it has in some of the trials, each once. */
  List<Distribution> regimes() {
    return regimes;
  }

  /**
   * Which of them it has in each trial; {@link #ABSENT} where it takes no part. Not to be changed.
   */
  int[] regime() {
    return regime;
  }

  /**
   * Its value in each trial as Optuna keeps it: a number, or the index of a choice. Not to be
   * changed.
   */
  double[] internal() {
    return internal;
  }

  /** Whether no trial had a choice. */
  boolean isConstant() {
    return regimes.stream().allMatch(Distribution::isSingle);
  }

  /** In how many trials it takes part. */
  long trials() {
    long trials = 0;
    for (int each : regime) {
      trials += each == ABSENT ? 0 : 1;
    }
    return trials;
  }

  /** The values by which trials are put in order; NaN where there is none, as among words. */
  double[] numbers() {
    List<double @Nullable []> choices = new ArrayList<>();
    regimes.forEach(each -> choices.add(choices(each)));
    double[] numbers = new double[regime.length];
    for (int i = 0; i < numbers.length; i++) {
      double @Nullable [] ofChoices = regime[i] == ABSENT ? null : choices.get(regime[i]);
      numbers[i] =
          regime[i] == ABSENT
              ? Double.NaN
              : ofChoices == null ? internal[i] : ofChoices[(int) internal[i]];
    }
    return numbers;
  }

  /** The numbers that the choices are; null where the values themselves are numbers. */
  private static double @Nullable [] choices(Distribution distribution) {
    if (!(distribution instanceof CategoricalDistribution categorical)) {
      return null;
    }
    List<JsonNode> choices = categorical.choices();
    boolean ordered = choices.stream().allMatch(c -> c.isNumber() || c.isBoolean());
    return choices.stream()
        .mapToDouble(
            c ->
                !ordered
                    ? Double.NaN
                    : c.isBoolean() ? (c.booleanValue() ? 1 : 0) : c.doubleValue())
        .toArray();
  }
}
