package dev.assay.engine.sampler;

import static java.util.Objects.requireNonNull;

import dev.assay.engine.space.Block;
import dev.assay.engine.space.SearchSpace;
import dev.assay.storage.Direction;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Settings of NSGA-II.
 *
 * @param populationSize how many trials make a generation, and how many of the best so far are the
 *     parents of the next, {@code population_size}; at least 2
 * @param crossover how the numbers of parents become a child's, {@code crossover}; choices are
 *     always taken from one parent or the other
 * @param crossoverProb how often a child has several parents, rather than being one's copy, {@code
 *     crossover_prob}
 * @param swappingProb how often a choice, or with {@link Crossover#UNIFORM} any value, is the
 *     second parent's, {@code swapping_prob}
 * @param mutation what a parameter that mutates becomes, {@code mutation}
 * @param mutationProb how often a parameter mutates, {@code mutation_prob}; null for 1 in as many
 *     as there are parameters
 */
public record Nsga2Settings(
    int populationSize,
    Crossover crossover,
    double crossoverProb,
    double swappingProb,
    Mutation mutation,
    @Nullable Double mutationProb)
    implements SamplerSettings {
  /**
   * Generations of 50, blend crossover and polynomial mutation, which find better trials sooner
   * than uniform ones do, whether optima lie on the edge of the space or inside.
   */
  public static final Nsga2Settings DEFAULT =
      new Nsga2Settings(50, Crossover.BLXALPHA, 0.9, 0.5, Mutation.POLYNOMIAL, null);

  private static final int MOST_POPULATION = 1_000_000;

  /** How numbers of parents become a child's, on the scale on which each is searched. */
  public enum Crossover {
    /** Each is one parent's (Syswerda 1989). */
    UNIFORM(2),
    /** Anywhere between the parents, and half as far again beyond (Eshelman, Schaffer 1992). */
    BLXALPHA(2),
    /** Close to one of the parents, in terms of their distance (Deb, Agrawal 1995). */
    SBX(2),
    /** SBX that leaves out no region (Ballester, Carter 2003). */
    VSBX(2),
    /** Anywhere in a simplex around three parents (Tsutsui, Goldberg, Sastry 1999). */
    SPX(3),
    /** Normal around the line of two parents, as far as a third is from it (Ono, Kita 1997). */
    UNDX(3);

    final int parents;

    Crossover(int parents) {
      this.parents = parents;
    }
  }

  /** What a parameter that mutates becomes. */
  public enum Mutation {
    /** Any value, as a random draw. */
    UNIFORM,
    /** A number close to what it was (Deb, Goyal 1996); any of several choices. */
    POLYNOMIAL
  }

  public Nsga2Settings {
    requireNonNull(crossover, "crossover is null");
    requireNonNull(mutation, "mutation is null");
    if (populationSize < 2 || populationSize > MOST_POPULATION) {
      throw new IllegalArgumentException(
          "population_size is %d, expected 2 to %,d".formatted(populationSize, MOST_POPULATION));
    }
    if (populationSize < crossover.parents) {
      throw new IllegalArgumentException(
          "population_size is %d, expected at least the %d parents of a child"
              .formatted(populationSize, crossover.parents));
    }
    check("crossover_prob", crossoverProb);
    check("swapping_prob", swappingProb);
    check("mutation_prob", mutationProb == null ? 0 : mutationProb);
  }

  private static void check(String name, double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException("%s is %s, expected 0 to 1".formatted(name, probability));
    }
  }

  /** These settings with generations of another size. */
  public Nsga2Settings withPopulationSize(int size) {
    return new Nsga2Settings(size, crossover, crossoverProb, swappingProb, mutation, mutationProb);
  }

  /** These settings with another crossover. */
  public Nsga2Settings withCrossover(Crossover other) {
    return new Nsga2Settings(
        populationSize, other, crossoverProb, swappingProb, mutation, mutationProb);
  }

  /** These settings with another mutation. */
  public Nsga2Settings withMutation(Mutation other) {
    return new Nsga2Settings(
        populationSize, crossover, crossoverProb, swappingProb, other, mutationProb);
  }

  /**
   * From options {@code population_size}, {@code crossover}, {@code crossover_prob}, {@code
   * swapping_prob}, {@code mutation} and {@code mutation_prob}.
   */
  static Nsga2Settings read(Block options) {
    Long size = options.wholeOrNull("population_size");
    if (size != null && (size < 3 || size > MOST_POPULATION)) {
      throw options.unlike("population_size", "3 to %,d".formatted(MOST_POPULATION));
    }
    Double crossoverProb = probability("crossover_prob", options);
    Double swappingProb = probability("swapping_prob", options);
    return new Nsga2Settings(
        size == null ? DEFAULT.populationSize : size.intValue(),
        named("crossover", Crossover.class, DEFAULT.crossover, options),
        crossoverProb == null ? DEFAULT.crossoverProb : crossoverProb,
        swappingProb == null ? DEFAULT.swappingProb : swappingProb,
        named("mutation", Mutation.class, DEFAULT.mutation, options),
        probability("mutation_prob", options));
  }

  private static @Nullable Double probability(String name, Block options) {
    Double probability = options.realOrNull(name);
    if (probability != null && !(probability >= 0 && probability <= 1)) {
      throw options.unlike(name, "0 to 1");
    }
    return probability;
  }

  private static <E extends Enum<E>> E named(
      String name, Class<E> type, E otherwise, Block options) {
    String text = options.textOrNull(name);
    if (text == null) {
      return otherwise;
    }
    String plain = text.replaceAll("[-_ ]", "").replaceAll("(Crossover|Mutation)$", "");
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equalsIgnoreCase(plain))
        .findFirst()
        .orElseThrow(() -> options.unlike(name, "one of " + all(type)));
  }

  private static <E extends Enum<E>> String all(Class<E> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  @Override
  public Sampler create(SearchSpace space, List<Direction> directions, long seed) {
    return new Nsga2Sampler(this, space, directions.size());
  }
}
