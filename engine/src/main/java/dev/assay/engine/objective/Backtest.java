package dev.assay.engine.objective;

/**
 * A small strategy tried on past prices. It follows the trend: where the fast exponential average
 * of the closes is above the slow one by more than the threshold (in average true ranges over
 * {@value #ATR_BARS} bars) at a bar's close, it buys at the next open; where it is as far below, it
 * sells short. One position at a time.
 *
 * <p>A position is closed at its stop or its target, reckoned from the entry with the average true
 * range of the signal's bar; where a bar touches both, the stop comes first; where a bar opens
 * beyond either, its open is the price. After the longest holding time, and at the last bar, it is
 * closed at the close. Commission is a fraction of what is bought and sold, on the way in and out.
 *
 * <p>One pass over the bars, without allocation but for the two averages. Safe to share between
 * threads.
 */
final class Backtest {
  /** Bars of the average true range. */
  static final int ATR_BARS = 14;

  private final CandleSeries candles;
  private final double[] averageTrueRange;
  private final double commission;
  private final double capital;

  /**
   * A backtest over {@code candles}.
   *
   * @param commission fraction of the traded value, such as 0.001
   * @param capital what an account starts with
   */
  Backtest(CandleSeries candles, double commission, double capital) {
    this.candles = candles;
    this.averageTrueRange = averageTrueRange(candles);
    this.commission = commission;
    this.capital = capital;
  }

  /** Runs the strategy over all bars, or until the account is worth nothing. */
  BacktestReport run(BacktestParameters parameters) {
    return new Account(parameters).run();
  }

  /** Wilder's average of the true range: each bar weighs one in {@link #ATR_BARS}. */
  private static double[] averageTrueRange(CandleSeries candles) {
    double[] average = new double[candles.size()];
    average[0] = candles.high(0) - candles.low(0);
    for (int bar = 1; bar < average.length; bar++) {
      double before = candles.close(bar - 1);
      double high = Math.max(candles.high(bar), before);
      double low = Math.min(candles.low(bar), before);
      average[bar] = average[bar - 1] + (high - low - average[bar - 1]) / ATR_BARS;
    }
    return average;
  }

  /** The exponential average with weight 2 / (bars + 1) that starts at the first close. */
  private static double[] average(CandleSeries candles, int bars) {
    double[] average = new double[candles.size()];
    double weight = 2.0 / (bars + 1);
    average[0] = candles.close(0);
    for (int bar = 1; bar < average.length; bar++) {
      average[bar] = average[bar - 1] + (candles.close(bar) - average[bar - 1]) * weight;
    }
    return average;
  }

  private final class Account {
    private final BacktestParameters parameters;
    private final double[] fast;
    private final double[] slow;
    private final BacktestReport.Builder report = new BacktestReport.Builder(capital);
    private double cash = capital;

    /** 1 for a position that gains when prices rise, -1 for the other, 0 for none. */
    private int side;

    private double units;
    private double entryPrice;
    private double entryCommission;
    private int entryBar;
    private double stop;
    private double target;

    Account(BacktestParameters parameters) {
      this.parameters = parameters;
      this.fast = average(candles, parameters.fast());
      this.slow = average(candles, parameters.slow());
    }

    BacktestReport run() {
      int warm = Math.max(Math.max(parameters.slow(), parameters.fast()), ATR_BARS);
      int last = candles.size() - 1;
      for (int bar = warm; bar <= last && report.worth() > 0; bar++) {
        int signal = side == 0 ? signal(bar - 1) : 0;
        if (signal != 0) {
          enter(bar, signal);
        }
        if (side != 0) {
          follow(bar, last);
        }
        report.mark(cash + side * units * (candles.close(bar) - entryPrice));
      }
      return report.build();
    }

    private int signal(int bar) {
      double apart = fast[bar] - slow[bar];
      double needed = parameters.threshold() * averageTrueRange[bar];
      return Math.abs(apart) > needed ? (int) Math.signum(apart) : 0;
    }

    private void enter(int bar, int signal) {
      double range = averageTrueRange[bar - 1];
      side = signal;
      entryBar = bar;
      entryPrice = candles.open(bar);
      stop = entryPrice - side * parameters.stopAtr() * range;
      target = entryPrice + side * parameters.takeAtr() * range;
      double value = cash * parameters.fraction();
      units = value / entryPrice;
      entryCommission = value * commission;
      cash -= entryCommission;
    }

    private void follow(int bar, int last) {
      double open = candles.open(bar);
      double worst = side > 0 ? candles.low(bar) : candles.high(bar);
      double best = side > 0 ? candles.high(bar) : candles.low(bar);
      if (side * (worst - stop) <= 0) {
        exit(side > 0 ? Math.min(open, stop) : Math.max(open, stop));
      } else if (side * (best - target) >= 0) {
        exit(side > 0 ? Math.max(open, target) : Math.min(open, target));
      } else if (bar - entryBar + 1 >= parameters.maxHoldBars() || bar == last) {
        exit(candles.close(bar));
      }
    }

    private void exit(double price) {
      double gain = side * units * (price - entryPrice);
      double exitCommission = units * price * commission;
      cash += gain - exitCommission;
      report.trade(gain - entryCommission - exitCommission, entryCommission + exitCommission);
      side = 0;
    }
  }
}
