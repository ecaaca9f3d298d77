package dev.assay.engine.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.LivePragmas;
import dev.assay.storage.StoreState;
import dev.assay.storage.StudyCounts;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code assay stats} prints. */
final class StoreStateText {
  private StoreStateText() {}

  /** For people. */
  static List<String> lines(StoreState state) {
    List<String> lines = new ArrayList<>();
    lines.add("%-14s %8s %16s".formatted("Files", "count", "bytes"));
    state
        .sizes()
        .forEach(
            size ->
                lines.add("  %-12s %8d %16d".formatted(size.name(), size.files(), size.bytes())));
    lines.add(
        "Write-ahead log: %d pages, %d of them copied"
            .formatted(state.log().pages(), state.log().copied()));
    lines.add("");
    lines.add("Studies");
    state.studies().forEach(study -> lines.add("  " + line(study)));
    lines.add("");
    lines.add("%-20s %8s %10s %14s".formatted("Parts", "count", "rows", "bytes"));
    for (StoreState.Parts parts : state.parts()) {
      lines.add(
          "  %-18s %8d %10d %14d"
              .formatted(
                  parts.kind() + ", " + parts.status(),
                  parts.parts(),
                  parts.rows(),
                  parts.bytes()));
    }
    lines.add("");
    lines.add("Workers");
    for (StoreState.Worker worker : state.workers()) {
      lines.add(
          "  %d (%s): %s, beat %d, %d trials running"
              .formatted(
                  worker.id(),
                  worker.name(),
                  worker.alive() ? "alive" : "ended",
                  worker.beat(),
                  worker.running()));
    }
    lines.add("");
    lines.add(pragmas(state.pragmas()));
    lines.add("SQLite, reader: " + pragmas(state.pragmas().reader()));
    return lines;
  }

  private static String line(StoreState.Study study) {
    StudyCounts counts = study.counts();
    return "%s: %d complete, %d pruned, %d failed, %d running; %d signatures"
        .formatted(
            study.study().name(),
            counts.complete(),
            counts.pruned(),
            counts.fail(),
            counts.running(),
            counts.signatures());
  }

  /** The settings by which SQLite writes, in one line. */
  static String pragmas(LivePragmas pragmas) {
    return "SQLite, writer: " + pragmas(pragmas.writer());
  }

  private static String pragmas(Map<String, String> pragmas) {
    return String.join(
        ", ",
        pragmas.entrySet().stream()
            .map(pragma -> pragma.getKey() + " " + pragma.getValue())
            .toList());
  }

  /** For programs, one line. */
  static String json(StoreState state) {
    ObjectNode node = Json.object();
    ArrayNode files = node.putArray("files");
    state
        .sizes()
        .forEach(
            size ->
                files
                    .addObject()
                    .put("name", size.name())
                    .put("files", size.files())
                    .put("bytes", size.bytes()));
    node.putObject("log").put("pages", state.log().pages()).put("copied", state.log().copied());
    ArrayNode studies = node.putArray("studies");
    for (StoreState.Study study : state.studies()) {
      StudyCounts counts = study.counts();
      studies
          .addObject()
          .put("study", study.study().name())
          .put("COMPLETE", counts.complete())
          .put("PRUNED", counts.pruned())
          .put("FAIL", counts.fail())
          .put("RUNNING", counts.running())
          .put("signatures", counts.signatures());
    }
    ArrayNode parts = node.putArray("parts");
    for (StoreState.Parts part : state.parts()) {
      parts
          .addObject()
          .put("kind", part.kind())
          .put("status", part.status())
          .put("parts", part.parts())
          .put("rows", part.rows())
          .put("bytes", part.bytes());
    }
    ArrayNode workers = node.putArray("workers");
    for (StoreState.Worker worker : state.workers()) {
      workers
          .addObject()
          .put("worker", worker.id())
          .put("name", worker.name())
          .put("beat", worker.beat())
          .put("running", worker.running())
          .put("alive", worker.alive());
    }
    ObjectNode pragmas = node.putObject("pragmas");
    state.pragmas().writer().forEach(pragmas.putObject("writer")::put);
    state.pragmas().reader().forEach(pragmas.putObject("reader")::put);
    return CanonicalJson.compact(node);
  }
}
