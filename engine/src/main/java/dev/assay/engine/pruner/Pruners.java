package dev.assay.engine.pruner;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.assay.engine.space.Block;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pruners by name. */
public final class Pruners {
  /** Gives no trial up. */
  public static final PrunerSettings NONE = study -> (curves, trial) -> false;

  /** Each reads its options, which are named as Optuna names them. */
  private static final Map<String, Function<Block, PrunerSettings>> KNOWN =
      new TreeMap<>(
          Map.of(
              "none",
              options -> NONE,
              "nop",
              options -> NONE,
              "median",
              PercentileSettings::readMedian,
              "percentile",
              PercentileSettings::read,
              "successivehalving",
              SuccessiveHalvingSettings::read,
              "sha",
              SuccessiveHalvingSettings::read,
              "hyperband",
              HyperbandSettings::read,
              "threshold",
              ThresholdSettings::read,
              "patient",
              PatientSettings::read,
              "wilcoxon",
              WilcoxonSettings::read));

  private Pruners() {}

  /**
   * A pruner with its defaults.
   *
   * @param name as study files have it, without regard to case, hyphens, underscores and a {@code
   *     Pruner} at the end
   * @throws PrunerException when there is no such pruner, or it has an option without a default
   */
  public static PrunerSettings named(String name) {
    return named(
        name,
        new Block(
            JsonNodeFactory.instance.objectNode(),
            (option, is) -> new PrunerException(option + " " + is)));
  }

  /**
   * A pruner with these options, which are Optuna's; what it does not know stays unasked in {@code
   * options}.
   *
   * @param name as in {@link #named(String)}
   * @throws PrunerException when there is no such pruner
   */
  public static PrunerSettings named(String name, Block options) {
    String plain = name.toLowerCase(Locale.ROOT).replaceAll("[-_ ]", "").replaceAll("pruner$", "");
    Function<Block, PrunerSettings> known = KNOWN.get(plain);
    if (known == null) {
      throw new PrunerException(
          "pruner '%s' is not known, expected one of %s"
              .formatted(name, String.join(", ", KNOWN.keySet())));
    }
    return known.apply(options);
  }

  /** An option that is a whole number, or {@code auto}, for which null stands. */
  static @Nullable Long wholeOrAuto(Block options, String name, @Nullable Long otherwise) {
    JsonNode value = options.member(name);
    if (value == null || value.isNull()) {
      return otherwise;
    }
    if (!value.isTextual()) {
      return options.whole(name);
    }
    if (!value.textValue().equals("auto")) {
      throw options.unlike(name, "a whole number or auto");
    }
    return null;
  }

  /** An option that is a whole number. */
  static long whole(Block options, String name, long otherwise) {
    Long value = options.wholeOrNull(name);
    return value == null ? otherwise : value;
  }
}
