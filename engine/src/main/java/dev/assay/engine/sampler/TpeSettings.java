package dev.assay.engine.sampler;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;

/**
 * Settings of the tree-structured Parzen estimator, whose defaults are Optuna's.
 *
 * @param startupTrials as many trials, completed or pruned, are drawn by chance first
 * @param candidates how many proposals each choice is made from
 * @param joint which parameters are modelled together
 * @param constantLiar whether trials that run count as bad ones, so that workers keep apart
 * @param priorWeight the weight of the prior beside that of one trial, at least 0
 * @param magicClip whether bandwidths are kept from becoming too narrow while there are few trials
 * @param endpoints whether the ends of a range count as neighbours of the outermost trials
 */
public record TpeSettings(
    int startupTrials,
    int candidates,
    Joint joint,
    boolean constantLiar,
    double priorWeight,
    boolean magicClip,
    boolean endpoints)
    implements SamplerSettings {
  /** Optuna's defaults. */
  public static final TpeSettings DEFAULT =
      new TpeSettings(10, 24, Joint.AUTOMATIC, true, 1, true, false);

  /** Which parameters are modelled together. */
  public enum Joint {
    /** {@link #SHARED} with one objective, {@link #NONE} with several. */
    AUTOMATIC,
    /** Each parameter on its own: Optuna's {@code multivariate: false}. */
    NONE,
    /** Those that take part in all trials, the others on their own: {@code multivariate: true}. */
    SHARED,
    /** Those that take part in the same trials: {@code group: true}. */
    GROUPED
  }

  public TpeSettings {
    if (startupTrials < 0) {
      throw new IllegalArgumentException(
          "startupTrials is %d, expected 0 or more".formatted(startupTrials));
    }
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "candidates is %d, expected 1 or more".formatted(candidates));
    }
    if (!(priorWeight >= 0 && priorWeight < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "priorWeight is %s, expected a finite number from 0".formatted(priorWeight));
    }
  }

  /** These settings with another number of trials drawn by chance first. */
  public TpeSettings withStartupTrials(int trials) {
    return new TpeSettings(
        trials, candidates, joint, constantLiar, priorWeight, magicClip, endpoints);
  }

  /** These settings with another number of proposals for each choice. */
  public TpeSettings withCandidates(int count) {
    return new TpeSettings(
        startupTrials, count, joint, constantLiar, priorWeight, magicClip, endpoints);
  }

  /** These settings with other parameters modelled together. */
  public TpeSettings withJoint(Joint other) {
    return new TpeSettings(
        startupTrials, candidates, other, constantLiar, priorWeight, magicClip, endpoints);
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    return new TpeSampler(this);
  }

  /** Reads Optuna's options. */
  static TpeSettings read(Block options) {
    double prior = options.has("prior_weight") ? options.real("prior_weight") : DEFAULT.priorWeight;
    if (prior < 0) {
      throw options.unlike("prior_weight", "0 or more");
    }
    return new TpeSettings(
        whole(options, "n_startup_trials", 0, DEFAULT.startupTrials),
        whole(options, "n_ei_candidates", 1, DEFAULT.candidates),
        joint(options),
        flag(options, "constant_liar", DEFAULT.constantLiar),
        flag(options, "consider_prior", true) ? prior : 0,
        flag(options, "consider_magic_clip", DEFAULT.magicClip),
        flag(options, "consider_endpoints", DEFAULT.endpoints));
  }

  private static Joint joint(Block options) {
    boolean group = flag(options, "group", false);
    Boolean multivariate = options.flagOrNull("multivariate");
    if (group && Boolean.FALSE.equals(multivariate)) {
      throw options.problem(
          "group", "is true although multivariate is false, expected multivariate: true");
    }
    if (group) {
      return Joint.GROUPED;
    }
    if (multivariate == null) {
      return Joint.AUTOMATIC;
    }
    return multivariate ? Joint.SHARED : Joint.NONE;
  }

  private static boolean flag(Block options, String name, boolean otherwise) {
    Boolean flag = options.flagOrNull(name);
    return flag == null ? otherwise : flag;
  }

  private static int whole(Block options, String name, int least, int otherwise) {
    Long whole = options.wholeOrNull(name);
    if (whole == null) {
      return otherwise;
    }
    if (whole < least || whole > Integer.MAX_VALUE) {
      throw options.unlike(name, "%d or more".formatted(least));
    }
    return whole.intValue();
  }
}
