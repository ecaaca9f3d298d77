package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.Locale;

/**
 * Something that a reader of the report should know about one file or folder.
 *
 * @param path relative to the source that it was found in, with forward slashes; empty for the
 *     source itself
 * @param reason what was found, and what became of it
 */
public record Finding(Kind kind, String path, String reason) {

  /** What became of the file or folder. */
  public enum Kind {
    /** Taken, and what could be read of it was used. */
    SALVAGED,
    /** Kept byte for byte, but not used: its content could not be understood. */
    QUARANTINED,
    /** Taken, although it changed while it was being read. */
    CHANGED,
    /** Not taken. */
    SKIPPED,
    /** Worth knowing; nothing is missing. */
    NOTE;

    /** The kind in lower case, as the report shows it. */
    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Finding {
    requireNonNull(kind, "kind is null");
    requireNonNull(path, "path is null");
    requireNonNull(reason, "reason is null");
  }

  ObjectNode toJson() {
    ObjectNode node = Json.object();
    node.put("kind", kind.word());
    node.put("path", path);
    node.put("reason", reason);
    return node;
  }

  String line() {
    return path.isEmpty()
        ? kind.word() + ": " + reason
        : "%s %s: %s".formatted(kind.word(), path, reason);
  }
}
