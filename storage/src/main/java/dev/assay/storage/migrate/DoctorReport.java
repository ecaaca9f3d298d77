package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What some paths hold, before anything of it is migrated.
 *
 * @param runs the runs that would become studies
 * @param studies what else would: studies of Optuna's, and tables
 * @param others what would not: copies, and what is no run, each with the reason
 */
public record DoctorReport(
    List<RunExamination> runs, List<SourceReport> studies, List<SourceReport> others) {
  public DoctorReport {
    runs = List.copyOf(runs);
    studies = List.copyOf(studies);
    others = List.copyOf(others);
  }

  /** The same, with what was found in sources of other kinds. */
  public DoctorReport with(List<SourceReport> more) {
    List<SourceReport> taken = new ArrayList<>(studies);
    List<SourceReport> rest = new ArrayList<>(others);
    for (SourceReport source : more) {
      (source.outcome() == SourceReport.Outcome.TAKEN ? taken : rest).add(source);
    }
    return new DoctorReport(runs, taken, rest);
  }

  /**
   * {@code runs}, {@code studies}, {@code others} and {@code estimate {seconds, bytes}} of all
   * runs.
   */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    ArrayNode list = node.putArray("runs");
    runs.forEach(run -> list.add(run.toJson()));
    ArrayNode more = node.putArray("studies");
    for (SourceReport study : studies) {
      ObjectNode one = study.toJson();
      one.remove(List.of("outcome", "reason", "bytes_stored"));
      more.add(one);
    }
    ArrayNode rest = node.putArray("others");
    others.forEach(source -> rest.add(source.toJson()));
    node.putObject("estimate").put("seconds", seconds()).put("bytes", bytes());
    return node;
  }

  private static String trials(Stream<SourceReport> sources) {
    return Sizes.count(sources.mapToLong(source -> source.trials().taken()).sum(), "trial");
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
    for (SourceReport study : studies) {
      lines.add(
          "%s: %s, %s %s; 'assay migrate' takes it"
              .formatted(study.study(), study.counts(), study.kind(), study.source()));
      LinkReport link = study.link();
      if (link != null) {
        lines.add(
            "    %s of it in the runs %s, which 'assay migrate --link' joins"
                .formatted(Sizes.count(link.linked(), "trial"), String.join(", ", link.to())));
      }
      lines.addAll(MigrationReport.findingLines(study.findings()));
    }
    for (SourceReport source : others) {
      lines.add(source.line());
      lines.addAll(MigrationReport.findingLines(source.findings()));
    }
    lines.add(
        "total: %s with %s, %s with %s, %s; migrating the runs takes at most some %s and %s"
            .formatted(
                Sizes.count(runs.size(), "run"),
                trials(runs.stream().map(RunExamination::report)),
                Sizes.count(studies.size(), "other study"),
                trials(studies.stream()),
                Sizes.count(others.size(), "other source"),
                RunExamination.time(seconds()),
                Sizes.text(bytes())));
    return lines;
  }
}
