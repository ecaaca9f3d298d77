package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.CanonicalJson;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Into which bin a parameter's value falls. Numbers with more different values than there are bins
 * are cut where an equal share of the trials lies below; anything else is a bin for each value.
 */
final class SynergyBins {
  private static final int DIGITS = 6;

  private final double @Nullable [] cuts;

  /**
   * @param values those of all trials; null where a trial has none
   */
  SynergyBins(@Nullable JsonNode[] values, int bins) {
    List<JsonNode> present = Arrays.stream(values).filter(Objects::nonNull).toList();
    boolean numbers =
        present.stream().allMatch(v -> v.isNumber() && Double.isFinite(v.doubleValue()));
    cuts =
        numbers && present.stream().mapToDouble(JsonNode::doubleValue).distinct().count() > bins
            ? cuts(present.stream().mapToDouble(JsonNode::doubleValue).sorted().toArray(), bins)
            : null;
  }

  private static double[] cuts(double[] sorted, int bins) {
    List<Double> cuts = new ArrayList<>();
    for (int i = 1; i < bins; i++) {
      double cut = sorted[Math.min(sorted.length - 1, (int) ((double) i / bins * sorted.length))];
      if (cuts.isEmpty() || cut > cuts.get(cuts.size() - 1)) {
        cuts.add(cut);
      }
    }
    return cuts.stream().mapToDouble(cut -> cut).toArray();
  }

  /** The name of a value's bin. */
  String bin(JsonNode value) {
    if (cuts == null) {
      return text(value);
    }
    int bin = 0;
    while (bin < cuts.length && value.doubleValue() > cuts[bin]) {
      bin++;
    }
    return "bin_" + bin;
  }

  /** What a bin holds: its ends, or the value itself. */
  String description(String bin) {
    if (cuts == null) {
      return bin;
    }
    int index = Integer.parseInt(bin.substring("bin_".length()));
    return "(%s, %s"
        .formatted(
            index == 0 ? "-inf" : shown(cuts[index - 1]),
            index == cuts.length ? "+inf)" : shown(cuts[index]) + "]");
  }

  /** A value as Python's {@code str} writes it. */
  private static String text(JsonNode value) {
    if (value.isBoolean()) {
      return value.booleanValue() ? "True" : "False";
    }
    return value.isTextual() ? value.textValue() : CanonicalJson.compact(value);
  }

  /** A number as {@code %g} of C has it. */
  static String shown(double number) {
    if (number == 0) {
      return 1 / number < 0 ? "-0" : "0";
    }
    BigDecimal rounded =
        new BigDecimal(number)
            .round(new MathContext(DIGITS, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = rounded.precision() - rounded.scale() - 1;
    if (exponent >= -4 && exponent < DIGITS) {
      return rounded.toPlainString();
    }
    return "%se%s%02d"
        .formatted(
            rounded.movePointLeft(exponent).toPlainString(),
            exponent < 0 ? "-" : "+",
            Math.abs(exponent));
  }
}
