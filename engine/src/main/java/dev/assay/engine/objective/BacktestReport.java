package dev.assay.engine.objective;

import org.jspecify.annotations.Nullable;

/**
 * What a backtest came to.
 *
 * @param trades how many positions were closed
 * @param totalReturn gain as a fraction of the capital
 * @param maxDrawdown the deepest fall below an earlier height, as a fraction of that height
 * @param profitFactor gains of the winning trades over losses of the others, net of commission;
 *     null where no trade lost
 * @param sharpeRatio mean over standard deviation of the returns by bar, for a year of hourly bars;
 *     null where the returns do not vary
 * @param winRate the part of the trades that gained; null without trades
 * @param totalCommission in the currency of the capital
 * @param ruined whether the account was worth nothing before the end
 */
record BacktestReport(
    int trades,
    double totalReturn,
    double maxDrawdown,
    @Nullable Double profitFactor,
    @Nullable Double sharpeRatio,
    @Nullable Double winRate,
    double totalCommission,
    boolean ruined) {
  private static final double BARS_A_YEAR = 365 * 24;

  /** Adds up a report bar by bar and trade by trade. */
  static final class Builder {
    private final double capital;
    private double worth;
    private double peak;
    private double drawdown;
    private int trades;
    private int wins;
    private double gains;
    private double losses;
    private double commission;
    private long bars;
    private double mean;
    private double squares;

    Builder(double capital) {
      this.capital = capital;
      this.worth = capital;
      this.peak = capital;
    }

    /** What the account is worth. */
    double worth() {
      return worth;
    }

    /** Takes what the account is worth at the end of a bar. */
    void mark(double now) {
      double gain = now / worth - 1;
      bars++;
      double off = gain - mean;
      mean += off / bars;
      squares += off * (gain - mean);
      worth = now;
      peak = Math.max(peak, now);
      drawdown = Math.max(drawdown, 1 - now / peak);
    }

    /** Takes a closed position. */
    void trade(double net, double paid) {
      trades++;
      commission += paid;
      if (net > 0) {
        wins++;
        gains += net;
      } else {
        losses -= net;
      }
    }

    BacktestReport build() {
      double deviation = bars > 1 ? Math.sqrt(squares / (bars - 1)) : 0;
      return new BacktestReport(
          trades,
          worth / capital - 1,
          drawdown,
          losses > 0 ? (Double) (gains / losses) : null,
          deviation > 0 ? (Double) (mean / deviation * Math.sqrt(BARS_A_YEAR)) : null,
          trades > 0 ? (Double) ((double) wins / trades) : null,
          commission,
          worth <= 0);
    }
  }
}
