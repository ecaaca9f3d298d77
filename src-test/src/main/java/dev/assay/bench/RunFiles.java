package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads a run's trial files, as the legacy loader does. */
final class RunFiles {
  private RunFiles() {}

  /** Every trial's document by its trial key, in the order of file names. */
  static Map<String, JsonNode> load(Path run, Signatures signatures) throws IOException {
    Map<String, JsonNode> trials = new LinkedHashMap<>();
    for (Path file : files(run)) {
      JsonNode trial = Json.parse(Files.readAllBytes(file));
      trials.put(signatures.trialKey((ObjectNode) trial.get("parameters")), trial);
    }
    return trials;
  }

  /** Every trial's parameters, in the order of file names. */
  static List<ObjectNode> parameters(Path run) throws IOException {
    List<ObjectNode> parameters = new ArrayList<>();
    for (Path file : files(run)) {
      parameters.add((ObjectNode) Json.parse(Files.readAllBytes(file)).get("parameters"));
    }
    return parameters;
  }

  private static List<Path> files(Path run) throws IOException {
    try (Stream<Path> files = Files.list(run)) {
      return files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
