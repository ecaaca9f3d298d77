package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part's file says about its study, so that the live database can be made again from the
 * lake alone.
 *
 * @param directions a JSON array of names
 * @param userAttrs a JSON object, as text
 * @param systemAttrs a JSON object, as text
 * @param trialFiles as {@link TrialFiles#text} has it
 * @param createdUs microseconds since 1970 in UTC
 */
record PartMetadata(
    long studyId,
    String name,
    String directions,
    String userAttrs,
    String systemAttrs,
    String trialFiles,
    long createdUs) {
  /** The format of the lake's files. A reader refuses a newer one. */
  static final int FORMAT = 1;

  /**
   * What a part says of this study.
   *
   * @param createdUs microseconds since 1970 in UTC
   */
  static PartMetadata of(StudyRecord study, long createdUs) {
    ArrayNode directions = JsonNodeFactory.instance.arrayNode();
    study.directions().forEach(direction -> directions.add(direction.name()));
    return new PartMetadata(
        study.id(),
        study.name(),
        CanonicalJson.compact(directions),
        CanonicalJson.compact(study.userAttrs()),
        CanonicalJson.compact(study.systemAttrs()),
        study.trialFiles().text(),
        createdUs);
  }

  /** What the live database says of a study; null where it is not there. */
  static @Nullable PartMetadata find(Statements sql, long studyId) throws SQLException {
    return sql.first(
        "SELECT study_id, name, directions, user_attrs, system_attrs, trial_files, created_us "
            + "FROM studies WHERE study_id = ?",
        PartMetadata::read,
        studyId);
  }

  /** From the columns that {@link #find} selects, in their order. */
  static PartMetadata read(ResultSet row) throws SQLException {
    return new PartMetadata(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getLong(7));
  }

  /**
   * What the key-value metadata of a part says.
   *
   * @throws IllegalArgumentException where it is not that of a study's part
   */
  static PartMetadata ofPart(Map<String, String> metadata) {
    try {
      return new PartMetadata(
          Long.parseLong(text(metadata, "assay.study_id")),
          text(metadata, "assay.study_name"),
          text(metadata, "assay.directions"),
          text(metadata, "assay.user_attrs"),
          text(metadata, "assay.system_attrs"),
          text(metadata, "assay.trial_files"),
          micros(text(metadata, "assay.created")));
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("assay.created: " + e.getMessage(), e);
    }
  }

  private static String text(Map<String, String> metadata, String key) {
    String text = metadata.get(key);
    if (text == null) {
      throw new IllegalArgumentException(key + " is missing");
    }
    return text;
  }

  /** A study as the manifest has it. */
  static PartMetadata ofManifest(JsonNode study) {
    return new PartMetadata(
        study.path("study_id").asLong(),
        study.path("name").asText(),
        CanonicalJson.compact(study.path("directions")),
        study.path("user_attrs").asText(),
        study.path("system_attrs").asText(),
        study.path("trial_files").asText(),
        micros(study.path("created").asText()));
  }

  private static long micros(String iso) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(iso));
  }

  /**
   * The study itself.
   *
   * @throws IllegalArgumentException where the texts are not what they should be
   */
  StudyRecord study() {
    try {
      List<Direction> all = new ArrayList<>();
      Json.parse(directions).forEach(direction -> all.add(Direction.valueOf(direction.asText())));
      return new StudyRecord(
          studyId,
          name,
          all,
          (ObjectNode) Json.parse(userAttrs),
          (ObjectNode) Json.parse(systemAttrs),
          TrialFiles.ofText(trialFiles));
    } catch (JsonProcessingException | ClassCastException e) {
      throw new IllegalArgumentException(
          "study %d is not whole: %s".formatted(studyId, e.getMessage()), e);
    }
  }

  /** An instant as the manifest and the parts' metadata have it. */
  static String iso(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
  }

  /** The key-value metadata of a part with these promoted columns. */
  Map<String, String> of(Parts.Kind kind, List<ColumnMap.Column> promoted) {
    ArrayNode columns = JsonNodeFactory.instance.arrayNode();
    for (ColumnMap.Column column : promoted) {
      columns
          .addObject()
          .put("section", column.key().section().prefix())
          .put("key", column.key().text())
          .put("name", column.name());
    }
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("assay.format", Integer.toString(FORMAT));
    metadata.put("assay.kind", kind.text());
    metadata.put("assay.study_id", Long.toString(studyId));
    metadata.put("assay.study_name", name);
    metadata.put("assay.directions", directions);
    metadata.put("assay.user_attrs", userAttrs);
    metadata.put("assay.system_attrs", systemAttrs);
    metadata.put("assay.trial_files", trialFiles);
    metadata.put("assay.created", iso(createdUs));
    metadata.put("assay.columns", CanonicalJson.compact(columns));
    return metadata;
  }
}
