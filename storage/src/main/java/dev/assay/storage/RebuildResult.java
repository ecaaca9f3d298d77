package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What has become of the studies of a store whose live database was made anew. It is on disk from
 * before the new one counts until the repair is over: one that was cut off tells it as well.
 *
 * @param losses what is not there any more
 * @param reasons why parts were not kept, by their paths
 */
record RebuildResult(
    List<RepairReport.Study> studies, List<String> losses, Map<String, String> reasons) {
  RebuildResult {
    studies = List.copyOf(studies);
    losses = List.copyOf(losses);
    reasons = Map.copyOf(reasons);
  }

  /** Null where there is no such file, or an empty one: no database was made. */
  static @Nullable RebuildResult read(Path file) throws IOException {
    if (!Files.exists(file) || Files.size(file) == 0) {
      return null;
    }
    JsonNode json = Json.parse(Files.readAllBytes(file));
    List<RepairReport.Study> studies = new ArrayList<>();
    json.path("studies").forEach(study -> studies.add(RepairReport.Study.read(study)));
    List<String> losses = new ArrayList<>();
    json.path("losses").forEach(loss -> losses.add(loss.asText()));
    Map<String, String> reasons = new HashMap<>();
    json.path("reasons")
        .properties()
        .forEach(reason -> reasons.put(reason.getKey(), reason.getValue().asText()));
    return new RebuildResult(studies, losses, reasons);
  }

  void write(Path file) throws IOException {
    ObjectNode json = Json.object();
    studies.forEach(study -> study.write(json.withArray("studies").addObject()));
    losses.forEach(json.withArray("losses")::add);
    reasons.forEach(json.withObjectProperty("reasons")::put);
    Disk.replace(file, CanonicalJson.indentedBytes(json));
  }
}
