package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code manifest.json} says, for a store whose live database is lost.
 *
 * @param snapshot 0 where there is no such file, or none that can be read
 * @param files what it expects of the parts, by their paths
 */
record PublishedManifest(
    long snapshot, List<PartMetadata> studies, Map<String, PartCheck.Entry> files) {
  private static final PublishedManifest NONE = new PublishedManifest(0, List.of(), Map.of());

  static PublishedManifest read(Path store) {
    try {
      JsonNode manifest = Json.parse(Files.readAllBytes(store.resolve("manifest.json")));
      List<PartMetadata> studies = new ArrayList<>();
      for (JsonNode study : manifest.path("studies")) {
        studies.add(PartMetadata.ofManifest(study));
      }
      Map<String, PartCheck.Entry> files = new HashMap<>();
      for (JsonNode file : manifest.path("files")) {
        PartCheck.Entry entry = entry(file);
        files.put(entry.part().path(), entry);
      }
      return new PublishedManifest(manifest.path("snapshot").asLong(), studies, files);
    } catch (IOException | RuntimeException e) {
      Lake.LOG.debug("{} has no manifest that can be read: {}", store, e.toString());
      return NONE;
    }
  }

  private static PartCheck.Entry entry(JsonNode file) {
    return new PartCheck.Entry(
        new Parts.Part(
            file.path("part_id").asLong(),
            file.path("study_id").asLong(),
            Parts.Kind.ofText(file.path("kind").asText()),
            file.path("path").asText()),
        file.path("rows").asLong(),
        file.path("bytes").asLong(),
        file.path("sha256").asText());
  }
}
