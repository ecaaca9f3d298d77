package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.ParameterPaths;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A {@link TestFunction} over all of a study's parameters, in the order of their declaration. Safe
 * to share between threads.
 *
 * @param paths the parameters by dotted path, as many as the function has dimensions
 */
record FunctionObjective(TestFunction function, List<String> paths) implements Objective {
  FunctionObjective {
    paths = List.copyOf(paths);
  }

  @Override
  public Evaluation evaluate(Trial trial) throws ObjectiveException {
    ObjectNode params = trial.params();
    Map<String, JsonNode> values = ParameterPaths.of(params);
    double[] x = new double[paths.size()];
    for (int i = 0; i < x.length; i++) {
      JsonNode value = values.get(paths.get(i));
      if (value == null || !value.isNumber()) {
        throw new ObjectiveException(
            "parameter %s is %s, expected a number, as %s takes"
                .formatted(paths.get(i), Block.shown(value), function.label()));
      }
      x[i] = value.doubleValue();
    }
    double[] results = function.at(x);
    if (Arrays.stream(results).anyMatch(Double::isNaN)) {
      throw new ObjectiveException("%s is NaN at %s".formatted(function.label(), params));
    }
    return Evaluation.of(results);
  }
}
