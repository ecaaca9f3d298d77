package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BacktestTest {
  private static final Offset<Double> EXACT = within(1e-9);
  private static final Path LOG = Path.of("unused.log");
  private static final double[] QUIET = {100, 101, 99, 100};

  /** Thirteen quiet bars, and then these, each open, high, low, close. */
  private static CandleSeries candles(double[]... bars) {
    double[][] all = new double[13 + bars.length][];
    Arrays.fill(all, QUIET);
    System.arraycopy(bars, 0, all, 13, bars.length);
    List<double[]> columns =
        IntStream.range(0, 4)
            .mapToObj(column -> Arrays.stream(all).mapToDouble(bar -> bar[column]).toArray())
            .toList();
    return new CandleSeries(columns.get(0), columns.get(1), columns.get(2), columns.get(3));
  }

  private static double[] bar(double open, double high, double low, double close) {
    return new double[] {open, high, low, close};
  }

  /** Averages of 1 and 3 bars, half a range apart, stop at 2 and target at 3 ranges. */
  private static BacktestParameters parameters(int maxHoldBars, double fraction) {
    return new BacktestParameters(1, 3, 0.5, 2, 3, maxHoldBars, fraction);
  }

  /**
   * Worked by hand: the average true range is 2 until bar 12, then 2 + 3/14 at the signal of bar
   * 13. Bought at 104, the target 104 + 3 (2 + 3/14) is touched in bar 15. Bought again at 111, bar
   * 16 falls through the stop. Sold short at 101, closed at the last close, 99.
   */
  private static CandleSeries threeTrades() {
    return candles(
        bar(100, 105, 100, 104),
        bar(104, 106, 103, 105),
        bar(105, 112, 104, 111),
        bar(111, 111.5, 100, 101),
        bar(101, 102, 98, 99));
  }

  @Test
  void threeTradesComeOutAsWorkedByHand() {
    BacktestReport report = new Backtest(threeTrades(), 0.001, 10_000).run(parameters(10, 0.5));
    assertThat(report.trades()).isEqualTo(3);
    assertThat(report.totalReturn()).isCloseTo(0.013967206042560187, EXACT);
    assertThat(report.maxDrawdown()).isCloseTo(0.025116982507288554, EXACT);
    assertThat(report.totalCommission()).isCloseTo(30.33015533653603, EXACT);
    assertThat(report.profitFactor()).isCloseTo(1.5394155759412094, EXACT);
    assertThat(report.sharpeRatio()).isCloseTo(15.92881387487771, EXACT);
    assertThat(report.winRate()).isCloseTo(2 / 3.0, EXACT);
    assertThat(report.ruined()).isFalse();
  }

  @Test
  void theScoreTrustsFewTradesLittle() throws Exception {
    BacktestObjective objective = new BacktestObjective(new Backtest(threeTrades(), 0.001, 10_000));
    ObjectNode params = params();
    params.withObject("/exit").put("max_hold_bars", 10);
    Evaluation evaluation = objective.evaluate(Trial.fixed(0, params, 0, LOG));
    assertThat(evaluation.value()).isCloseTo(1.5677644049804824, EXACT);
    assertThat(evaluation.scoreVersion()).isEqualTo("v1");
    assertThat(evaluation.hardFailures()).isEmpty();
    assertThat(evaluation.metrics().path("num_trades").isInt()).isTrue();
  }

  @Test
  void aPositionIsClosedAfterItsTimeAndAtAGapPastItsStop() {
    BacktestReport held = new Backtest(threeTrades(), 0, 10_000).run(parameters(1, 1));
    // Bought at 104, closed at 105 the same bar; bought at 105, closed at its target; and so on.
    assertThat(held.trades()).isEqualTo(4);

    BacktestReport gap =
        new Backtest(
                candles(bar(100, 105, 100, 104), bar(104, 106, 103, 105), bar(95, 96, 94, 95)),
                0,
                10_000)
            .run(parameters(10, 1));
    assertThat(gap.trades()).isEqualTo(1);
    assertThat(gap.totalReturn()).isCloseTo(95 / 104.0 - 1, EXACT);
    assertThat(gap.profitFactor()).isZero();
  }

  @Test
  void theStopComesBeforeTheTarget() {
    BacktestReport report =
        new Backtest(candles(bar(100, 105, 100, 104), bar(104, 120, 90, 104)), 0, 10_000)
            .run(parameters(10, 1));
    assertThat(report.totalReturn()).isCloseTo(-2 * (2 + 3 / 14.0) / 104, EXACT);
  }

  @Test
  void whatIsUndefinedIsNull() throws Exception {
    CandleSeries quiet = candles(QUIET, QUIET, QUIET);
    Evaluation none =
        new BacktestObjective(new Backtest(quiet, 0, 10_000))
            .evaluate(Trial.fixed(0, params(), 0, LOG));
    assertThat(none.hardFailures()).containsExactly("no_trades");
    assertThat(none.value()).isZero();
    assertThat(none.metrics())
        .hasToString(
            "{\"num_trades\":0,\"total_return\":0.0,\"max_drawdown\":0.0,\"profit_factor\":null,"
                + "\"sharpe_ratio\":null,\"win_rate\":null,\"total_commission\":0.0}");
    Evaluation won =
        new BacktestObjective(
                new Backtest(candles(bar(100, 105, 100, 104), bar(104, 112, 104, 104)), 0, 10_000))
            .evaluate(Trial.fixed(0, params(), 0, LOG));
    assertThat(won.metrics().path("num_trades").intValue()).isEqualTo(1);
    assertThat(won.metrics().path("win_rate").doubleValue()).isEqualTo(1);
    assertThat(won.metrics().path("profit_factor").isNull()).isTrue();
  }

  @Test
  void anAccountThatIsWorthNothingStops() throws Exception {
    CandleSeries crash =
        candles(bar(100, 101, 90, 91), bar(91, 92, 90, 91), bar(190, 200, 190, 200), QUIET, QUIET);
    ObjectNode params = params();
    params.withObject("/risk").put("fraction", 1);
    Evaluation evaluation =
        new BacktestObjective(new Backtest(crash, 0, 10_000))
            .evaluate(Trial.fixed(0, params, 0, LOG));
    assertThat(evaluation.hardFailures()).containsExactly("ruined");
    assertThat(evaluation.metrics().path("max_drawdown").doubleValue()).isGreaterThan(1);
    assertThat(Double.isFinite(evaluation.value())).isTrue();
  }

  @Test
  void averagesTheWrongWayRoundAreAHardFailure() throws Exception {
    ObjectNode params = params();
    params.withObject("/entry").put("fast", 3);
    assertThat(
            new BacktestObjective(new Backtest(threeTrades(), 0, 1))
                .evaluate(Trial.fixed(0, params, 0, LOG))
                .hardFailures())
        .containsExactly("fast>=slow", "no_trades");
  }

  @Test
  void fewerBarsThanTheAveragesTakeGiveNoTrades() {
    CandleSeries one = new CandleSeries(bars(1), bars(1), bars(1), bars(1));
    assertThat(new Backtest(one, 0, 10).run(parameters(1, 1)).trades()).isZero();
  }

  private static double[] bars(double... prices) {
    return prices;
  }

  private static ObjectNode params() throws Exception {
    return (ObjectNode)
        Json.parse(
            "{\"entry\": {\"fast\": 1, \"slow\": 3, \"threshold\": 0.5}, \"exit\": {\"stop_atr\":"
                + " 2.0, \"take_atr\": 3.0, \"max_hold_bars\": 10}, \"risk\": {\"fraction\":"
                + " 0.5}}");
  }

  @ParameterizedTest
  @CsvSource({
    "entry, fast, 0, a whole number from 1 to 1000000",
    "entry, slow, 2.5, a whole number from 1 to 1000000",
    "entry, threshold, -0.5, a number of 0 or more",
    "exit, stop_atr, 0, a number above 0",
    "risk, fraction, 1.5, a number above 0 and at most 1",
  })
  void aParameterOutOfItsRangeIsNamed(String group, String name, double value, String expected)
      throws Exception {
    ObjectNode params = params();
    params.withObject("/" + group).put(name, value);
    assertThatThrownBy(
            () ->
                new BacktestObjective(new Backtest(threeTrades(), 0, 1))
                    .evaluate(Trial.fixed(0, params, 0, LOG)))
        .isInstanceOf(ObjectiveException.class)
        .hasMessage("parameter %s.%s is %s, expected %s".formatted(group, name, value, expected));
  }

  @Test
  void theSameParametersAlwaysGiveTheSameReport() {
    CandleSeries candles =
        CandleSeries.read(
            Path.of(System.getProperty("assay.root"), "datasets/candles/synthetic_1h.csv"));
    Backtest backtest = new Backtest(candles, 0.0005, 10_000);
    BacktestParameters parameters = new BacktestParameters(12, 80, 0.25, 3.5, 7, 36, 0.4);
    BacktestReport report = backtest.run(parameters);
    assertThat(report.trades()).isEqualTo(317);
    assertThat(report.profitFactor()).isEqualTo(1.4507890156587084);
    assertThat(report.sharpeRatio()).isEqualTo(2.857652892054196);
    IntStream.range(0, 100)
        .parallel()
        .forEach(i -> assertThat(backtest.run(parameters)).isEqualTo(report));
  }
}
