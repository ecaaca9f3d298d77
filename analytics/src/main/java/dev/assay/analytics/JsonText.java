package dev.assay.analytics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.assay.storage.json.Json;
import java.math.BigDecimal;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the values of {@link Cells} as JSON: whole and decimal numbers exact, bytes as base64, NaN
 * and infinities as null.
 */
final class JsonText {
  private final StringBuilder out;

  JsonText(StringBuilder out) {
    this.out = out;
  }

  static String of(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    new JsonText(out).value(value);
    return out.toString();
  }

  void value(@Nullable Object value) {
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Cells.Json json) {
      json(json.text());
    } else if (value instanceof byte[] bytes) {
      string(Base64.getEncoder().encodeToString(bytes));
    } else if (value instanceof List<?> list) {
      list(list);
    } else if (value instanceof Map<?, ?> map) {
      object(map);
    } else {
      // Boolean or null.
      out.append(value);
    }
  }

  private void number(Number number) {
    if (number instanceof Double real) {
      out.append(FiniteJson.text(real));
    } else if (number instanceof Float real) {
      out.append(Float.isFinite(real) ? real.toString() : "null");
    } else if (number instanceof BigDecimal decimal) {
      out.append(decimal.toPlainString());
    } else {
      out.append(number);
    }
  }

  private void json(String text) {
    if (!text.contains("NaN") && !text.contains("Inf")) {
      out.append(text);
      return;
    }
    try {
      out.append(FiniteJson.text(Json.parse(text)));
    } catch (JsonProcessingException e) {
      // DuckDB takes more for JSON than the standard does.
      string(text);
    }
  }

  private void list(List<?> list) {
    out.append('[');
    String separator = "";
    for (Object element : list) {
      out.append(separator);
      value(element);
      separator = ",";
    }
    out.append(']');
  }

  private void object(Map<?, ?> map) {
    out.append('{');
    String separator = "";
    for (Map.Entry<?, ?> member : map.entrySet()) {
      out.append(separator);
      string(String.valueOf(member.getKey()));
      out.append(':');
      value(member.getValue());
      separator = ",";
    }
    out.append('}');
  }

  void string(String text) {
    out.append('"');
    JsonStringEncoder.getInstance().quoteAsString(text, out);
    out.append('"');
  }
}
