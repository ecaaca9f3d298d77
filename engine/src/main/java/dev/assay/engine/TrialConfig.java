package dev.assay.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A study file with the parameters of one trial, each a fixed value. The objective and the
 * constraints are those of the file that the study was run with, where it is still there; symbol,
 * timeframe and snapshot are those of a legacy run.
 *
 * @param text YAML
 * @param hasObjective whether it can be run as it is
 */
public record TrialConfig(String text, boolean hasObjective) {
  private static final Set<String> META = Set.of("snapshot_id", "symbol", "timeframe");

  /**
   * The file for a trial.
   *
   * @throws StudyFileException where the study's own file is there, but cannot be read
   */
  public static TrialConfig of(StudyRecord study, FrozenTrial trial) {
    ObjectNode root = Json.object();
    String suffix = "-trial-" + trial.number();
    String name = study.name();
    int room = Math.min(name.length(), StudyRecord.MAX_NAME_LENGTH - suffix.length());
    root.put("study", name.substring(0, room) + suffix);
    if (study.directions().size() == 1) {
      root.put("direction", study.directions().get(0).name().toLowerCase(Locale.ROOT));
    }
    root.put("sampler", "grid");
    root.put("trials", 1);
    StudyFile own = ownFile(study);
    ObjectNode objective = own == null ? null : own.objective();
    if (own != null && objective != null) {
      root.set("objective", withAbsolutePaths(objective, own.file().toAbsolutePath()));
      if (!own.constraints().isEmpty()) {
        root.set("constraints", own.constraints());
      }
    }
    putMeta(root, study.systemAttrs());
    root.set("parameters", fixed(trial.params()));
    String comment =
        "# The parameters of trial %d (%s%s), fixed. A value becomes a range again as {type: float, low: …, high: …}.\n"
            .formatted(
                trial.number(),
                trial.state(),
                trial.value() == null ? "" : ", value " + trial.value());
    return new TrialConfig(comment + YamlText.of(root), objective != null);
  }

  /** Relative paths begin at the folder of the study's file, and the new one may be elsewhere. */
  private static ObjectNode withAbsolutePaths(ObjectNode objective, Path file) {
    ObjectNode absolute = objective.deepCopy();
    Path place = file.resolveSibling(objective.path("directory").asText()).normalize();
    if (objective.has("command")) {
      absolute.put("directory", place.toString());
    }
    if (objective.path("candles").isTextual()) {
      absolute.put(
          "candles",
          file.resolveSibling(objective.path("candles").textValue()).normalize().toString());
    }
    return absolute;
  }

  /** Null where the study was not run with a file, or that is gone. */
  private static @Nullable StudyFile ownFile(StudyRecord study) {
    ObjectNode attributes = study.systemAttrs();
    String source = attributes.path("source").textValue();
    if (source == null || !attributes.path("source_kind").asText().equals("study-file")) {
      return null;
    }
    try {
      Path file = Path.of(source);
      return Files.isRegularFile(file) ? StudyFileReader.read(file) : null;
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private static void putMeta(ObjectNode root, ObjectNode attributes) {
    ObjectNode meta = Json.object();
    for (JsonNode from :
        new JsonNode[] {attributes.path("raw_meta"), attributes.path("run_meta")}) {
      for (String name : META) {
        if (from.path(name).isTextual()) {
          meta.set(name, from.path(name));
        }
      }
    }
    if (!meta.isEmpty()) {
      root.set("meta", meta);
    }
  }

  /** Values stand for themselves, and objects are groups, where a study file reads them so. */
  private static ObjectNode fixed(ObjectNode group) {
    ObjectNode declared = Json.object();
    for (Map.Entry<String, JsonNode> member : group.properties()) {
      JsonNode value = member.getValue();
      if (!(value instanceof ObjectNode inner)) {
        declared.set(member.getKey(), value);
      } else if (isGroup(inner)) {
        declared.set(member.getKey(), fixed(inner));
      } else {
        declared.putObject(member.getKey()).put("type", "fixed").set("value", inner);
      }
    }
    return declared;
  }

  /** What a study file takes for a definition, and names that are paths, stay inside of a value. */
  private static boolean isGroup(ObjectNode object) {
    boolean isDefinition =
        object.has("type")
            || object.has("when")
            || (object.path("low").isNumber() && object.path("high").isNumber())
            || object.path("values").isArray()
            || object.path("choices").isArray();
    return !object.isEmpty()
        && !isDefinition
        && object.properties().stream().noneMatch(member -> member.getKey().contains("."));
  }
}
