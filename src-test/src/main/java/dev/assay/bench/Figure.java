package dev.assay.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measured figure.
 *
 * @param benchmark the benchmark's name
 * @param name what was measured
 * @param mode {@code cold}: the first time in a fresh JVM, with empty caches; {@code warm}: after
 *     the same work was done several times over
 * @param unit of {@code median}, {@code min} and {@code max}
 * @param samples how many measurements the median is of
 * @param peer the peer's figure in the same unit; null where there is none
 */
record Figure(
    String benchmark,
    String name,
    String mode,
    String unit,
    double median,
    double min,
    double max,
    long samples,
    @Nullable Double peer) {

  /**
   * The median of measured values.
   *
   * @param values at least one
   */
  static Figure of(
      String benchmark,
      String name,
      String mode,
      String unit,
      List<Double> values,
      @Nullable Double peer) {
    List<Double> sorted = values.stream().sorted().toList();
    return new Figure(
        benchmark,
        name,
        mode,
        unit,
        sorted.get(sorted.size() / 2),
        sorted.get(0),
        sorted.get(sorted.size() - 1),
        sorted.size(),
        peer);
  }

  /** How many times faster than the peer this is, null where there is none. */
  @Nullable Double ratio() {
    return peer == null ? null : peer / median;
  }

  /** One line for people. */
  String line() {
    String own =
        String.format(
            Locale.ROOT,
            "%-14s %-38s %-4s %10.3f %s  (%.3f to %.3f, %d samples)",
            benchmark,
            name,
            mode,
            median,
            unit,
            min,
            max,
            samples);
    Double ratio = ratio();
    return ratio == null
        ? own
        : own + String.format(Locale.ROOT, "  peer %s %s, ratio %.2f", peer, unit, ratio);
  }

  /** One line for programs. */
  String jsonLine() {
    ObjectNode node = Json.object();
    node.put("benchmark", benchmark);
    node.put("figure", name);
    node.put("mode", mode);
    node.put("unit", unit);
    node.put("median", median);
    node.put("min", min);
    node.put("max", max);
    node.put("samples", samples);
    node.put("peer", peer);
    node.put("ratio", ratio());
    return CanonicalJson.compact(node);
  }
}
