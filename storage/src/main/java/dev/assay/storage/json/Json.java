package dev.assay.storage.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;

/**
 * Reads JSON as Python's {@code json.loads} does: bare {@code NaN}, {@code Infinity} and {@code
 * -Infinity} are numbers, whole numbers are unbounded and apart from real ones, the last of equal
 * keys wins, and keys keep their order. Nesting is bounded at {@value #MAX_DEPTH}.
 *
 * <p>Safe to share between threads.
 */
public final class Json {
  /** The deepest nesting that is read. */
  public static final int MAX_DEPTH = 1000;

  private static final JsonMapper MAPPER = mapper();

  private Json() {}

  private static JsonMapper mapper() {
    JsonMapper mapper =
        JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonParser.Feature.INCLUDE_SOURCE_IN_LOCATION)
            .build();
    mapper
        .getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(100_000)
                .maxStringLength(Integer.MAX_VALUE)
                .build());
    return mapper;
  }

  /**
   * Reads one JSON value.
   *
   * @throws JsonProcessingException with line and column, when it is not exactly one JSON value
   */
  public static JsonNode parse(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /**
   * Reads one JSON value in UTF-8.
   *
   * @throws IOException with line and column, when it is not exactly one JSON value
   */
  public static JsonNode parse(byte[] utf8) throws IOException {
    return MAPPER.readTree(utf8);
  }

  /** An empty object. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }
}
