package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was put back of a run.
 *
 * @param study the study's name
 * @param directory where the files are
 * @param archived files that came back byte for byte, from the archive
 * @param remade files that were made again from the store
 * @param bytes size of both
 * @param problems what could not be put back, and why
 */
public record RestoreReport(
    String study, Path directory, long archived, long remade, long bytes, List<Problem> problems) {
  /**
   * A file that is missing from the restored run.
   *
   * @param path the file's, relative to the run's directory; a part's own path where all that it
   *     holds is meant
   */
  public record Problem(String path, String reason) {}

  public RestoreReport {
    problems = List.copyOf(problems);
  }

  /** {@code study, directory, archived, remade, bytes, problems [{path, reason}]}. */
  public ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("study", study);
    node.put("directory", directory.toString());
    node.put("archived", archived);
    node.put("remade", remade);
    node.put("bytes", bytes);
    ArrayNode list = node.putArray("problems");
    problems.forEach(
        problem -> list.addObject().put("path", problem.path()).put("reason", problem.reason()));
    return node;
  }

  /** The report for people: a line for each problem, and the totals. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    problems.forEach(problem -> lines.add("%s: %s".formatted(problem.path(), problem.reason())));
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %d files from the archive and %d made again, %,d bytes, in %s",
            study,
            archived,
            remade,
            bytes,
            directory));
    if (!problems.isEmpty()) {
      lines.add("%d files or parts could not be put back".formatted(problems.size()));
    }
    return lines;
  }
}
