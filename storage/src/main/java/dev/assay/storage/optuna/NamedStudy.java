package dev.assay.storage.optuna;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The Optuna study that a run's {@code run_meta.json} names.
 *
 * @param database the name of its file, without folders
 */
record NamedStudy(String database, String study) {

  /** The study that a run wrote to; null where it kept none on disk. */
  static @Nullable NamedStudy of(ObjectNode meta) {
    JsonNode written = meta.path("optuna");
    JsonNode asked = meta.path("raw_meta").path("runs").path("optuna");
    String storage = text("storage", written, asked);
    if (storage == null || !storage.toLowerCase(Locale.ROOT).startsWith("sqlite")) {
      return null;
    }
    String study = text("study_name", written, asked);
    if (study == null) {
      // What the legacy system calls a study that nobody named.
      study = "optimizer_" + meta.path("run_id").asText();
    }
    int query = storage.indexOf('?');
    String path = query < 0 ? storage : storage.substring(0, query);
    // Written on Windows: either slash may part a path.
    int slash = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
    return new NamedStudy(path.substring(slash + 1), study);
  }

  private static @Nullable String text(String name, JsonNode first, JsonNode second) {
    String text = first.path(name).textValue();
    return text == null ? second.path(name).textValue() : text;
  }
}
