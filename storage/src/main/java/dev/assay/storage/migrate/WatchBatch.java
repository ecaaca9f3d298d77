package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a watched run took in, all at once; or that the run is left alone from now on.
 *
 * @param source the run's absolute path
 * @param study what it is in the store; null where it is not
 * @param trials taken now
 * @param allTrials of the study, with these
 * @param files taken for the first time
 * @param renewed files that are there with their newest content now
 * @param signatures that the guard knows without an outcome, new ones
 * @param bytes size of these files
 * @param refusal why the run is left alone; null where it is not
 */
public record WatchBatch(
    Path source,
    @Nullable String study,
    long trials,
    long allTrials,
    long files,
    long renewed,
    long signatures,
    long bytes,
    List<Finding> findings,
    @Nullable String refusal) {
  public WatchBatch {
    requireNonNull(source, "source is null");
    findings = List.copyOf(findings);
  }

  static WatchBatch refused(Path source, @Nullable String study, String reason) {
    return new WatchBatch(source, study, 0, 0, 0, 0, 0, 0, List.of(), reason);
  }

  /** One line of JSON, with the fields of this record. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("source", source.toString());
    node.put("study", study);
    node.put("trials", trials);
    node.put("all_trials", allTrials);
    node.put("files", files);
    node.put("renewed", renewed);
    node.put("signatures", signatures);
    node.put("bytes", bytes);
    ArrayNode list = node.putArray("findings");
    findings.forEach(finding -> list.add(finding.toJson()));
    node.put("refusal", refusal);
    return node;
  }

  /** For people: a line, and one for each finding. */
  public List<String> lines() {
    String name = study == null ? source.toString() : study;
    if (refusal != null) {
      return List.of("%s is left alone: %s".formatted(name, refusal));
    }
    StringJoiner line = new StringJoiner(", ", name + ": ", "");
    line.add("%s (%d in all)".formatted(Sizes.count(trials, "trial"), allTrials));
    line.add(Sizes.count(files, "file"));
    if (renewed > 0) {
      line.add("%d renewed".formatted(renewed));
    }
    line.add(Sizes.text(bytes));
    List<String> lines = new ArrayList<>();
    lines.add(line.toString());
    findings.forEach(finding -> lines.add("    " + finding.line()));
    return lines;
  }
}
