package dev.assay.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation gave.
 *
 * @param values the value of each objective, at least one; a single one is the legacy files' {@code
 *     score.score}
 * @param metrics what was measured beside them, by name
 * @param constraints values of the study's constraints, each of which holds where it is 0 or less;
 *     empty where it has none
 * @param constraintsOk whether its constraints held; null where it has none
 * @param constraintReasons why they did not, such as {@code min_trades}
 * @param hardFailures reasons for which the value does not count
 * @param scoreVersion which scoring it was, such as {@code v2}; null where unknown
 * @param extra further members of the result, kept as user attributes
 */
public record Evaluation(
    List<Double> values,
    ObjectNode metrics,
    List<Double> constraints,
    @Nullable Boolean constraintsOk,
    List<String> constraintReasons,
    List<String> hardFailures,
    @Nullable String scoreVersion,
    ObjectNode extra) {
  public Evaluation {
    values = List.copyOf(values);
    constraints = List.copyOf(constraints);
    constraintReasons = List.copyOf(constraintReasons);
    hardFailures = List.copyOf(hardFailures);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("an evaluation without a value, expected at least one");
    }
  }

  /** Values alone, one for each objective. */
  public static Evaluation of(double... values) {
    return of(Json.object(), values);
  }

  /** Values, one for each objective, and what was measured beside them. */
  public static Evaluation of(ObjectNode metrics, double... values) {
    return new Evaluation(
        Arrays.stream(values).boxed().toList(),
        metrics,
        List.of(),
        null,
        List.of(),
        List.of(),
        null,
        Json.object());
  }

  /** The same with constraints, each of which holds where it is 0 or less. */
  public Evaluation withConstraints(double... constraints) {
    return new Evaluation(
        values,
        metrics,
        Arrays.stream(constraints).boxed().toList(),
        Arrays.stream(constraints).allMatch(constraint -> constraint <= 0),
        constraintReasons,
        hardFailures,
        scoreVersion,
        extra);
  }

  /** The first objective's value. */
  public double value() {
    return values.get(0);
  }
}
