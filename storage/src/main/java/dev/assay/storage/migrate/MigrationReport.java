package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What a migration read, took, found there already, skipped and quarantined.
 *
 * @param dryRun whether nothing was written: what is "taken" would be
 * @param sources in the order in which they were found
 */
public record MigrationReport(boolean dryRun, List<SourceReport> sources) {
  /** How many findings of one source the text shows; the JSON form has them all. */
  private static final int FINDINGS_SHOWN = 20;

  public MigrationReport {
    sources = List.copyOf(sources);
  }

  /** Whether any file or trial could not be understood. */
  public boolean hasQuarantined() {
    return files().quarantined() > 0 || trials().quarantined() > 0;
  }

  /** Whether any source could not be read. */
  public boolean hasRefused() {
    return count(SourceReport.Outcome.REFUSED) > 0;
  }

  /** All files of all sources. */
  public Tally files() {
    return sources.stream().map(SourceReport::files).reduce(Tally.NONE, Tally::plus);
  }

  /** All trials of all sources. */
  public Tally trials() {
    return sources.stream().map(SourceReport::trials).reduce(Tally.NONE, Tally::plus);
  }

  /** Size of the files that were read. */
  public long bytesRead() {
    return sources.stream().mapToLong(SourceReport::bytesRead).sum();
  }

  /** Size in the lake of the studies that were taken; 0 in a dry run. */
  public long bytesStored() {
    return sources.stream().mapToLong(SourceReport::bytesStored).sum();
  }

  /**
   * The whole report: {@code dry_run}, {@code totals {sources {taken, already_there, skipped,
   * refused}, files, trials, bytes_read, bytes_stored}} and {@code sources}, each with its
   * findings.
   */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("dry_run", dryRun);
    ObjectNode totals = node.putObject("totals");
    ObjectNode counts = totals.putObject("sources");
    counts.put("taken", count(SourceReport.Outcome.TAKEN));
    counts.put("already_there", count(SourceReport.Outcome.ALREADY_THERE));
    counts.put("skipped", count(SourceReport.Outcome.SKIPPED));
    counts.put("refused", count(SourceReport.Outcome.REFUSED));
    totals.set("files", files().toJson());
    totals.set("trials", trials().toJson());
    totals.put("bytes_read", bytesRead());
    totals.put("bytes_stored", bytesStored());
    ArrayNode list = node.putArray("sources");
    sources.forEach(source -> list.add(source.toJson()));
    return node;
  }

  /** The report for people: a line for each source, its findings below it, and the totals. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (SourceReport source : sources) {
      lines.add(source.line());
      lines.addAll(findingLines(source.findings()));
    }
    lines.add(totalLine());
    return lines;
  }

  /** The first of a source's findings, a line each, and how many more there are. */
  static List<String> findingLines(List<Finding> findings) {
    List<String> lines = new ArrayList<>();
    findings.stream().limit(FINDINGS_SHOWN).forEach(finding -> lines.add("    " + finding.line()));
    if (findings.size() > FINDINGS_SHOWN) {
      lines.add("    and %d more".formatted(findings.size() - FINDINGS_SHOWN));
    }
    return lines;
  }

  private String totalLine() {
    String total =
        "%s: %s taken, %d already there, %s skipped; %s and %s, %s"
            .formatted(
                dryRun ? "dry run, nothing was written" : "total",
                Sizes.count(count(SourceReport.Outcome.TAKEN), "study"),
                count(SourceReport.Outcome.ALREADY_THERE),
                Sizes.count(count(SourceReport.Outcome.SKIPPED), "source"),
                Sizes.count(trials().taken(), "trial"),
                Sizes.count(files().taken(), "file"),
                Sizes.text(bytesRead()));
    if (hasRefused()) {
      total +=
          "; %s could not be read"
              .formatted(Sizes.count(count(SourceReport.Outcome.REFUSED), "source"));
    }
    return dryRun ? total : total + ", %s in the lake".formatted(Sizes.text(bytesStored()));
  }

  private long count(SourceReport.Outcome outcome) {
    return sources.stream().filter(source -> source.outcome() == outcome).count();
  }
}
