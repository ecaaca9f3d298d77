package dev.assay.engine.objective;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Evaluation;
import dev.assay.engine.Objective;
import dev.assay.engine.ObjectiveException;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores a {@link Backtest}, to be maximized.
 *
 * <p>Score v1 is {@code sharpe_ratio × min(1, num_trades / 30) − max_drawdown}: what was gained for
 * the risk, less where it rests on few trades, less the deepest fall. An undefined Sharpe ratio
 * counts 0. Hard failures: {@code no_trades}; {@code fast>=slow}, whose averages are the wrong way
 * round; {@code ruined}, when the account came to nothing.
 *
 * <p>Metrics: {@code num_trades}, {@code total_return}, {@code max_drawdown}, {@code
 * profit_factor}, {@code sharpe_ratio}, {@code win_rate}, {@code total_commission}; what is
 * undefined is null. Safe to share between threads.
 */
record BacktestObjective(Backtest backtest) implements Objective {
  private static final double ENOUGH_TRADES = 30;
  private static final String SCORE_VERSION = "v1";

  @Override
  public Evaluation evaluate(Trial trial) throws ObjectiveException {
    ObjectNode params = trial.params();
    BacktestParameters parameters = BacktestParameters.of(params);
    BacktestReport report = backtest.run(parameters);
    List<String> hardFailures = new ArrayList<>();
    if (parameters.fast() >= parameters.slow()) {
      hardFailures.add("fast>=slow");
    }
    if (report.trades() == 0) {
      hardFailures.add("no_trades");
    }
    if (report.ruined()) {
      hardFailures.add("ruined");
    }
    Double sharpe = report.sharpeRatio();
    double trust = Math.min(1, report.trades() / ENOUGH_TRADES);
    double score = (sharpe == null ? 0 : sharpe * trust) - report.maxDrawdown();
    return new Evaluation(
        List.of(score),
        metrics(report),
        List.of(),
        null,
        List.of(),
        hardFailures,
        SCORE_VERSION,
        Json.object());
  }

  private static ObjectNode metrics(BacktestReport report) {
    return Json.object()
        .put("num_trades", report.trades())
        .put("total_return", report.totalReturn())
        .put("max_drawdown", report.maxDrawdown())
        .put("profit_factor", report.profitFactor())
        .put("sharpe_ratio", report.sharpeRatio())
        .put("win_rate", report.winRate())
        .put("total_commission", report.totalCommission());
  }
}
