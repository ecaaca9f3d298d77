package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Summary.Counts;
import dev.assay.analytics.Summary.Trial;
import dev.assay.storage.json.CanonicalJson;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A summary for a person to read. */
final class SummaryText {
  /** The metrics that fit into a line of the top list, those that traders look at first. */
  private static final List<String> TOP_METRICS =
      List.of("num_trades", "sharpe_ratio", "total_return", "max_drawdown", "profit_factor");

  private SummaryText() {}

  static String of(Summary summary) {
    List<String> lines = new ArrayList<>();
    lines.add(summary.run());
    lines.add(trials(summary.counts()));
    if (!summary.runs().isEmpty()) {
      lines.add("  a folder with no trials of its own; its runs:");
      summary.runs().forEach(run -> lines.add("    " + run));
    }
    if (summary.totalDurationSeconds() > 0) {
      lines.add("  time        " + time(summary.totalDurationSeconds()));
    }
    if (!summary.scoreVersions().known().isEmpty()) {
      lines.add("  scored by   " + versions(summary.scoreVersions()));
    }
    Trial best = summary.best();
    if (best == null) {
      lines.add("  best        none: no valid trial");
    } else {
      lines.add("  best        " + name(best) + ", score " + FiniteJson.number(best.score()));
      section(lines, "parameters", flat(best.parameters()));
      section(lines, "metrics", flat(best.metrics()));
    }
    if (summary.top().size() > 1) {
      lines.add("");
      lines.addAll(top(summary.top()));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String trials(Counts counts) {
    return "  trials      %d: %d valid, %d failed, %d skipped"
        .formatted(counts.total(), counts.valid(), counts.failed(), counts.skipped());
  }

  private static String time(double seconds) {
    if (seconds < 120) {
      return String.format(Locale.ROOT, "%.1f s in all", seconds);
    }
    long minutes = Math.round(seconds / 60);
    return minutes < 120
        ? "%d min in all".formatted(minutes)
        : "%d h %d min in all".formatted(minutes / 60, minutes % 60);
  }

  private static String versions(Summary.ScoreVersions versions) {
    String known = String.join(", ", versions.known());
    return versions.missing() == 0
        ? known
        : "%s; %d without a version".formatted(known, versions.missing());
  }

  private static String name(Trial trial) {
    return trial.trialFile() == null ? "trial " + trial.trialId().asText() : trial.trialFile();
  }

  private static void section(List<String> lines, String title, Map<String, String> members) {
    if (members.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("  " + title);
    int width = members.keySet().stream().mapToInt(DisplayWidth::of).max().orElse(0);
    members.forEach(
        (name, value) -> lines.add("    " + DisplayWidth.padRight(name, width) + "  " + value));
  }

  /** The leaves of an object by dotted path. */
  private static Map<String, String> flat(ObjectNode object) {
    Map<String, String> members = new LinkedHashMap<>();
    flatten("", object, members);
    return members;
  }

  private static void flatten(String prefix, ObjectNode object, Map<String, String> members) {
    object
        .properties()
        .forEach(
            member -> {
              String path = prefix + member.getKey();
              if (member.getValue() instanceof ObjectNode inner && !inner.isEmpty()) {
                flatten(path + ".", inner, members);
              } else {
                members.put(DisplayWidth.printable(path), text(member.getValue()));
              }
            });
  }

  private static String text(JsonNode value) {
    String text = value.isTextual() ? value.textValue() : CanonicalJson.compact(value);
    return DisplayWidth.cut(DisplayWidth.printable(text));
  }

  private static List<String> top(List<Trial> trials) {
    List<String> metrics =
        TOP_METRICS.stream()
            .filter(metric -> trials.stream().anyMatch(trial -> trial.metrics().has(metric)))
            .toList();
    List<String> header = new ArrayList<>(List.of("top", "score"));
    header.addAll(metrics);
    TextTable table = new TextTable(header);
    for (Trial trial : trials) {
      List<String> cells = new ArrayList<>(List.of(name(trial), FiniteJson.number(trial.score())));
      metrics.forEach(
          metric ->
              cells.add(trial.metrics().has(metric) ? text(trial.metrics().get(metric)) : ""));
      table.add(cells);
    }
    return table.lines();
  }
}
