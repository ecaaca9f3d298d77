package dev.assay.engine.space;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.engine.space.Domain.Choices;
import dev.assay.engine.space.Domain.Fixed;
import dev.assay.engine.space.Domain.Reals;
import dev.assay.storage.Distribution.FloatDistribution;
import dev.assay.storage.Distribution.IntDistribution;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a definition's {@code type} may be, and how each is read. */
enum Kind {
  FLOAT,
  INT,
  LOGUNIFORM,
  GRID,
  CATEGORICAL,
  FIXED;

  private static final String ONE_OF_TWO = "is %s although log is true, expected one of the two";

  static @Nullable Kind named(@Nullable String name) {
    for (Kind kind : values()) {
      if (kind.toString().equals(name)) {
        return kind;
      }
    }
    return null;
  }

  /** All kinds as an error lists them. */
  static String all() {
    return Arrays.stream(values()).map(Kind::toString).collect(Collectors.joining(", "));
  }

  /** The domain that {@code definition} declares. */
  Domain read(Block definition) {
    return switch (this) {
      case FLOAT -> floats(definition);
      case INT -> ints(definition);
      case LOGUNIFORM -> logarithmic(definition);
      case GRID -> choices(definition.list("values"));
      case CATEGORICAL -> choices(definition.list("choices"));
      case FIXED -> new Fixed(definition.value("value"));
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  private static Domain choices(List<JsonNode> values) {
    return Choices.of(values);
  }

  private static Domain floats(Block definition) {
    double low = definition.real("low");
    double high = definition.real("high");
    Double step = definition.realOrNull("step");
    if (Boolean.TRUE.equals(definition.flagOrNull("log"))) {
      if (step != null) {
        throw definition.problem("step", ONE_OF_TWO.formatted(step));
      }
      return logarithmic(definition);
    }
    refuseEmpty(definition, low <= high);
    return step == null
        ? Reals.of(new FloatDistribution(low, high, null, false))
        : steps(definition, low, high, step);
  }

  private static Domain steps(Block definition, double low, double high, double step) {
    if (step <= 0) {
      throw definition.unlike("step", "more than 0");
    }
    // Any wider step keeps neighbouring values apart after they are rounded to doubles.
    double finest = Math.ulp(Math.max(Math.abs(low), Math.abs(high)));
    if (high > low && step <= finest) {
      throw definition.unlike(
          "step", "more than %s between %s and %s, or no step".formatted(finest, low, high));
    }
    return Steps.of(low, high, step);
  }

  private static Domain logarithmic(Block definition) {
    double low = definition.real("low");
    double high = definition.real("high");
    if (low <= 0) {
      throw definition.unlike("low", "more than 0 for a logarithmic range");
    }
    refuseEmpty(definition, low <= high);
    return Reals.of(new FloatDistribution(low, high, null, true));
  }

  private static Domain ints(Block definition) {
    long low = definition.whole("low");
    long high = definition.whole("high");
    Long given = definition.wholeOrNull("step");
    long step = given == null ? 1 : given;
    boolean log = Boolean.TRUE.equals(definition.flagOrNull("log"));
    refuseEmpty(definition, low <= high);
    if (step < 1) {
      throw definition.unlike("step", "1 or more");
    }
    if (log && step != 1) {
      throw definition.problem("step", ONE_OF_TWO.formatted(step));
    }
    if (log && low < 1) {
      throw definition.unlike("low", "1 or more for a logarithmic range");
    }
    // The difference wraps around when the range is wider than a long, and is right unsigned.
    long last = high - Long.remainderUnsigned(high - low, step);
    return Wholes.of(new IntDistribution(low, last, step, log));
  }

  private static void refuseEmpty(Block definition, boolean inOrder) {
    if (!inOrder) {
      throw definition.unlike(
          "low", "no more than high, which is " + Block.shown(definition.member("high")));
    }
  }
}
