package dev.assay.engine.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.sampler.TrialRandom;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Draws follow their distributions; each draw has a stream of its own, as trials have. */
class RandomDrawTest {
  private static final int DRAWS = 20_000;

  /** Chi square of the counts by class against equal chances. */
  private static double chiSquare(
      String definition, int classes, Function<JsonNode, Object> classOf) {
    SearchSpace space = Declared.space("{'x': %s}".formatted(definition));
    Map<String, Integer> counts = new TreeMap<>();
    for (int i = 0; i < DRAWS; i++) {
      JsonNode drawn = space.draw(TrialRandom.stream(11, i, 0)).path("x");
      counts.merge(String.valueOf(classOf.apply(drawn)), 1, Integer::sum);
    }
    assertThat(counts).hasSize(classes);
    double expected = (double) DRAWS / classes;
    return counts.values().stream()
        .mapToDouble(count -> (count - expected) * (count - expected) / expected)
        .sum();
  }

  /** Four standard deviations above the mean of chi square. */
  private static double limit(int classes) {
    return classes - 1 + 4 * Math.sqrt(2.0 * (classes - 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type': 'grid', 'values': ['a', null, 1, [2], {'b': 3}, true, 0.5]} | 7",
        "{'type': 'int', 'low': -3, 'high': 9} | 13",
        "{'type': 'int', 'low': 10, 'high': 100, 'step': 7} | 13",
        "{'type': 'float', 'low': 0.1, 'high': 1.0, 'step': 0.03} | 31",
        "{'type': 'float', 'low': 0.3, 'high': 0.55, 'step': 0.02} | 13",
      })
  void eachValueOfAListOrASteppedRangeIsEquallyLikely(String definition, int values) {
    assertThat(chiSquare(definition, values, JsonNode::toString)).isBetween(0.1, limit(values));
  }

  @Test
  void wholeNumbersOf64BitsAreEven() {
    String definition = "{'type': 'int', 'low': -9223372036854775808, 'high': 9223372036854775807}";
    assertThat(chiSquare(definition, 16, x -> x.longValue() >>> 60)).isLessThan(limit(16));
    assertThat(chiSquare(definition, 16, x -> x.longValue() & 15)).isLessThan(limit(16));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1",
    "-5, 10",
    "1e-300, 2e-300",
    "-1.7e308, 1.7e308",
    "1e15, 1.0000001e15",
  })
  void continuousRangesAreEven(double low, double high) {
    assertThat(
            chiSquare(
                "{'type': 'float', 'low': %s, 'high': %s}".formatted(low, high),
                20,
                x ->
                    (int)
                        Math.min(19, (x.doubleValue() / 2 - low / 2) / (high / 2 - low / 2) * 20)))
        .isLessThan(limit(20));
  }

  @ParameterizedTest
  @CsvSource({"1e-5, 1", "1e-300, 1e300", "1, 1.0000000001", "3, 7"})
  void logarithmicRangesAreEvenByTheirLogarithm(double low, double high) {
    double width = logRatio(low, high);
    assertThat(
            chiSquare(
                "{'type': 'loguniform', 'low': %s, 'high': %s}".formatted(low, high),
                20,
                x -> (int) Math.min(19, logRatio(low, x.doubleValue()) / width * 20)))
        .isLessThan(limit(20));
  }

  private static double logRatio(double low, double x) {
    double excess = (x - low) / low;
    return excess < 1e300 ? Math.log1p(excess) : Math.log(x) - Math.log(low);
  }

  @Test
  void wholeNumbersByTheirLogarithmHaveHalfAUnitAround() {
    SearchSpace space = Declared.space("{'x': {'type': 'int', 'low': 1, 'high': 8, 'log': true}}");
    int[] counts = new int[9];
    for (int i = 0; i < DRAWS; i++) {
      counts[space.draw(TrialRandom.stream(5, i, 0)).path("x").intValue()]++;
    }
    double width = Math.log(8.5 / 0.5);
    for (int value = 1; value <= 8; value++) {
      double expected = Math.log((value + 0.5) / (value - 0.5)) / width;
      assertThat((double) counts[value] / DRAWS)
          .as("share of %d", value)
          .isCloseTo(expected, within(0.012));
    }
  }

  @Test
  void wholeNumbersByTheirLogarithmStayInTheirRangeAtTheEdgeOfLongs() {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'int', 'low': 9223372036854775000, 'high': 9223372036854775807, 'log': true}}");
    for (int i = 0; i < 1000; i++) {
      assertThat(space.draw(TrialRandom.stream(5, i, 0)).path("x").longValue())
          .isGreaterThanOrEqualTo(9223372036854775000L);
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1.0000000000000002", "4.9e-324, 1e-300", "4.9e-324, 1e308", "1e-323, 1.5e-323"})
  void rangesAtTheEdgeOfDoublesAreNotLeft(double low, double high) {
    SearchSpace space =
        Declared.space(
            "{'x': {'type': 'float', 'low': %s, 'high': %s}, 'y': {'type': 'loguniform', 'low': %s, 'high': %s}}"
                .formatted(low, high, low, high));
    for (int i = 0; i < 1000; i++) {
      var drawn = space.draw(TrialRandom.stream(5, i, 0));
      assertThat(drawn.path("x").doubleValue()).isBetween(low, high);
      assertThat(drawn.path("y").doubleValue()).isBetween(low, high);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float", "int"})
  void wholeNumbersOfAFloatBecomeFloats(String type) {
    SearchSpace space =
        Declared.space("{'x': {'type': '%s', 'low': 0, 'high': 2, 'step': 1}}".formatted(type));
    for (int i = 0; i < 20; i++) {
      assertThat(space.draw(TrialRandom.stream(1, i, 0)).path("x").isDouble())
          .isEqualTo(type.equals("float"));
    }
  }
}
