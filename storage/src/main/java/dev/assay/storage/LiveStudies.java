package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Studies as Optuna's storage protocol has them. Safe to share between threads. */
final class LiveStudies {
  private final Store store;
  private final LiveDatabase live;
  private final Studies studies;

  LiveStudies(Store store, LiveDatabase live, Studies studies) {
    this.store = store;
    this.live = live;
    this.studies = studies;
  }

  long create(String name, List<Direction> directions) {
    StudySettings settings = new StudySettings(name, directions, Json.object(), Json.object());
    return store.createStudy(settings).id();
  }

  ProtocolStudy find(long studyId) {
    return of(studies.require(studyId));
  }

  long idOf(String name) {
    StudyRecord study = studies.find(name);
    if (study == null) {
      throw new NoSuchStudyException("there is no study named '%s'".formatted(name));
    }
    return study.id();
  }

  List<ProtocolStudy> all() {
    return studies.all().stream().map(LiveStudies::of).toList();
  }

  private static ProtocolStudy of(StudyRecord study) {
    return new ProtocolStudy(
        study.id(),
        study.name(),
        study.directions(),
        LiveForm.texts(study.userAttrs()),
        systemAttrs(study.systemAttrs()));
  }

  private static Map<String, String> systemAttrs(ObjectNode attributes) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> attribute : attributes.properties()) {
      String key = StoreAttributes.toOptuna(attribute.getKey());
      if (key != null) {
        texts.put(key, CanonicalJson.compact(attribute.getValue()));
      }
    }
    return texts;
  }

  void setUserAttr(long studyId, String key, String json) {
    set(studyId, "user_attrs", key, json);
  }

  void setSystemAttr(long studyId, String key, String json) {
    set(studyId, "system_attrs", StoreAttributes.toStore(key), json);
  }

  /**
   * @param column which of its columns the attribute is in
   */
  private void set(long studyId, String column, String key, String json) {
    LiveTrials.requireText("the attribute's name", key);
    JsonNode value = LiveForm.attribute(key, json);
    live.transaction(
        sql -> {
          String text =
              sql.first(
                  "SELECT " + column + " FROM studies WHERE study_id = ?",
                  row -> row.getString(1),
                  studyId);
          if (text == null) {
            throw studies.missing(studyId);
          }
          LiveRows.nextChange(sql);
          return sql.update(
              "UPDATE studies SET " + column + " = ? WHERE study_id = ?",
              with(text, key, value),
              studyId);
        });
  }

  private static String with(String attributes, String key, JsonNode value) throws SQLException {
    try {
      ObjectNode object = (ObjectNode) Json.parse(attributes);
      object.set(key, value);
      return CanonicalJson.compact(object);
    } catch (JsonProcessingException e) {
      throw new SQLException("a study's attributes are not JSON: " + e.getMessage(), e);
    }
  }
}
