package dev.assay.engine.space;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;

/** Search spaces from JSON text with single quotes, for tests. */
public final class Declared {
  private Declared() {}

  public static SearchSpace space(String json) {
    return SearchSpace.of(object(json));
  }

  public static ObjectNode object(String json) {
    try {
      return (ObjectNode) Json.parse(json.replace('\'', '"'));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(json, e);
    }
  }
}
