package dev.assay.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Asks, and gives the answer as text. */
final class Answers {
  private Answers() {}

  static String text(Analytics analytics, ResultFormat format, String sql) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    analytics.query(sql, format, out);
    return out.toString(StandardCharsets.UTF_8);
  }

  static JsonNode json(Analytics analytics, String sql) throws IOException {
    return Json.parse(text(analytics, ResultFormat.JSON, sql));
  }

  /** The first cell of the first row, as JSON text. */
  static String cell(Analytics analytics, String sql) throws IOException {
    return json(analytics, sql).path(0).elements().next().toString();
  }
}
