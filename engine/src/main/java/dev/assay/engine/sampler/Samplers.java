package dev.assay.engine.sampler;

import dev.assay.engine.space.SearchSpace;
import java.util.List;
import java.util.Locale;

/** The samplers by name. */
public final class Samplers {
  /** Names of the samplers that are there. */
  public static final List<String> NAMES = List.of("random", "grid");

  private static final List<String> ABSENT =
      List.of(
          "tpe",
          "cmaes",
          "gp",
          "nsga2",
          "nsgaii",
          "nsga3",
          "nsgaiii",
          "qmc",
          "sobol",
          "halton",
          "bruteforce");

  private Samplers() {}

  /**
   * A new sampler for one run over {@code space}.
   *
   * @param name as study files and {@code --sampler} have it, without regard to case, hyphens,
   *     underscores and a {@code Sampler} at the end
   * @throws SamplerException when there is no such sampler, or it cannot walk {@code space}
   */
  public static Sampler named(String name, SearchSpace space) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "").replaceAll("sampler$", "");
    if (plain.equals("random")) {
      return new RandomSampler();
    }
    if (plain.equals("grid")) {
      return GridSampler.over(space);
    }
    if (ABSENT.contains(plain)) {
      throw new SamplerException(
          "sampler '%s' is not there yet: run with --sampler random or --sampler grid"
              .formatted(name));
    }
    throw new SamplerException(
        "sampler '%s' is not known, expected one of %s".formatted(name, String.join(", ", NAMES)));
  }
}
