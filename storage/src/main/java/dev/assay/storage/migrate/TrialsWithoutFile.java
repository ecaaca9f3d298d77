package dev.assay.storage.migrate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The trials of a run that have no trial file: of an interrupted one a configuration is left, and
 * of others a result in the cache. They have no {@code trial_file}; the system attribute {@value
 * #SOURCE_FILE} names what they were read from. Give all trials with a file to {@link #noteShape}
 * first. Not safe to share between threads.
 */
final class TrialsWithoutFile {
  /** The file that such a trial was read from, by its path in the run. */
  static final String SOURCE_FILE = "source_file";

  private static final String CONFIG_END = "_config.json";

  /** The parameters that all trials with a file name, as one of them has them; null before. */
  private @Nullable ObjectNode shape;

  /** Whether trials name different parameters: a configuration does not say which it had. */
  private boolean mixed;

  /** Tells which parameters the run's trials have. */
  void noteShape(ObjectNode params) {
    ObjectNode before = shape;
    if (before == null) {
      shape = params;
    } else {
      mixed = mixed || !isSameShape(before, params);
    }
  }

  private static boolean isSameShape(ObjectNode a, ObjectNode b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> member : a.properties()) {
      JsonNode other = b.get(member.getKey());
      boolean same =
          member.getValue() instanceof ObjectNode inner
              ? other instanceof ObjectNode object && isSameShape(inner, object)
              : other != null && !other.isObject();
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /**
   * The interrupted trial that a configuration is left of. Its parameters are the configuration's
   * own, or what it holds under the names that the run's other trials have; else none.
   *
   * @param content the document; null where it could not be understood
   * @param paths of the run's files
   */
  FrozenTrial ofConfig(String path, @Nullable ObjectNode content, Set<String> paths) {
    ObjectNode config = content == null ? Json.object() : content;
    String stem = path.substring(0, path.length() - CONFIG_END.length());
    FrozenTrial.Builder trial = FrozenTrial.builder().interrupted();
    ObjectNode params = parameters(config);
    if (params != null) {
      trial.params(params);
      trial.trialKey(Signatures.shared().trialKey(params));
      trial.signature(Signatures.shared().parameterSignature(params));
    }
    JsonNode id = config.path("trial_id");
    trial.legacyTrialId(id.isNumber() || id.isTextual() ? id : TextNode.valueOf(stem));
    trial.start(time(config.path("created_at").textValue()));
    ObjectNode userAttrs = Json.object();
    userAttrs.put("config_path", path);
    if (paths.contains(stem + ".log")) {
      userAttrs.put("log_path", stem + ".log");
    }
    return trial.userAttrs(userAttrs).systemAttrs(source(path)).build();
  }

  private @Nullable ObjectNode parameters(ObjectNode config) {
    if (config.get("parameters") instanceof ObjectNode params) {
      return params;
    }
    return shape != null && !mixed && config.get("cfg") instanceof ObjectNode whole
        ? part(whole, shape)
        : null;
  }

  /** What {@code whole} has of the members of {@code shape}; null where one is missing. */
  private static @Nullable ObjectNode part(ObjectNode whole, ObjectNode shape) {
    ObjectNode part = Json.object();
    for (Map.Entry<String, JsonNode> member : shape.properties()) {
      JsonNode value = whole.get(member.getKey());
      if (member.getValue() instanceof ObjectNode inner) {
        value = value instanceof ObjectNode object ? part(object, inner) : null;
      }
      if (value == null) {
        return null;
      }
      part.set(member.getKey(), value);
    }
    return part;
  }

  private static @Nullable Instant time(@Nullable String text) {
    try {
      return text == null ? null : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /**
   * The trial of a result that the cache holds under its trial key.
   *
   * @throws UnreadableDocumentException where it says nothing of the parameters that its name is of
   */
  static FrozenTrial ofCached(String path, byte[] content) throws UnreadableDocumentException {
    String name = path.substring(path.lastIndexOf('/') + 1);
    FrozenTrial trial = LegacyTrial.fromDocument(LegacyDocument.read(content), name);
    if (trial.trialKey() == null) {
      throw new UnreadableDocumentException("the cached result has no parameters");
    }
    if (!name.equals(trial.trialKey() + ".json")) {
      throw new UnreadableDocumentException(
          "the cached result is of the trial key %s, expected the one in its name"
              .formatted(trial.trialKey()));
    }
    ObjectNode systemAttrs = source(path);
    systemAttrs.setAll(trial.systemAttrs());
    return trial.toBuilder().trialFile(null).systemAttrs(systemAttrs).build();
  }

  private static ObjectNode source(String path) {
    return Json.object().put(SOURCE_FILE, path);
  }
}
