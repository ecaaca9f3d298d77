package dev.assay.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.sampler.TrialRandom;
import dev.assay.storage.Distribution.IntDistribution;
import java.math.BigInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters of one value, of hardly any width, and as wide as numbers go. */
class NumericalEdgesTest {
  private static final int DRAWS = 200;

  private static Parameter parameter(SearchSpace space) {
    return space.parameters().get(0);
  }

  private static SearchSpace space(String definition) {
    return Declared.space("{'x': %s}".formatted(definition));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'float', 'low': 0, 'high': 0}",
        "{'type': 'float', 'low': -1e300, 'high': -1e300}",
        "{'type': 'float', 'low': 5e-324, 'high': 5e-324, 'log': true}",
        "{'type': 'float', 'low': 1.7e308, 'high': 1.7e308, 'log': true}",
        "{'type': 'float', 'low': 0.3, 'high': 0.3, 'step': 0.1}",
        "{'type': 'float', 'low': 0.3, 'high': 0.3, 'step': 1e-320}",
        "{'type': 'float', 'low': 0.3, 'high': 0.3, 'step': 1e300}",
        "{'type': 'float', 'low': 0.3, 'high': 0.35, 'step': 0.1}",
        "{'type': 'int', 'low': -9223372036854775808, 'high': -9223372036854775808}",
        "{'type': 'int', 'low': 9223372036854775807, 'high': 9223372036854775807}",
        "{'type': 'int', 'low': 9223372036854775807, 'high': 9223372036854775807, 'log': true}",
        "{'type': 'int', 'low': 7, 'high': 9, 'step': 9223372036854775807}",
        "{'type': 'categorical', 'choices': [{'a': [null]}]}",
      })
  void oneValueIsWhateverIsAskedFor(String definition) {
    SearchSpace space = space(definition);
    Parameter parameter = parameter(space);
    ObjectNode only = space.combination(BigInteger.ZERO);
    assertThat(space.size()).isEqualTo(1);
    assertThat(parameter.count()).isEqualTo(1);
    double value = space.values(only)[0];
    assertThat(value).isEqualTo(parameter.low()).isEqualTo(parameter.high());
    for (double unit : new double[] {0, 1e-300, 0.3, 0.5, 1}) {
      assertThat(parameter.fromUnit(unit)).isEqualTo(value);
    }
    for (double number : new double[] {-Double.MAX_VALUE, -1, 0, 1, Double.POSITIVE_INFINITY}) {
      assertThat(parameter.nearest(number)).isEqualTo(value);
    }
    assertThat(parameter.toUnit(value)).isEqualTo(0.5);
    for (int i = 0; i < 5; i++) {
      assertThat(space.draw(TrialRandom.stream(1, i, 0))).isEqualTo(only);
    }
    assertThat(space.params(new double[] {value})).isEqualTo(only);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type': 'float', 'low': -1.7976931348623157e308, 'high': 1.7976931348623157e308}",
        "{'type': 'float', 'low': 1e-300, 'high': 1e300}",
        "{'type': 'float', 'low': -5e-324, 'high': 5e-324}",
        "{'type': 'float', 'low': 1e-300, 'high': 1e300, 'log': true}",
        "{'type': 'float', 'low': 5e-324, 'high': 1.7976931348623157e308, 'log': true}",
        "{'type': 'float', 'low': 1, 'high': 1.0000000001, 'log': true}",
        "{'type': 'float', 'low': 1, 'high': 1.000000000000001, 'log': true}",
        "{'type': 'float', 'low': 1e300, 'high': 1.00000001e300, 'log': true}",
        "{'type': 'float', 'low': -1.7e308, 'high': 1.7e308, 'step': 1e304}",
        "{'type': 'float', 'low': 1e-300, 'high': 9e-300, 'step': 2e-300}",
        "{'type': 'float', 'low': 5e-324, 'high': 5e-320}",
        "{'type': 'float', 'low': 0.1, 'high': 1.0, 'step': 0.04}",
        "{'type': 'float', 'low': -9007199254740.991, 'high': 9007199254740.991, 'step': 0.003}",
        "{'type': 'float', 'low': 1, 'high': 1.0000001, 'step': 2.3e-16}",
        "{'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807}",
        "{'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807, 'step': 1000000007}",
        "{'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807, 'step': 9223372036854775807}",
        "{'type': 'int', 'low': -9223372036854775808, 'high': -9223372036854770000, 'step': 300}",
        "{'type': 'int', 'low': 9223372036854770000, 'high': 9223372036854775807, 'step': 7}",
        "{'type': 'int', 'low': 1, 'high': 9223372036854775807, 'log': true}",
        "{'type': 'int', 'low': 9007199254740990, 'high': 9007199254740999}",
        "{'type': 'int', 'low': -3, 'high': 40, 'step': 4}",
        "{'type': 'categorical', 'choices': [1, 1.0, 'a', null, [1], true]}",
      })
  void valuesStayInTheirRangeAndComeBackAsTheyWere(String definition) {
    SearchSpace space = space(definition);
    Parameter parameter = parameter(space);
    for (int i = 0; i < DRAWS; i++) {
      ObjectNode drawn = space.draw(TrialRandom.stream(1, i, 0));
      double value = space.values(drawn)[0];
      check(parameter, value);
      assertThat(parameter.draw(TrialRandom.stream(1, i, 0))).isEqualTo(value);
      if (exact(drawn.path("x"))) {
        assertThat(space.params(new double[] {value})).isEqualTo(drawn);
      }
      double unit = i / (DRAWS - 1.0);
      double at = parameter.fromUnit(unit);
      check(parameter, at);
      double share = parameter.count() < 1e6 ? 0.5000001 / parameter.count() : 1e-6;
      double ulps = parameter.isLog() ? 1 : Math.ulp(parameter.high()) / width(parameter);
      assertThat(parameter.toUnit(at)).isCloseTo(unit, within(share + ulps + grain(parameter)));
    }
    assertThat(parameter.nearest(Double.NEGATIVE_INFINITY)).isEqualTo(parameter.low());
    assertThat(parameter.nearest(Double.POSITIVE_INFINITY)).isEqualTo(parameter.high());
    assertThat(parameter.fromUnit(0)).isCloseTo(parameter.low(), withinPercentage(1e-10));
    assertThat(parameter.fromUnit(1)).isCloseTo(parameter.high(), withinPercentage(1e-10));
  }

  /** Whether the value is the only one that its number may mean. */
  private static boolean exact(JsonNode value) {
    return !value.isLong() || Math.abs(value.longValue()) < 1L << 53;
  }

  private static double width(Parameter parameter) {
    return parameter.high() / 2 - parameter.low() / 2;
  }

  /** How much of the way neighbouring doubles are apart in a logarithmic range that is narrow. */
  private static double grain(Parameter parameter) {
    return Math.ulp(parameter.low()) / width(parameter);
  }

  private static void check(Parameter parameter, double value) {
    assertThat(value).isBetween(parameter.low(), parameter.high());
    JsonNode json = parameter.json(value);
    assertThat(parameter.number(json)).isEqualTo(value);
    assertThat(parameter.nearest(value)).isEqualTo(value);
    double again = parameter.fromUnit(parameter.toUnit(value));
    assertThat(again).isBetween(parameter.low(), parameter.high());
    if (parameter.count() < 1e6) {
      assertThat(again).isEqualTo(value);
    }
    if (parameter.distribution() instanceof IntDistribution whole) {
      assertThat(Long.remainderUnsigned(json.longValue() - whole.low(), whole.step())).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4, 1000003})
  void wholeNumbersAreTheNearestOfTheirStepsInAllOf64Bits(long step) {
    SearchSpace space =
        space(
            "{'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807, 'step': %d}"
                .formatted(step));
    BigInteger low = BigInteger.valueOf(Long.MIN_VALUE);
    for (long number : new long[] {-5, 0, 5, 1L << 53, -(1L << 60), 123_456_789_012L}) {
      BigInteger value = parameter(space).json((double) number).bigIntegerValue();
      BigInteger[] steps = value.subtract(low).divideAndRemainder(BigInteger.valueOf(step));
      assertThat(steps[1]).isZero();
      assertThat(value.subtract(BigInteger.valueOf(number)).abs().shiftLeft(1))
          .isLessThanOrEqualTo(BigInteger.valueOf(step));
    }
  }
}
