package dev.assay.storage.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonFloatTest {
  /** Left: what Java reads; right: what Python 3.11 shows for it. */
  @ParameterizedTest
  @CsvSource({
    "0.0, 0.0",
    "-0.0, -0.0",
    "1.0, 1.0",
    "0.1, 0.1",
    "100, 100.0",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0.000123, 0.000123",
    "0.0000123, 1.23e-05",
    "-1.5e-10, -1.5e-10",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "9999999999999998, 9999999999999998.0",
    "12345678901234567, 1.2345678901234568e+16",
    "123456789012345680, 1.2345678901234568e+17",
    "1e22, 1e+22",
    "1e23, 1e+23",
    "9007199254740992, 9007199254740992.0",
    "9007199254740993e3, 9.007199254740993e+18",
    "2e-3, 0.002",
    "0.30000000000000004, 0.30000000000000004",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "5e-324, 5e-324",
    "2e-323, 2e-323",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    // 2^-44: the nearest decimal of 16 digits lies outside the interval, the next one inside.
    "5.684341886080802e-14, 5.684341886080802e-14",
    // Of few significant bits, where shorter decimals than usual read back.
    "2.0000000000000001e21, 2e+21",
    "4.3e-323, 4.4e-323",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity"
  })
  void writesWhatPythonShows(double x, String python) {
    assertThat(repr(x)).isEqualTo(python);
  }

  @Test
  void writesTheShortestDecimalThatReadsBack() {
    samples()
        .filter(x -> !repr(x).equals(oracle(x)))
        .findFirst()
        .ifPresent(x -> assertThat(repr(x)).isEqualTo(oracle(x)));
  }

  @ParameterizedTest
  @CsvSource({
    "0.12345678905, 0.1234567891",
    "0.12345678915, 0.1234567891",
    "-1.00000000005, -1.0000000001",
    "1.5e-10, 1e-10",
    "4.9e-11, 0.0",
    "-1e-12, -0.0",
    "-0.0, -0.0",
    "0.30000000000000004, 0.3",
    "12345678.12345679, 12345678.12345679",
    // k/2048 has 11 decimals and ends in 5: exact ties, which go to the even digit.
    "0.00048828125, 0.0004882812",
    "0.00146484375, 0.0014648438",
    "-0.00048828125, -0.0004882812",
    "524287.99951171875, 524287.9995117188",
    "1e300, 1e+300",
    "NaN, NaN",
    "Infinity, Infinity",
    "-Infinity, -Infinity"
  })
  void roundsAsPythonDoes(double x, String python) {
    assertThat(repr(PythonFloat.round10(x))).isEqualTo(python);
  }

  @Test
  void roundsTheExactValueAndTiesToEven() {
    samples()
        .forEach(
            x -> {
              double exact =
                  Double.parseDouble(
                      new BigDecimal(x).setScale(10, RoundingMode.HALF_EVEN).toString());
              assertThat(PythonFloat.round10(x)).isEqualTo(Math.copySign(exact, x));
            });
  }

  @Test
  void writesRoundedWhatItRounds() {
    samples()
        .forEach(
            x -> {
              AsciiBuffer out = new AsciiBuffer(1);
              PythonFloat.writeRounded(x, out);
              String rounded = repr(PythonFloat.round10(x));
              // Not assertThat for each of some 300,000.
              if (!out.toString().equals(rounded)) {
                assertThat(out.toString()).isEqualTo(rounded);
              }
            });
  }

  private static String repr(double x) {
    AsciiBuffer out = new AsciiBuffer(1);
    PythonFloat.write(x, out);
    return out.toString();
  }

  private static Stream<Double> samples() {
    SplittableRandom random = new SplittableRandom(20261123);
    Stream<Double> bitPatterns = random.longs(80_000).mapToObj(Double::longBitsToDouble);
    Stream<Double> subnormals =
        random.longs(20_000, 1, 1L << 52).mapToObj(bits -> Double.longBitsToDouble(bits >>> 9));
    Stream<Double> units = random.doubles(40_000, -1, 1).boxed();
    Stream<Double> decimals =
        random.longs(40_000, -1_000_000_000_000L, 1_000_000_000_000L).mapToObj(n -> n / 1e8);
    Stream<Double> nearTies =
        random.longs(40_000, -(1L << 40), 1L << 40).mapToObj(n -> (n + 0.5) / 1e10);
    Stream<Double> ties = random.longs(10_000, -(1L << 30), 1L << 30).mapToObj(n -> n / 2048.0);
    Stream<Double> powersOfTwo =
        Stream.iterate(Double.MIN_VALUE, Double::isFinite, x -> 2 * x)
            .flatMap(PythonFloatTest::neighbours);
    Stream<Double> powersOfTen =
        Stream.iterate(-324, e -> e <= 308, e -> e + 1)
            .map(e -> Double.parseDouble("1e" + e))
            .flatMap(PythonFloatTest::neighbours);
    return Stream.of(
            bitPatterns, subnormals, units, decimals, nearTies, ties, powersOfTwo, powersOfTen)
        .flatMap(samples -> samples)
        .filter(Double::isFinite);
  }

  private static Stream<Double> neighbours(double x) {
    return Stream.of(Math.nextDown(x), x, Math.nextUp(x), -x);
  }

  /** From the definition: tries every length, and formats with BigDecimal's own digits. */
  private static String oracle(double x) {
    String sign = Double.doubleToRawLongBits(x) < 0 ? "-" : "";
    BigDecimal exact = new BigDecimal(Math.abs(x));
    if (exact.signum() == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = shortest(exact, Math.abs(x)).stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    String digits = shortest.unscaledValue().toString();
    if (exponent < -4 || exponent >= 16) {
      String mantissa =
          digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
      return "%s%se%s%02d".formatted(sign, mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
    String plain = shortest.toPlainString();
    return sign + (plain.contains(".") ? plain : plain + ".0");
  }

  /** What has few digits has more digits too, so that the first length without one ends it. */
  private static BigDecimal shortest(BigDecimal exact, double x) {
    BigDecimal shortest = exact;
    for (int digits = 17; digits > 0; digits--) {
      BigDecimal found = readingBack(exact, x, digits);
      if (found == null) {
        return shortest;
      }
      shortest = found;
    }
    return shortest;
  }

  private static @Nullable BigDecimal readingBack(BigDecimal exact, double x, int digits) {
    for (RoundingMode mode : List.of(RoundingMode.HALF_EVEN, RoundingMode.DOWN, RoundingMode.UP)) {
      BigDecimal candidate = exact.round(new MathContext(digits, mode));
      if (Double.parseDouble(candidate.toString()) == x) {
        return candidate;
      }
    }
    return null;
  }
}
