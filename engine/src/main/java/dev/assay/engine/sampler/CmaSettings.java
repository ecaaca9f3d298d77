package dev.assay.engine.sampler;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Settings of CMA-ES.
 *
 * @param x0 where the search begins, nested as the study declares its parameters, {@code x0}; a
 *     number that is not in it begins at the middle of its range
 * @param sigma0 the standard deviation of the first generation in parts of each range, {@code
 *     sigma0}
 * @param startupTrials how many trials are drawn by chance before, {@code n_startup_trials}
 * @param popsize how many trials make a generation, {@code popsize}; null for 4 + ⌊3 ln d⌋ with d
 *     parameters
 * @param restart what follows when a search has converged, {@code restart_strategy}
 * @param withMargin whether a parameter of several values, once they are too far apart for the
 *     distribution, still takes a neighbouring value now and then, {@code with_margin}
 * @param shape which covariances are learned: {@link Shape#SEPARABLE} is {@code use_separable_cma}
 */
public record CmaSettings(
    ObjectNode x0,
    double sigma0,
    int startupTrials,
    @Nullable Integer popsize,
    Restart restart,
    boolean withMargin,
    Shape shape)
    implements SamplerSettings {
  /** From the middle, with a sixth of each range, one trial by chance, and larger restarts. */
  public static final CmaSettings DEFAULT =
      new CmaSettings(
          JsonNodeFactory.instance.objectNode(), 1.0 / 6, 1, null, Restart.IPOP, true, Shape.FULL);

  private static final int MOST_POPULATION = 1_000_000;
  private static final int MOST_PARAMETERS = 5000;

  /** What follows when a search has converged to a point. */
  public enum Restart {
    /** It stays there. */
    NONE,
    /** A new search begins anywhere, with generations of twice the size (Auger, Hansen 2005). */
    IPOP
  }

  /** Which covariances are learned. */
  public enum Shape {
    /** Those of all pairs of parameters. */
    FULL,
    /** None but each parameter's own variance, sooner (Ros, Hansen 2008). */
    SEPARABLE
  }

  public CmaSettings {
    x0 = x0.deepCopy();
    if (!(sigma0 > 0 && sigma0 <= 1)) {
      throw new IllegalArgumentException(
          "sigma0 is %s, expected above 0 and at most 1".formatted(sigma0));
    }
    if (startupTrials < 0) {
      throw new IllegalArgumentException(
          "n_startup_trials is %d, expected at least 0".formatted(startupTrials));
    }
    if (popsize != null && (popsize < 2 || popsize > MOST_POPULATION)) {
      throw new IllegalArgumentException(
          "popsize is %d, expected 2 to %,d".formatted(popsize, MOST_POPULATION));
    }
  }

  @Override
  public ObjectNode x0() {
    return x0.deepCopy();
  }

  /** These settings with another beginning. */
  public CmaSettings withX0(ObjectNode other) {
    return new CmaSettings(other, sigma0, startupTrials, popsize, restart, withMargin, shape);
  }

  /** These settings with another width of the first generation. */
  public CmaSettings withSigma0(double sigma) {
    return new CmaSettings(x0, sigma, startupTrials, popsize, restart, withMargin, shape);
  }

  /** These settings with generations of another size. */
  public CmaSettings withPopsize(int size) {
    return new CmaSettings(x0, sigma0, startupTrials, size, restart, withMargin, shape);
  }

  /** These settings with other covariances. */
  public CmaSettings withShape(Shape other) {
    return new CmaSettings(x0, sigma0, startupTrials, popsize, restart, withMargin, other);
  }

  /**
   * From options {@code x0}, {@code sigma0}, {@code n_startup_trials}, {@code popsize}, {@code
   * restart_strategy} (none or ipop), {@code with_margin} and {@code use_separable_cma}.
   */
  static CmaSettings read(Block options) {
    ObjectNode x0 = options.mappingOrNull("x0");
    Double sigma0 = options.realOrNull("sigma0");
    if (sigma0 != null && !(sigma0 > 0 && sigma0 <= 1)) {
      throw options.unlike("sigma0", "a part of each range, above 0 and at most 1");
    }
    Integer startup = whole("n_startup_trials", 0, Integer.MAX_VALUE, options);
    Boolean margin = options.flagOrNull("with_margin");
    Boolean separable = options.flagOrNull("use_separable_cma");
    return new CmaSettings(
        x0 == null ? DEFAULT.x0 : x0,
        sigma0 == null ? DEFAULT.sigma0 : sigma0,
        startup == null ? DEFAULT.startupTrials : startup,
        whole("popsize", 2, MOST_POPULATION, options),
        restart(options),
        margin == null ? DEFAULT.withMargin : margin,
        Boolean.TRUE.equals(separable) ? Shape.SEPARABLE : Shape.FULL);
  }

  private static @Nullable Integer whole(String name, int least, int most, Block options) {
    Long whole = options.wholeOrNull(name);
    if (whole != null && (whole < least || whole > most)) {
      throw options.unlike(name, "%d to %,d".formatted(least, most));
    }
    return whole == null ? null : (Integer) whole.intValue();
  }

  private static Restart restart(Block options) {
    String text = options.textOrNull("restart_strategy");
    return switch (text == null ? "" : text.toLowerCase(Locale.ROOT)) {
      case "" -> DEFAULT.restart;
      case "none" -> Restart.NONE;
      case "ipop" -> Restart.IPOP;
      default -> throw options.unlike("restart_strategy", "none or ipop");
    };
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    if (directions.size() > 1) {
      throw new SamplerException(
          "the cmaes sampler searches with one objective, but the study has %d: use --sampler nsga2"
              .formatted(directions.size()));
    }
    if (space.parameters().size() > MOST_PARAMETERS) {
      throw new SamplerException(
          "the cmaes sampler learns how up to %,d parameters vary together, but %,d do: use --sampler tpe"
              .formatted(MOST_PARAMETERS, space.parameters().size()));
    }
    return space.parameters().isEmpty() ? new RandomSampler() : new CmaSampler(this, space, seed);
  }
}
