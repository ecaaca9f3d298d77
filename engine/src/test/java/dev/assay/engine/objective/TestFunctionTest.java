package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Objective;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class TestFunctionTest {
  private static final Path LOG = Path.of("unused.log");

  static Stream<Arguments> minima() {
    double[] hartmann = {0.20169, 0.150011, 0.476874, 0.275332, 0.311652, 0.6573};
    return Stream.of(
        Arguments.of(TestFunction.BRANIN, new double[] {-Math.PI, 12.275}, 0.39788735772973816),
        Arguments.of(TestFunction.BRANIN, new double[] {Math.PI, 2.275}, 0.39788735772973816),
        Arguments.of(TestFunction.BRANIN, new double[] {9.42477796, 2.475}, 0.39788735772973816),
        Arguments.of(TestFunction.HARTMANN6, hartmann, -3.32236801),
        Arguments.of(TestFunction.ACKLEY, new double[10], 0),
        Arguments.of(TestFunction.ROSENBROCK, filled(5, 1), 0),
        Arguments.of(TestFunction.LEVY, filled(8, 1), 0),
        Arguments.of(TestFunction.STYBLINSKI_TANG, filled(5, -2.903534), -195.83083),
        Arguments.of(TestFunction.SPHERE, new double[3], 0),
        Arguments.of(TestFunction.RASTRIGIN, new double[4], 0));
  }

  private static double[] filled(int dimension, double value) {
    double[] x = new double[dimension];
    Arrays.fill(x, value);
    return x;
  }

  @ParameterizedTest
  @MethodSource("minima")
  void theMinimumIsWhereItIsKnownToBe(TestFunction function, double[] at, double minimum) {
    double least = function.at(at)[0];
    assertThat(least).isCloseTo(minimum, within(1e-5));
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 1000; i++) {
      double[] near = at.clone();
      int moved = random.nextInt(near.length);
      near[moved] += (random.nextBoolean() ? 1 : -1) * random.nextDouble(0.01, 0.2);
      assertThat(function.at(near)[0]).isGreaterThan(least);
    }
  }

  @Test
  void otherPointsHaveTheValuesOfTheFormulas() {
    assertThat(TestFunction.BRANIN.at(new double[] {0, 0})[0]).isCloseTo(55.602113, within(1e-6));
    assertThat(TestFunction.ACKLEY.at(new double[] {1, 1})[0]).isCloseTo(3.625385, within(1e-6));
    assertThat(TestFunction.ROSENBROCK.at(new double[] {-1, 2, 3})[0]).isEqualTo(205);
    assertThat(TestFunction.LEVY.at(new double[] {-3})[0]).isCloseTo(1, within(1e-12));
    assertThat(TestFunction.STYBLINSKI_TANG.at(new double[] {1, 2})[0]).isEqualTo(-24);
    assertThat(TestFunction.SPHERE.at(new double[] {3, 4})[0]).isEqualTo(25);
    assertThat(TestFunction.RASTRIGIN.at(new double[] {1, 0.5})[0]).isCloseTo(21.25, within(1e-9));
  }

  @Test
  void functionsOfTwoValuesHaveTheirFrontWhereAllButTheFirstCoordinateAreZero() {
    for (double first : new double[] {0, 0.25, 0.5, 1}) {
      double[] front = new double[30];
      front[0] = first;
      assertThat(TestFunction.ZDT1.at(front)).containsExactly(first, 1 - Math.sqrt(first));
      assertThat(TestFunction.ZDT2.at(front)).containsExactly(first, 1 - first * first);
    }
    // By hand: g = 1 + 9 · (0.5 + 0) / 2 = 3.25.
    double[] away = {0.25, 0.5, 0};
    assertThat(TestFunction.ZDT1.at(away)).containsExactly(0.25, 3.25 * (1 - Math.sqrt(1 / 13.0)));
    assertThat(TestFunction.ZDT2.at(away)).containsExactly(0.25, 3.25 * (1 - 1 / 169.0));
  }

  @Test
  void aStudyOfTwoObjectivesGetsBothValues() throws Exception {
    ObjectNode sample = Json.object().put("x1", 0.25).put("x2", 1.0);
    ObjectNode block = Json.object().put("builtin", "zdt1");
    Objective objective =
        PreparedObjective.ofStudy(block, Json.object(), sample, Path.of("study.yaml")).objective();
    assertThat(objective.evaluate(Trial.fixed(0, sample, 0, LOG)).values())
        .containsExactly(0.25, 10 * (1 - Math.sqrt(0.025)));
    ObjectNode outside = Json.object().put("x1", -0.25).put("x2", 1.0);
    assertThatThrownBy(() -> objective.evaluate(Trial.fixed(0, outside, 0, LOG)))
        .isInstanceOf(ObjectiveException.class)
        .hasMessage("zdt1 is NaN at {\"x1\":-0.25,\"x2\":1.0}");
    ObjectNode one = Json.object().put("x1", 0.25);
    assertThatThrownBy(
            () -> PreparedObjective.ofStudy(block, Json.object(), one, Path.of("study.yaml")))
        .hasMessageContaining("zdt1 takes 2 parameters or more, the study has 1: x1");
  }

  @Test
  void coordinatesComeInTheOrderOfTheDeclaration() throws Exception {
    ObjectNode sample = (ObjectNode) Json.parse("{\"b\": {\"y\": 0, \"z\": 0}, \"a\": 0.0}");
    ObjectNode block = Json.object().put("builtin", "rosenbrock");
    Objective objective =
        PreparedObjective.ofStudy(block, Json.object(), sample, Path.of("study.yaml")).objective();
    ObjectNode params = (ObjectNode) Json.parse("{\"a\": 3, \"b\": {\"z\": 2, \"y\": -1}}");
    assertThat(objective.evaluate(Trial.fixed(0, params, 0, LOG)).value()).isEqualTo(205);
    ObjectNode text = (ObjectNode) Json.parse("{\"a\": \"3\", \"b\": {\"z\": 2, \"y\": -1}}");
    assertThatThrownBy(() -> objective.evaluate(Trial.fixed(0, text, 0, LOG)))
        .isInstanceOf(ObjectiveException.class)
        .hasMessage("parameter a is text '3', expected a number, as rosenbrock takes");
  }

  @Test
  void mixedHasItsMinimumAndItsCosts() throws Exception {
    MixedObjective mixed = new MixedObjective();
    String best =
        "{\"opt\": \"adam\", \"lr\": 0.001, \"depth\": 7, \"width\": 112, \"flag\": true,"
            + " \"dropout\": 0.4}";
    ObjectNode params = (ObjectNode) Json.parse(best);
    assertThat(mixed.evaluate(Trial.fixed(0, params, 0, LOG)).value()).isCloseTo(0, within(1e-20));
    params.put("flag", false).put("opt", "ada").put("lr", 1).put("depth", 5).put("width", 48);
    assertThat(mixed.evaluate(Trial.fixed(0, params, 0, LOG)).value())
        .isCloseTo(2 + 0.25 + 0.1 * 4 + 1 + 4 * 0.09 + 0.3, within(1e-12));
    params.put("lr", 0);
    assertThatThrownBy(() -> mixed.evaluate(Trial.fixed(0, params, 0, LOG)))
        .hasMessage("parameter lr is 0, expected a number above 0");
    params.put("opt", "lbfgs");
    assertThatThrownBy(() -> mixed.evaluate(Trial.fixed(0, params, 0, LOG)))
        .hasMessage("parameter opt is text 'lbfgs', expected sgd, adam, rms or ada");
  }
}
