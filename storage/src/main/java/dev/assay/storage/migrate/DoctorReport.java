package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What some paths hold, before anything of it is migrated.
 *
 * @param runs what would become studies
 * @param others what would not: copies, and what is no run, each with the reason
 */
public record DoctorReport(List<RunExamination> runs, List<SourceReport> others) {
  public DoctorReport {
    runs = List.copyOf(runs);
    others = List.copyOf(others);
  }

  /** {@code runs}, {@code others} and {@code estimate {seconds, bytes}} of all runs. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    ArrayNode list = node.putArray("runs");
    runs.forEach(run -> list.add(run.toJson()));
    ArrayNode rest = node.putArray("others");
    others.forEach(source -> rest.add(source.toJson()));
    node.putObject("estimate").put("seconds", seconds()).put("bytes", bytes());
    return node;
  }

  private double seconds() {
    return runs.stream().mapToDouble(RunExamination::seconds).sum();
  }

  private long bytes() {
    return runs.stream().mapToLong(RunExamination::bytes).sum();
  }

  /** The report for people: some lines for each source, and the totals. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    runs.forEach(run -> lines.addAll(run.lines()));
    for (SourceReport source : others) {
      lines.add(source.line());
      lines.addAll(MigrationReport.findingLines(source.findings()));
    }
    lines.add(
        "total: %s with %s, %s; migrating takes at most some %s and %s"
            .formatted(
                Sizes.count(runs.size(), "run"),
                Sizes.count(
                    runs.stream().mapToLong(run -> run.report().trials().taken()).sum(), "trial"),
                Sizes.count(others.size(), "other source"),
                RunExamination.time(seconds()),
                Sizes.text(bytes())));
    return lines;
  }
}
