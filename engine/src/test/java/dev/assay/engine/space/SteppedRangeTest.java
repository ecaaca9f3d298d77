package dev.assay.engine.space;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Stepped ranges hold the doubles nearest to the decimals that their author meant. */
class SteppedRangeTest {
  private static SearchSpace range(BigDecimal low, BigDecimal high, BigDecimal step) {
    return Declared.space(
        "{'x': {'type': 'float', 'low': %s, 'high': %s, 'step': %s}}".formatted(low, high, step));
  }

  private static double value(SearchSpace space, BigInteger index) {
    return space.combination(index).path("x").doubleValue();
  }

  @ParameterizedTest
  @CsvSource({
    // low, high, step, number of values, the last
    "0.1, 1.0, 0.2, 5, 0.9",
    "0.1, 0.3, 0.2, 2, 0.3",
    "0.3, 0.8, 0.1, 6, 0.8",
    "0, 1e-4, 1e-05, 11, 1e-4",
    "0.00001, 0.00003, 0.00001, 3, 0.00003",
    "0.010, 0.025, 0.002, 8, 0.024",
    "0.30, 0.55, 0.02, 13, 0.54",
    "-0.3, 0.3, 0.1, 7, 0.3",
    "1, 1, 0.1, 1, 1",
    "0, 1, 3, 1, 0",
    "0, 9, 3, 4, 9",
    "-1e300, 1e300, 1e299, 21, 1e300",
    "1e-300, 9e-300, 2e-300, 5, 9e-300",
    "5e-324, 5e-322, 5e-323, 10, 4.55e-322",
  })
  void countsItsValuesInDecimals(String low, String high, String step, int count, double last) {
    SearchSpace space = range(new BigDecimal(low), new BigDecimal(high), new BigDecimal(step));
    assertThat(space.size()).isEqualTo(count);
    assertThat(value(space, BigInteger.valueOf(count - 1L))).isEqualTo(last);
    assertThat(value(space, BigInteger.ZERO)).isEqualTo(Double.parseDouble(low));
  }

  @Test
  void crossesZeroWithoutASign() {
    SearchSpace space = range(new BigDecimal("-0.3"), new BigDecimal("0.3"), new BigDecimal("0.1"));
    assertThat(Double.doubleToRawLongBits(value(space, BigInteger.valueOf(3)))).isZero();
    assertThat(
            Declared.space("{'x': {'type': 'float', 'low': -0.0, 'high': 1, 'step': 1}}")
                .combination(BigInteger.ZERO))
        .hasToString("{\"x\":0.0}");
  }

  /** Every value of 2,000 ranges with up to 12 decimals, against decimal arithmetic. */
  @Test
  void everyValueIsTheDoubleNearestToItsDecimal() {
    Random random = new Random(20261123);
    long checked = 0;
    for (int i = 0; i < 2000; i++) {
      int decimals = random.nextInt(13);
      BigDecimal step = BigDecimal.valueOf(1 + random.nextInt(999), decimals);
      BigDecimal low = BigDecimal.valueOf(random.nextInt(200_001) - 100_000, random.nextInt(13));
      int steps = random.nextInt(100);
      // Up to one step short of the next value.
      BigDecimal rest =
          step.multiply(BigDecimal.valueOf(random.nextInt(10), 1))
              .setScale(decimals + 1, RoundingMode.DOWN);
      BigDecimal high = low.add(step.multiply(BigDecimal.valueOf(steps))).add(rest);
      if (high.subtract(low).add(low.abs()).precision() > 15 || high.precision() > 15) {
        continue; // A double does not hold that many digits.
      }
      SearchSpace space = range(low, high, step);
      assertThat(space.size()).as("%s to %s by %s", low, high, step).isEqualTo(steps + 1);
      for (int k = 0; k <= steps; k++) {
        double expected =
            Double.parseDouble(low.add(step.multiply(BigDecimal.valueOf(k))).toString());
        assertThat(value(space, BigInteger.valueOf(k)))
            .as("%s + %d * %s", low, k, step)
            .isEqualTo(expected + 0.0);
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(60_000);
  }

  /** Ranges on both sides of what 53 bits and 22 decimals hold, against decimal arithmetic. */
  @Test
  void valuesAreExactWithWhateverArithmetic() {
    Random random = new Random(5);
    for (int i = 0; i < 3000; i++) {
      int decimals = random.nextInt(27);
      double low = of(random.nextLong() >> (10 + random.nextInt(50)), decimals);
      double step = of(1 + (random.nextLong() >>> (11 + random.nextInt(52))), decimals);
      double high = low + step * (1 + random.nextInt(1_000_000));
      if (step <= Math.ulp(Math.max(Math.abs(low), Math.abs(high)))) {
        continue;
      }
      Steps steps = Steps.of(low, high, step);
      long last = steps.count().longValueExact() - 1;
      for (int j = 0; j < 20; j++) {
        long k = j == 0 ? last : Math.floorMod(random.nextLong(), last + 1);
        double expected =
            Double.parseDouble(
                decimal(low).add(decimal(step).multiply(BigDecimal.valueOf(k))).toString());
        double value = steps.at(BigInteger.valueOf(k)).doubleValue();
        assertThat(value).as("%s + %d * %s", low, k, step).isEqualTo(expected + 0.0);
        assertThat(steps.nearest(value)).isEqualTo(value);
        assertThat(steps.nearest(value + 0.3 * step))
            .as("%s + 0.3 * %s", value, step)
            .isBetween(value, value + step);
      }
    }
  }

  private static double of(long units, int decimals) {
    return BigDecimal.valueOf(units, decimals).doubleValue();
  }

  private static BigDecimal decimal(double value) {
    return new BigDecimal(CanonicalJson.compact(DoubleNode.valueOf(value)));
  }

  @Test
  void theFinestStepsThatAreTakenKeepNeighboursApart() {
    SearchSpace space =
        range(BigDecimal.ONE, new BigDecimal("1.000000000001"), new BigDecimal("2.3e-16"));
    double last = 0;
    for (int i = 0; i < requireNonNull(space.size()).intValueExact(); i++) {
      double value = value(space, BigInteger.valueOf(i));
      assertThat(value).isGreaterThan(last);
      last = value;
    }
  }

  @Test
  void sumsInBinaryWouldFailTheTestAbove() {
    assertThat(0.1 + 0.2).isNotEqualTo(0.3);
    assertThat(0.1 + 2 * 0.1).isNotEqualTo(0.3);
  }
}
