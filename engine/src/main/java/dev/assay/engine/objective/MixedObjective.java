package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.engine.space.Block;
import java.util.List;
import java.util.Map;

/**
 * A function to minimize over parameters of every kind, as a learner's settings have them: {@code
 * opt} (sgd, adam, rms or ada), {@code lr} on [1e-5, 1], {@code depth} on [1, 12], {@code width} on
 * [16, 256], {@code flag}, and {@code dropout} on [0, 0.9]. Its minimum is 0: adam, 0.001, 7, 112,
 * true, 0.4. Safe to share between threads.
 */
final class MixedObjective implements Objective {
  /** The parameters that it takes. */
  static final List<String> PARAMETERS = List.of("opt", "lr", "depth", "width", "flag", "dropout");

  /** What an optimizer costs at its best, and the logarithm of the rate and the depth of that. */
  private record Best(double base, double logRate, double depth) {}

  private static final Map<String, Best> BEST =
      Map.of(
          "sgd", new Best(1, -1, 4),
          "adam", new Best(0, -3, 7),
          "rms", new Best(0.5, -2.5, 6),
          "ada", new Best(2, -0.5, 3));

  @Override
  public Evaluation evaluate(Trial trial) throws ObjectiveException {
    ObjectNode params = trial.params();
    Best best = BEST.get(params.path("opt").asText());
    if (best == null) {
      throw unlike(params, "opt", "sgd, adam, rms or ada");
    }
    double rate = number(params, "lr");
    if (!(rate > 0)) {
      throw unlike(params, "lr", "a number above 0");
    }
    if (!params.path("flag").isBoolean()) {
      throw unlike(params, "flag", "true or false");
    }
    boolean flag = params.path("flag").booleanValue();
    double rateOff = StrictMath.log10(rate) - best.logRate();
    double depthOff = number(params, "depth") - best.depth();
    double widthOff = (number(params, "width") - 112) / 64;
    double dropoutOff = number(params, "dropout") - (flag ? 0.4 : 0.1);
    double value =
        best.base()
            + rateOff * rateOff
            + 0.1 * depthOff * depthOff
            + widthOff * widthOff
            + 4 * dropoutOff * dropoutOff
            + (flag ? 0 : 0.3);
    return Evaluation.of(value);
  }

  private static double number(ObjectNode params, String name) throws ObjectiveException {
    JsonNode value = params.get(name);
    if (value == null || !value.isNumber()) {
      throw unlike(params, name, "a number");
    }
    return value.doubleValue();
  }

  private static ObjectiveException unlike(ObjectNode params, String name, String expected) {
    return new ObjectiveException(
        "parameter %s is %s, expected %s".formatted(name, Block.shown(params.get(name)), expected));
  }
}
