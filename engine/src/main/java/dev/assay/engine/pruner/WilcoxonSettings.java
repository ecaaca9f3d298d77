package dev.assay.engine.pruner;

import dev.assay.engine.space.Block;

/**
 * Settings of the Wilcoxon pruner, for objectives that are the mean over cases, of which each is a
 * step: a trial is given up when the signed-rank test over the cases that it shares with the best
 * trial says that it is worse, and its mean so far is worse, too.
 *
 * @param pThreshold {@code p_threshold}: the test's level, 0 to 1
 * @param startupSteps {@code n_startup_steps}: how many cases a trial must share with the best one;
 *     2 at least
 */
public record WilcoxonSettings(double pThreshold, long startupSteps) implements PrunerSettings {
  /** Optuna's: a level of 0.1 after 2 cases. */
  public static final WilcoxonSettings DEFAULT = new WilcoxonSettings(0.1, 2);

  public WilcoxonSettings {
    if (!(pThreshold >= 0 && pThreshold <= 1)) {
      throw new PrunerException(
          "p_threshold is %s, expected a number from 0 to 1".formatted(pThreshold));
    }
    PrunerException.unlessAtLeast(0, "n_startup_steps", startupSteps);
  }

  static WilcoxonSettings read(Block options) {
    Double level = options.realOrNull("p_threshold");
    return new WilcoxonSettings(
        level == null ? DEFAULT.pThreshold : level,
        Pruners.whole(options, "n_startup_steps", DEFAULT.startupSteps));
  }

  @Override
  public Pruner create(String study) {
    return new WilcoxonPruner(this);
  }
}
