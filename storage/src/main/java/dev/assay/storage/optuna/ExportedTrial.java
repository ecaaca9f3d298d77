package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A trial as Optuna has it. The JSON members are shared: treat them as immutable.
 *
 * @param values one for each objective and none of them NaN, or empty
 * @param params in the order in which they were suggested, no name twice
 * @param start null where unknown
 * @param complete null where unknown, or not finished
 */
record ExportedTrial(
    long number,
    TrialState state,
    List<Double> values,
    List<Parameter> params,
    ObjectNode userAttrs,
    ObjectNode systemAttrs,
    SortedMap<Long, Double> intermediateValues,
    @Nullable Instant start,
    @Nullable Instant complete) {

  /**
   * A parameter of one trial.
   *
   * @param internal Optuna's number for its value: the number itself, or the index of a choice
   * @param distribution Optuna's distribution JSON
   */
  record Parameter(String name, double internal, ObjectNode distribution) {}

  /** A moment as a clock in {@code zone} shows it, which Optuna's databases hold. */
  static LocalDateTime local(Instant moment, ZoneId zone) {
    return LocalDateTime.ofInstant(moment, zone);
  }

  /**
   * The trial as an import takes it in, but for {@link AssayTrial}.
   *
   * @param zone the zone of the datetimes without one
   */
  FrozenTrial toFrozen(ZoneId zone) {
    ObjectNode flat = Json.object();
    ObjectNode distributions = Json.object();
    for (Parameter parameter : params) {
      distributions.set(parameter.name, parameter.distribution);
      OptunaDistribution distribution = OptunaDistribution.of(parameter.distribution);
      if (distribution != null) {
        flat.set(parameter.name, distribution.external(parameter.internal));
      }
    }
    SortedMap<Long, Double> steps = new TreeMap<>(intermediateValues);
    steps.replaceAll((step, value) -> unsigned(value));
    return FrozenTrial.builder()
        .number(number)
        .state(state)
        .values(values.stream().map(ExportedTrial::unsigned).toList())
        .params(flat)
        .distributions(distributions)
        .userAttrs(userAttrs)
        .systemAttrs(systemAttrs)
        .intermediateValues(steps)
        .start(back(start, zone))
        .complete(back(complete, zone))
        .trialKey(Signatures.shared().trialKey(flat))
        .signature(Signatures.shared().parameterSignature(flat))
        .build();
  }

  /** SQLite gives 0.0 for -0.0. */
  private static double unsigned(double value) {
    return value + 0.0;
  }

  private static @Nullable Instant back(@Nullable Instant moment, ZoneId zone) {
    return moment == null ? null : local(moment, zone).atZone(zone).toInstant();
  }
}
