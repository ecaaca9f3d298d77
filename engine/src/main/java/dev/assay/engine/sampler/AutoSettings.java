package dev.assay.engine.sampler;

import dev.assay.engine.space.Parameter;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;

/**
 * The sampler for those who do not want to choose one. It chooses by the space and by how many
 * trials have ended, each time anew:
 *
 * <ul>
 *   <li>{@link GpSettings} for the first {@value #DEAR_TRIALS} trials with one objective, where at
 *       most {@value #FEW_PARAMETERS} parameters vary, none under conditions, and at most half of
 *       them are choices: it needs the fewest trials by far;
 *   <li>{@link TpeSettings} after that and for other spaces, since its proposals stay cheap, and
 *       where more than a tenth of the trials were pruned, since it makes use of them; conditional
 *       parameters are modelled in groups;
 *   <li>{@link Nsga2Settings} with several objectives after {@value #FEW_TRIALS} trials, which
 *       {@link TpeSettings} makes: generations need trials to choose parents from.
 * </ul>
 *
 * <p>Median of the best value after 200 trials, of 6 seeds and from the process, beside what
 * Optuna's TPE and CMA-ES reach (medians of 20 seeds):
 *
 * <pre>
 *               GP        TPE       CMA-ES
 * branin        0.3979    0.4009    0.3979
 * hartmann6     -3.322    -3.292    -3.28
 * ackley10      3.446     9.119     6.339
 * rosenbrock5   4.479     23.83     8.41
 * levy8         0.1865    2.516     0.3564
 * styblinski5   -195.8    -166.9    -172.8
 * mixed         0.0000    0.2237    0.1424
 * </pre>
 */
public record AutoSettings() implements SamplerSettings {
  static final int DEAR_TRIALS = 500;
  static final int FEW_PARAMETERS = 20;
  static final int FEW_TRIALS = 250;

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    TpeSettings tpe =
        space.isConditional()
            ? TpeSettings.DEFAULT.withJoint(TpeSettings.Joint.GROUPED)
            : TpeSettings.DEFAULT;
    Sampler lasting = tpe.create(space, directions, seed);
    if (directions.size() > 1) {
      return new AutoSampler(
          lasting, Nsga2Settings.DEFAULT.create(space, directions, seed), FEW_TRIALS);
    }
    return suitsProcess(space)
        ? new AutoSampler(GpSettings.DEFAULT.create(space, directions, seed), lasting, DEAR_TRIALS)
        : lasting;
  }

  private static boolean suitsProcess(SearchSpace space) {
    List<Parameter> parameters = space.parameters();
    long varying = parameters.stream().filter(p -> p.count() > 1).count();
    long choices = parameters.stream().filter(p -> p.count() > 1 && p.isCategorical()).count();
    return !space.isConditional() && varying <= FEW_PARAMETERS && 2 * choices <= varying;
  }
}
