package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.space.Block;
import dev.assay.storage.json.CanonicalJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Limits that a study sets on the metrics of its trials: {@code min_<metric>} and {@code
 * max_<metric>}, where {@code min_trades} and {@code max_trades} are about {@code num_trades}, and
 * {@code max_max_dd} is about {@code max_drawdown}. A reason reads {@code
 * min_profit_factor:0.8<1.05}.
 *
 * <p>A metric that is null is undefined and breaks no limit; one that is missing, or is not a
 * number, breaks it.
 *
 * @param limits in the order of the file
 * @param scoringFailures whether hard failures count as broken constraints too, as {@code
 *     hard_fail:…}: the key {@code include_scoring_failures}
 */
record MetricLimits(List<Limit> limits, boolean scoringFailures) {
  private static final Map<String, String> LEGACY_NAMES =
      Map.of("trades", "num_trades", "max_dd", "max_drawdown");

  MetricLimits {
    limits = List.copyOf(limits);
  }

  /** One limit: {@code key} is its name in the study file, {@code metric} what it is about. */
  record Limit(String key, String metric, Bound bound, JsonNode limit) {
    /** The reason why {@code metrics} break the limit; empty where they keep it. */
    String broken(ObjectNode metrics) {
      JsonNode found = metrics.get(metric);
      if (found == null) {
        return "%s:%s is missing".formatted(key, metric);
      }
      if (found.isNull()) {
        return "";
      }
      String shown = CanonicalJson.compact(found);
      if (!found.isNumber()) {
        return "%s:%s is no number".formatted(key, shown);
      }
      double number = found.doubleValue();
      double bounded = limit.doubleValue();
      boolean kept = bound == Bound.MIN ? number >= bounded : number <= bounded;
      String sign = bound == Bound.MIN ? "<" : ">";
      return kept ? "" : key + ":" + shown + sign + CanonicalJson.compact(limit);
    }
  }

  /** The side on which a metric is limited. */
  enum Bound {
    MIN,
    MAX
  }

  /**
   * Reads a study's {@code constraints:} block.
   *
   * @param notHonoured gets the keys that are none of the above, as {@code constraints.<key>}
   * @throws ObjectiveSetupException when a limit is not a finite number
   */
  static MetricLimits of(ObjectNode block, String origin, List<String> notHonoured) {
    Block members =
        new Block(
            block,
            (name, is) ->
                new ObjectiveSetupException("%s: constraints.%s %s".formatted(origin, name, is)));
    List<Limit> limits = new ArrayList<>();
    for (Map.Entry<String, JsonNode> member : block.properties()) {
      String key = member.getKey();
      boolean min = key.startsWith("min_");
      if ((!min && !key.startsWith("max_")) || key.length() == "min_".length()) {
        continue;
      }
      String name = key.substring("min_".length());
      members.realOrNull(key);
      if (!member.getValue().isNull()) {
        String metric = LEGACY_NAMES.getOrDefault(name, name);
        limits.add(new Limit(key, metric, min ? Bound.MIN : Bound.MAX, member.getValue()));
      }
    }
    boolean failures = Boolean.TRUE.equals(members.flagOrNull("include_scoring_failures"));
    members.unknown().forEach(name -> notHonoured.add("constraints." + name));
    return new MetricLimits(limits, failures);
  }

  /** The evaluation with these limits applied besides its own constraints. */
  Evaluation applied(Evaluation evaluation) {
    if (limits.isEmpty() && !scoringFailures) {
      return evaluation;
    }
    List<String> reasons = new ArrayList<>(evaluation.constraintReasons());
    int own = reasons.size();
    for (Limit limit : limits) {
      String broken = limit.broken(evaluation.metrics());
      if (!broken.isEmpty()) {
        reasons.add(broken);
      }
    }
    if (scoringFailures) {
      evaluation.hardFailures().forEach(failure -> reasons.add("hard_fail:" + failure));
    }
    boolean ok = !Boolean.FALSE.equals(evaluation.constraintsOk()) && reasons.size() == own;
    return new Evaluation(
        evaluation.values(),
        evaluation.metrics(),
        evaluation.constraints(),
        ok,
        reasons,
        evaluation.hardFailures(),
        evaluation.scoreVersion(),
        evaluation.extra());
  }
}
