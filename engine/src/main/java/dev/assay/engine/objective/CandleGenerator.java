package dev.assay.engine.objective;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;

/**
 * Makes the synthetic candles of {@code datasets/candles/synthetic_1h.csv}: one year of hours, the
 * same bytes on every machine. There is no market data in it.
 *
 * <p>The price walks in {@value #STEPS} steps an hour. Its drift is up, down or none, and changes
 * now and then; its volatility wanders around a mean, is higher in the afternoon (UTC), and lower
 * on weekends. {@link Random} and {@link StrictMath} are specified to the bit, and prices are
 * rounded to cents as whole numbers.
 *
 * <pre>
 * java -cp engine/target/classes dev.assay.engine.objective.CandleGenerator FILE
 * </pre>
 */
final class CandleGenerator {
  private static final int BARS = 365 * 24;
  private static final int STEPS = 12;
  private static final long SEED = 7;
  private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");
  private static final double FIRST_PRICE = 40_000;

  /** Hourly, of the logarithm of the price. */
  private static final double DRIFT = 0.0003;

  private static final double VOLATILITY = 0.0045;

  /** The chance that the drift is drawn anew in an hour. */
  private static final double TURN = 1 / 96.0;

  private static final double VOLATILITY_MEMORY = 0.98;
  private static final double VOLATILITY_NOISE = 0.08;
  private static final double WEEKEND = 0.7;

  private final Random random = new Random(SEED);
  private double logPrice = StrictMath.log(FIRST_PRICE);
  private double logVolatility;
  private int direction;

  private CandleGenerator() {}

  /** Writes the candles to the file that is the one argument. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("expected one argument, the CSV file to write");
    }
    Files.writeString(Path.of(args[0]), csv(), StandardCharsets.UTF_8);
  }

  /** The whole file. */
  static String csv() {
    StringBuilder csv = new StringBuilder("timestamp,open,high,low,close,volume\n");
    CandleGenerator generator = new CandleGenerator();
    for (int bar = 0; bar < BARS; bar++) {
      generator.appendBar(bar, csv);
    }
    return csv.toString();
  }

  private void appendBar(int bar, StringBuilder csv) {
    Instant time = START.plus(bar, ChronoUnit.HOURS);
    if (bar == 0 || random.nextDouble() < TURN) {
      direction = random.nextInt(3) - 1;
    }
    logVolatility = VOLATILITY_MEMORY * logVolatility + VOLATILITY_NOISE * random.nextGaussian();
    double volatility = VOLATILITY * StrictMath.exp(logVolatility) * season(bar);
    long open = cents();
    long high = open;
    long low = open;
    for (int step = 0; step < STEPS; step++) {
      logPrice +=
          direction * DRIFT / STEPS + volatility / StrictMath.sqrt(STEPS) * random.nextGaussian();
      high = Math.max(high, cents());
      low = Math.min(low, cents());
    }
    double range = StrictMath.log((double) high / low);
    double traded = 20 + 6000 * range * StrictMath.exp(0.4 * random.nextGaussian());
    csv.append(time).append(',');
    decimal(csv, open).append(',');
    decimal(csv, high).append(',');
    decimal(csv, low).append(',');
    decimal(csv, cents()).append(',');
    decimal(csv, Math.round(traded * 100)).append('\n');
  }

  /**
   * How lively the hour is: a wave over the day, and calm on the fourth and fifth day, a weekend.
   */
  private static double season(int bar) {
    double day = 1 + 0.25 * StrictMath.sin(2 * Math.PI * (bar % 24 - 9) / 24);
    int weekday = bar / 24 % 7;
    return weekday == 3 || weekday == 4 ? day * WEEKEND : day;
  }

  private long cents() {
    return Math.round(StrictMath.exp(logPrice) * 100);
  }

  private static StringBuilder decimal(StringBuilder csv, long hundredths) {
    long fraction = hundredths % 100;
    return csv.append(hundredths / 100).append(fraction < 10 ? ".0" : ".").append(fraction);
  }
}
