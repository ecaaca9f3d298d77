package dev.assay.engine.sampler;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.space.Block;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The samplers by name. */
public final class Samplers {
  /** Each reads its options, which are named as Optuna names them. */
  private static final Map<String, Function<Block, SamplerSettings>> KNOWN =
      new TreeMap<>(
          Map.ofEntries(
              entry("auto", options -> new AutoSettings()),
              entry("qmc", QmcSettings::read),
              entry("sobol", options -> QmcSettings.read(QmcSettings.Type.SOBOL, options)),
              entry("halton", options -> QmcSettings.read(QmcSettings.Type.HALTON, options)),
              entry("cmaes", CmaSettings::read),
              entry("nsga2", Nsga2Settings::read),
              entry("nsgaii", Nsga2Settings::read),
              entry("random", options -> (space, directions, seed) -> new RandomSampler()),
              entry("grid", options -> (space, directions, seed) -> GridSampler.over(space)),
              entry("gp", GpSettings::read),
              entry("tpe", TpeSettings::read)));

  /** The sampler of studies that name none. */
  public static final String DEFAULT_NAME = "auto";

  /** {@link #DEFAULT_NAME} with its defaults. */
  public static final SamplerSettings DEFAULT = named(DEFAULT_NAME);

  private static final List<String> ABSENT = List.of("nsga3", "nsgaiii", "bruteforce");

  private Samplers() {}

  /**
   * A sampler with its defaults.
   *
   * @param name as study files and {@code --sampler} have it, without regard to case, hyphens,
   *     underscores and a {@code Sampler} at the end
   * @throws SamplerException when there is no such sampler
   */
  public static SamplerSettings named(String name) {
    return named(
        name,
        new Block(
            JsonNodeFactory.instance.objectNode(),
            (option, is) -> new SamplerException(option + " " + is)));
  }

  /**
   * A sampler with these options, which are Optuna's; what it does not know stays unasked in {@code
   * options}.
   *
   * @param name as in {@link #named(String)}
   * @throws SamplerException when there is no such sampler
   */
  public static SamplerSettings named(String name, Block options) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "").replaceAll("sampler$", "");
    Function<Block, SamplerSettings> known = KNOWN.get(plain);
    if (known != null) {
      return known.apply(options);
    }
    if (ABSENT.contains(plain)) {
      throw new SamplerException(
          "sampler '%s' is not there: run with --sampler auto".formatted(name));
    }
    throw new SamplerException(
        "sampler '%s' is not known, expected one of %s"
            .formatted(name, String.join(", ", KNOWN.keySet())));
  }
}
