package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an evaluation gave.
 *
 * @param value the objective's value, the legacy files' {@code score.score}
 * @param metrics what was measured beside it, by name
 * @param constraintsOk whether its constraints held; null where it has none
 * @param constraintReasons why they did not, such as {@code min_trades}
 * @param hardFailures reasons for which the value does not count
 * @param scoreVersion which scoring it was, such as {@code v2}; null where unknown
 * @param extra further members of the result, kept as user attributes
 */
public record Evaluation(
    double value,
    ObjectNode metrics,
    @Nullable Boolean constraintsOk,
    List<String> constraintReasons,
    List<String> hardFailures,
    @Nullable String scoreVersion,
    ObjectNode extra) {
  public Evaluation {
    constraintReasons = List.copyOf(constraintReasons);
    hardFailures = List.copyOf(hardFailures);
  }
}
