package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.StudySummary.ScoreVersions;
import dev.assay.storage.SummaryCounter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in a run that was not migrated yet, and about what migrating it would come to.
 *
 * @param report what a migration into an empty store would report
 * @param errors how many trials failed or were skipped for which cause: the first line of the
 *     error, with # for each number
 * @param duplicates trials with the parameters of an earlier one
 * @param interrupted configurations without a trial file
 * @param cachedOnly cached results without a trial file
 * @param expiredClaims signatures of the guard without a trial
 * @param best the best score, and how many trials have it; null where no trial is valid
 * @param scoreVersions of the valid trials
 * @param seconds about how long migrating it takes here, at most: how long reading it took, and
 *     what compressing a sample of it says of the rest
 * @param bytes about how large it is in the lake, from the same sample
 */
public record RunExamination(
    SourceReport report,
    Map<String, Long> errors,
    long duplicates,
    long interrupted,
    long cachedOnly,
    long expiredClaims,
    SummaryCounter.@Nullable Best best,
    ScoreVersions scoreVersions,
    double seconds,
    long bytes) {
  private static final int CAUSES_SHOWN = 5;

  public RunExamination {
    requireNonNull(report, "report is null");
    requireNonNull(scoreVersions, "scoreVersions is null");
    errors = Map.copyOf(errors);
  }

  private List<Map.Entry<String, Long>> causes() {
    return errors.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }

  /** The report's members, and beside them those of this record. */
  ObjectNode toJson() {
    ObjectNode node = report.toJson();
    node.remove(List.of("outcome", "reason", "bytes_stored"));
    ArrayNode causes = node.putArray("errors");
    for (Map.Entry<String, Long> cause : causes()) {
      causes.addObject().put("cause", cause.getKey()).put("trials", cause.getValue());
    }
    node.put("duplicates", duplicates);
    node.put("interrupted", interrupted);
    node.put("cached_only", cachedOnly);
    node.put("expired_claims", expiredClaims);
    ObjectNode top = best == null ? null : node.objectNode();
    if (best != null && top != null) {
      top.put("score", best.score()).put("trials", best.trials());
    }
    node.set("best", top);
    ObjectNode versions = node.putObject("score_versions");
    ArrayNode known = versions.putArray("known");
    scoreVersions
        .known()
        .forEach(
            (version, count) -> known.addObject().put("version", version).put("trials", count));
    versions.put("missing", scoreVersions.missing());
    node.putObject("estimate").put("seconds", seconds).put("bytes", bytes);
    return node;
  }

  /** What people should know of it: a line, and one for each thing that is out of the ordinary. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %s; migrating it takes at most some %s and %s"
            .formatted(report.study(), report.counts(), time(seconds), Sizes.text(bytes)));
    List<Map.Entry<String, Long>> causes = causes();
    causes.stream()
        .limit(CAUSES_SHOWN)
        .forEach(
            cause -> lines.add("    error: %d x %s".formatted(cause.getValue(), cause.getKey())));
    if (causes.size() > CAUSES_SHOWN) {
      lines.add("    error: " + Sizes.count(causes.size() - CAUSES_SHOWN, "more cause"));
    }
    if (duplicates > 0) {
      lines.add(
          "    duplicates: %s with the parameters of an earlier one"
              .formatted(Sizes.count(duplicates, "trial")));
    }
    if (best != null && best.trials() > 1) {
      lines.add("    tie: %d trials have the best score %s".formatted(best.trials(), best.score()));
    }
    if (scoreVersions.known().size() + (scoreVersions.missing() > 0 ? 1 : 0) > 1) {
      lines.add(
          "    mixed score versions: %s, none %d"
              .formatted(scoreVersions.known(), scoreVersions.missing()));
    }
    lines.addAll(MigrationReport.findingLines(report.findings()));
    return lines;
  }

  static String time(double seconds) {
    return String.format(Locale.ROOT, seconds < 10 ? "%.1f s" : "%.0f s", seconds);
  }
}
