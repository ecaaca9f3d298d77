package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** A function on which samplers are compared, and its domain. */
// The boxes are read only.
@SuppressWarnings("ImmutableEnumChecker")
enum QualityFunction {
  BRANIN("branin", new double[][] {{-5, 10}, {0, 15}}),
  HARTMANN6("hartmann6", cube(6, 0, 1)),
  ACKLEY10("ackley", cube(10, -32.768, 32.768)),
  ROSENBROCK5("rosenbrock", cube(5, -5, 10)),
  LEVY8("levy", cube(8, -10, 10)),
  STYBLINSKI5("styblinski-tang", cube(5, -5, 5)),
  MIXED("mixed", new double[0][]),
  ZDT1("zdt1", cube(30, 0, 1)),
  ZDT2("zdt2", cube(30, 0, 1));

  private final String builtin;
  private final double[][] box;

  QualityFunction(String builtin, double[][] box) {
    this.builtin = builtin;
    this.box = box;
  }

  private static double[][] cube(int dimension, double low, double high) {
    double[][] box = new double[dimension][];
    Arrays.setAll(box, i -> new double[] {low, high});
    return box;
  }

  /** The name in tables. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** What a study file calls it. */
  String builtin() {
    return builtin;
  }

  int objectives() {
    return this == ZDT1 || this == ZDT2 ? 2 : 1;
  }

  /** After how many trials it is looked at first. */
  int early() {
    return objectives() == 1 ? 100 : 1000;
  }

  /** After how many trials it is looked at last. */
  int late() {
    return objectives() == 1 ? 200 : 5000;
  }

  ObjectNode space() {
    ObjectNode space = Json.object();
    if (this == MIXED) {
      return mixed(space);
    }
    for (int i = 0; i < box.length; i++) {
      space.putObject("x" + i).put("type", "float").put("low", box[i][0]).put("high", box[i][1]);
    }
    return space;
  }

  private static ObjectNode mixed(ObjectNode space) {
    ObjectNode opt = space.putObject("opt").put("type", "categorical");
    List.of("sgd", "adam", "rms", "ada").forEach(opt.putArray("choices")::add);
    space.putObject("flag").put("type", "categorical").putArray("choices").add(true).add(false);
    space.putObject("lr").put("type", "float").put("low", 1e-5).put("high", 1.0).put("log", true);
    space.putObject("depth").put("type", "int").put("low", 1).put("high", 12);
    space.putObject("width").put("type", "int").put("low", 16).put("high", 256).put("step", 16);
    space.putObject("dropout").put("type", "float").put("low", 0).put("high", 0.9);
    return space;
  }
}
