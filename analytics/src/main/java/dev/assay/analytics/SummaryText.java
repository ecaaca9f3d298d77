package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.PrintableText;
import dev.assay.storage.StudySummary;
import dev.assay.storage.StudySummary.Counts;
import dev.assay.storage.StudySummary.States;
import dev.assay.storage.StudySummary.Trial;
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
    StudySummary study = summary.study();
    List<String> lines = new ArrayList<>();
    lines.add(PrintableText.of(summary.run()));
    lines.add("  trials      " + trials(study.counts()));
    if (!summary.runs().isEmpty()) {
      lines.add("  a folder with no trials of its own; its runs:");
      summary.runs().forEach(run -> lines.add("    " + PrintableText.of(run)));
    }
    States states = study.states();
    if (study.counts().total() + states.running() + states.waiting() > 0) {
      lines.add("  states      " + states(states));
    }
    if (study.totalDurationSeconds() > 0) {
      lines.add("  time        " + time(study));
    }
    if (study.lastUpdate() != null) {
      lines.add("  updated     " + study.lastUpdate());
    }
    if (!study.scoreVersions().known().isEmpty()) {
      lines.add("  scored by   " + versions(study.scoreVersions()));
    }
    Trial best = study.best();
    if (summary.directions().size() > 1) {
      lines.add(
          "  best        none alone: there are %d objectives"
              .formatted(summary.directions().size()));
    } else if (best == null) {
      lines.add("  best        none: no valid trial");
    } else {
      lines.add("  best        " + name(best) + ", score " + FiniteJson.number(best.score()));
      section(lines, "parameters", flat(best.parameters()));
      section(lines, "metrics", flat(best.metrics()));
    }
    if (study.top().size() > 1) {
      lines.add("");
      lines.addAll(top(study.top()));
    }
    return String.join("\n", lines) + "\n";
  }

  private static String trials(Counts counts) {
    return "%d: %d valid, %d failed, %d skipped"
        .formatted(counts.total(), counts.valid(), counts.failed(), counts.skipped());
  }

  private static String states(States states) {
    String finished =
        "%d COMPLETE, %d PRUNED, %d FAIL"
            .formatted(states.complete(), states.pruned(), states.fail());
    return states.running() + states.waiting() == 0
        ? finished
        : finished
            + "; %d RUNNING, %d WAITING where they came from"
                .formatted(states.running(), states.waiting());
  }

  private static String time(StudySummary study) {
    Double mean = study.meanDurationSeconds();
    String all = time(study.totalDurationSeconds()) + " in all";
    return mean == null ? all : all + ", " + time(mean) + " a trial";
  }

  private static String time(double seconds) {
    if (seconds < 120) {
      return String.format(Locale.ROOT, seconds < 0.1 ? "%.2g s" : "%.1f s", seconds);
    }
    long minutes = Math.round(seconds / 60);
    return minutes < 120
        ? "%d min".formatted(minutes)
        : "%d h %d min".formatted(minutes / 60, minutes % 60);
  }

  private static String versions(StudySummary.ScoreVersions versions) {
    boolean several = versions.known().size() > 1;
    List<String> known = new ArrayList<>();
    versions
        .known()
        .forEach(
            (version, trials) ->
                known.add(text(version) + (several ? " (%d)".formatted(trials) : "")));
    String all = String.join(", ", known);
    return versions.missing() == 0
        ? all
        : "%s; %d without a version".formatted(all, versions.missing());
  }

  private static String name(Trial trial) {
    String file = trial.trialFile();
    return text(file == null ? "trial " + trial.trialId().asText() : file);
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
                members.put(text(path), text(member.getValue()));
              }
            });
  }

  private static String text(JsonNode value) {
    return text(value.isTextual() ? value.textValue() : CanonicalJson.compact(value));
  }

  private static String text(String text) {
    return DisplayWidth.cut(PrintableText.of(text));
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
