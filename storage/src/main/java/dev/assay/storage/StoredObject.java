package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The members of a JSON object in a trial's record, read when they are first asked for: most of
 * those who read a study's trials want a few of their documents, whose text is a tenth of the size
 * of its nodes. Every method throws {@link StoreException} where the text is no JSON object.
 *
 * <p>Safe to share between threads as long as nobody changes it.
 */
final class StoredObject extends AbstractMap<String, JsonNode> {
  private @Nullable String text;
  private volatile @Nullable ObjectNode object;

  private StoredObject(String text) {
    this.text = text;
  }

  /** The object that a text holds. */
  static ObjectNode of(String text) {
    return new ObjectNode(JsonNodeFactory.instance, new StoredObject(text));
  }

  private ObjectNode object() {
    ObjectNode known = object;
    return known == null ? read() : known;
  }

  private synchronized ObjectNode read() {
    ObjectNode known = object;
    if (known == null) {
      known = parse(String.valueOf(text));
      object = known;
      text = null;
    }
    return known;
  }

  private static ObjectNode parse(String json) {
    try {
      return (ObjectNode) Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new StoreException(
          "a document of a trial's record is not JSON: %s; 'assay verify' says what is wrong"
              .formatted(e.getMessage()),
          e);
    }
  }

  @Override
  public int size() {
    return object().size();
  }

  @Override
  public boolean containsKey(Object key) {
    return get(key) != null;
  }

  @Override
  public @Nullable JsonNode get(Object key) {
    return key instanceof String name ? object().get(name) : null;
  }

  @Override
  public @Nullable JsonNode put(String key, JsonNode value) {
    return object().replace(key, value);
  }

  @Override
  public @Nullable JsonNode remove(Object key) {
    return key instanceof String name ? object().remove(name) : null;
  }

  @Override
  public Set<Map.Entry<String, JsonNode>> entrySet() {
    return object().properties();
  }
}
