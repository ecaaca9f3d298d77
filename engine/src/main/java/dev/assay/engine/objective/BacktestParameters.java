package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.ParameterPaths;
import java.util.List;
import java.util.Map;

/**
 * What the strategy of {@link Backtest} is told.
 *
 * @param fast bars of the fast average, 1 or more
 * @param slow bars of the slow average, 1 or more
 * @param threshold how far apart the averages must be for an entry, in average true ranges, 0 or
 *     more
 * @param stopAtr distance of the stop from the entry, in average true ranges, above 0
 * @param takeAtr distance of the target, likewise
 * @param maxHoldBars after how many bars a position is closed, 1 or more
 * @param fraction the part of the equity that is put into a position, above 0 and at most 1
 */
record BacktestParameters(
    int fast,
    int slow,
    double threshold,
    double stopAtr,
    double takeAtr,
    int maxHoldBars,
    double fraction) {
  /** The parameters by dotted path. */
  static final List<String> PATHS =
      List.of(
          "entry.fast",
          "entry.slow",
          "entry.threshold",
          "exit.stop_atr",
          "exit.take_atr",
          "exit.max_hold_bars",
          "risk.fraction");

  private static final int MAX_BARS = 1_000_000;

  /** Reads a trial's parameters; the message of an error names the one that is wrong. */
  static BacktestParameters of(ObjectNode params) throws ObjectiveException {
    Map<String, JsonNode> values = ParameterPaths.of(params);
    return new BacktestParameters(
        bars(values, "entry.fast"),
        bars(values, "entry.slow"),
        number(values, "entry.threshold", 0, Double.MAX_VALUE, "a number of 0 or more"),
        number(values, "exit.stop_atr", Double.MIN_VALUE, Double.MAX_VALUE, "a number above 0"),
        number(values, "exit.take_atr", Double.MIN_VALUE, Double.MAX_VALUE, "a number above 0"),
        bars(values, "exit.max_hold_bars"),
        number(values, "risk.fraction", Double.MIN_VALUE, 1, "a number above 0 and at most 1"));
  }

  private static int bars(Map<String, JsonNode> values, String path) throws ObjectiveException {
    String expected = "a whole number from 1 to " + MAX_BARS;
    double number = number(values, path, 1, MAX_BARS, expected);
    if (number != Math.rint(number)) {
      throw unlike(values, path, expected);
    }
    return (int) number;
  }

  private static double number(
      Map<String, JsonNode> values, String path, double low, double high, String expected)
      throws ObjectiveException {
    JsonNode value = values.get(path);
    double number = value == null || !value.isNumber() ? Double.NaN : value.doubleValue();
    if (!(number >= low && number <= high)) {
      throw unlike(values, path, expected);
    }
    return number;
  }

  private static ObjectiveException unlike(
      Map<String, JsonNode> values, String path, String expected) {
    return new ObjectiveException(
        "parameter %s is %s, expected %s".formatted(path, Block.shown(values.get(path)), expected));
  }
}
