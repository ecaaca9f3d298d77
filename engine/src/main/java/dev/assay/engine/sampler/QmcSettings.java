package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.List;
import java.util.Locale;

/**
 * Settings of the quasi-Monte Carlo sampler.
 *
 * @param type the sequence, {@code qmc_type}: Sobol's serves up to 21,201 parameters, Halton's any
 *     number of them
 * @param scramble whether the sequence is randomized by the study's seed; on by default. Without,
 *     every study gets the same points, the first of them at the low end of all parameters
 */
public record QmcSettings(Type type, boolean scramble) implements SamplerSettings {
  /** Scrambled Sobol points. */
  public static final QmcSettings DEFAULT = new QmcSettings(Type.SOBOL, true);

  /** Which sequence. */
  public enum Type {
    SOBOL,
    HALTON
  }

  public QmcSettings {
    requireNonNull(type, "type is null");
  }

  /** These settings with another sequence. */
  public QmcSettings withType(Type other) {
    return new QmcSettings(other, scramble);
  }

  /** These settings with the sequence as it is. */
  public QmcSettings withoutScramble() {
    return new QmcSettings(type, false);
  }

  /** From options {@code qmc_type} (sobol or halton) and {@code scramble}. */
  static QmcSettings read(Block options) {
    String type = options.textOrNull("qmc_type");
    return read(type == null ? DEFAULT.type : named(type, options), options);
  }

  /** As {@link #read(Block)}, where the sampler's name says which sequence. */
  static QmcSettings read(Type type, Block options) {
    Boolean scramble = options.flagOrNull("scramble");
    return new QmcSettings(type, scramble == null ? DEFAULT.scramble : scramble);
  }

  private static Type named(String type, Block options) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "sobol" -> Type.SOBOL;
      case "halton" -> Type.HALTON;
      default -> throw options.unlike("qmc_type", "sobol or halton");
    };
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    int dimensions = space.parameters().size();
    if (dimensions == 0) {
      return new RandomSampler();
    }
    return new QmcSampler(type == Type.SOBOL ? sobol(dimensions, seed) : halton(dimensions, seed));
  }

  private Points sobol(int dimensions, long seed) {
    if (dimensions > SobolPoints.MOST_DIMENSIONS) {
      throw new SamplerException(
          "Sobol's sequence has %,d dimensions, but %,d parameters vary: use qmc_type halton, or sampler random"
              .formatted(SobolPoints.MOST_DIMENSIONS, dimensions));
    }
    return scramble ? SobolPoints.scrambled(dimensions, seed) : SobolPoints.plain(dimensions);
  }

  private Points halton(int dimensions, long seed) {
    return scramble ? HaltonPoints.scrambled(dimensions, seed) : HaltonPoints.plain(dimensions);
  }
}
