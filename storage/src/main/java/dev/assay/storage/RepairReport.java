package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What a repair of a store has done.
 *
 * @param found why something was to be done; empty where the store was sound
 * @param rebuilt whether {@code live.db} was made anew
 * @param studies what became of the trials where it was; else empty
 * @param losses what could not be brought back
 * @param quarantined the files that were moved to {@code quarantine/}
 * @param filesRemade how many files in {@code runs/} were written anew
 * @param remaining what is wrong still
 */
public record RepairReport(
    List<String> found,
    boolean rebuilt,
    List<Study> studies,
    List<String> losses,
    List<Moved> quarantined,
    long filesRemade,
    List<StoreFault> remaining) {
  /**
   * A study of a store whose {@code live.db} was made anew.
   *
   * @param sealed trials in parts that are as they were
   * @param recovered trials taken from the old live.db, and from parts that are not kept
   * @param fromFiles trials taken from their files in {@code runs/}, which do not hold all of them
   * @param interrupted trials that were running, and failed by the repair
   * @param lost trials of which nothing is left: they have failed, and their error says so
   */
  public record Study(
      long id,
      String name,
      long sealed,
      long recovered,
      long fromFiles,
      long interrupted,
      long lost) {
    static Study read(JsonNode json) {
      return new Study(
          json.path("study_id").asLong(),
          json.path("name").asText(),
          json.path("sealed").asLong(),
          json.path("recovered").asLong(),
          json.path("from_files").asLong(),
          json.path("interrupted").asLong(),
          json.path("lost").asLong());
    }

    void write(ObjectNode json) {
      json.put("study_id", id)
          .put("name", name)
          .put("sealed", sealed)
          .put("recovered", recovered)
          .put("from_files", fromFiles)
          .put("interrupted", interrupted)
          .put("lost", lost);
    }
  }

  /**
   * A file in quarantine.
   *
   * @param path where it was, relative to the store
   * @param place where it is, relative to the store; a note with the reason is beside it
   */
  public record Moved(String path, String place, String reason) {}

  public RepairReport {
    found = List.copyOf(found);
    studies = List.copyOf(studies);
    losses = List.copyOf(losses);
    quarantined = List.copyOf(quarantined);
    remaining = List.copyOf(remaining);
  }

  /** Whether nothing is wrong with the store any more. */
  public boolean isWhole() {
    return remaining.isEmpty();
  }

  /**
   * {@code whole, rebuilt, found [], studies [{study_id, name, sealed, recovered, from_files,
   * interrupted, lost}], losses [], quarantined [{path, place, reason}], files_remade, remaining
   * [{kind, subject, message}]}.
   */
  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("whole", isWhole());
    json.put("rebuilt", rebuilt);
    found.forEach(json.putArray("found")::add);
    ArrayNode list = json.putArray("studies");
    studies.forEach(study -> study.write(list.addObject()));
    losses.forEach(json.putArray("losses")::add);
    ArrayNode moved = json.putArray("quarantined");
    for (Moved file : quarantined) {
      moved
          .addObject()
          .put("path", file.path())
          .put("place", file.place())
          .put("reason", file.reason());
    }
    json.put("files_remade", filesRemade);
    ArrayNode faults = json.putArray("remaining");
    for (StoreFault fault : remaining) {
      faults
          .addObject()
          .put("kind", fault.kind().text())
          .put("subject", fault.subject())
          .put("message", fault.message());
    }
    return json;
  }

  /** The report for people, a line for each thing that was done or lost. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    found.forEach(each -> lines.add("found: " + each));
    for (Study study : studies) {
      lines.add(
          "study %d (%s): %d trials in parts, %d recovered, %d from their files, %d interrupted, %d lost"
              .formatted(
                  study.id(),
                  study.name(),
                  study.sealed(),
                  study.recovered(),
                  study.fromFiles(),
                  study.interrupted(),
                  study.lost()));
    }
    losses.forEach(each -> lines.add("lost: " + each));
    quarantined.forEach(
        each ->
            lines.add(
                "quarantined: %s is %s now: %s"
                    .formatted(each.path(), each.place(), each.reason())));
    remaining.forEach(
        each ->
            lines.add(
                "still wrong: %s: %s: %s"
                    .formatted(each.kind().text(), each.subject(), each.message())));
    return lines;
  }
}
