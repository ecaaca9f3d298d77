package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What became of one source: a run folder, a campaign folder, a study of a database or journal, or
 * a folder or file that is none of these.
 *
 * @param kind what the source is, such as {@code legacy-run}
 * @param source its absolute path, or its address without credentials
 * @param study the study that it became or already is; null where it is neither
 * @param reason why, where it was not taken; else null
 * @param states the taken trials by state
 * @param bytesRead size of the files that were read
 * @param bytesStored size of the study's files in the lake; 0 in a dry run
 * @param link how its trials and those of other sources belong together; null where that was not
 *     asked for
 */
public record SourceReport(
    String kind,
    String source,
    @Nullable String study,
    Outcome outcome,
    @Nullable String reason,
    Tally files,
    Tally trials,
    Map<TrialState, Long> states,
    long bytesRead,
    long bytesStored,
    List<Finding> findings,
    @Nullable LinkReport link) {

  /** Whether the source is in the store now. */
  public enum Outcome {
    /** It came in; in a dry run, it would. */
    TAKEN,
    /** An earlier migration brought the same bytes in. */
    ALREADY_THERE,
    /** It is not something that is taken. */
    SKIPPED,
    /** It could not be read; the reason says what to do. */
    REFUSED;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  public SourceReport {
    requireNonNull(kind, "kind is null");
    requireNonNull(source, "source is null");
    requireNonNull(outcome, "outcome is null");
    requireNonNull(files, "files is null");
    requireNonNull(trials, "trials is null");
    states = Map.copyOf(states);
    findings = List.copyOf(findings);
  }

  /** A source whose trials are not compared with those of others. */
  public SourceReport(
      String kind,
      String source,
      @Nullable String study,
      Outcome outcome,
      @Nullable String reason,
      Tally files,
      Tally trials,
      Map<TrialState, Long> states,
      long bytesRead,
      long bytesStored,
      List<Finding> findings) {
    this(
        kind,
        source,
        study,
        outcome,
        reason,
        files,
        trials,
        states,
        bytesRead,
        bytesStored,
        findings,
        null);
  }

  /** The same source, with its links and what there is to say of them. */
  public SourceReport linked(@Nullable LinkReport links, List<Finding> more) {
    List<Finding> all = new ArrayList<>(findings);
    all.addAll(more);
    return new SourceReport(
        kind,
        source,
        study,
        outcome,
        reason,
        files,
        trials,
        states,
        bytesRead,
        bytesStored,
        all,
        links);
  }

  /** A source of which nothing was taken. */
  static SourceReport skipped(
      String kind, Path source, long files, String reason, List<Finding> findings) {
    return new SourceReport(
        kind,
        source.toString(),
        null,
        Outcome.SKIPPED,
        reason,
        Tally.ofSkipped(files),
        Tally.NONE,
        Map.of(),
        0,
        0,
        findings);
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("kind", kind);
    node.put("source", source);
    node.put("study", study);
    node.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
    node.put("reason", reason);
    node.set("files", files.toJson());
    ObjectNode trialsNode = trials.toJson();
    ObjectNode statesNode = trialsNode.putObject("states");
    new EnumMap<>(states.isEmpty() ? new EnumMap<TrialState, Long>(TrialState.class) : states)
        .forEach((state, count) -> statesNode.put(state.name(), count));
    node.set("trials", trialsNode);
    node.put("bytes_read", bytesRead);
    node.put("bytes_stored", bytesStored);
    if (link != null) {
      node.set("link", link.toJson());
    }
    ArrayNode findingsNode = node.putArray("findings");
    findings.forEach(finding -> findingsNode.add(finding.toJson()));
    return node;
  }

  /** One line: outcome, name, counts and the reason. */
  String line() {
    StringJoiner line = new StringJoiner(", ");
    line.add("%-13s  %s: %s".formatted(outcome.word(), study == null ? source : study, counts()));
    if (files.quarantined() > 0) {
      line.add(files.quarantined() + " quarantined");
    }
    if (reason != null) {
      line.add(reason);
    }
    return line.toString();
  }

  String counts() {
    return switch (outcome) {
      case TAKEN ->
          "%s%s, %s, %s%s"
              .formatted(
                  Sizes.count(trials.taken(), "trial"),
                  stateCounts(),
                  Sizes.count(files.taken(), "file"),
                  Sizes.text(bytesRead),
                  bytesStored == 0 ? "" : " -> " + Sizes.text(bytesStored));
      case ALREADY_THERE ->
          Sizes.count(trials.alreadyThere(), "trial")
              + ", "
              + Sizes.count(files.alreadyThere(), "file");
      case SKIPPED, REFUSED -> Sizes.count(files.skipped(), "file");
    };
  }

  private String stateCounts() {
    if (states.isEmpty()) {
      return "";
    }
    StringJoiner counts = new StringJoiner(", ", " (", ")");
    new EnumMap<>(states)
        .forEach((state, count) -> counts.add(count + " " + state.name().toLowerCase(Locale.ROOT)));
    return counts.toString();
  }
}
