package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** What other systems need for the same work; {@code peers.json} says where it was measured. */
final class Peers {
  private final JsonNode figures;

  private Peers(JsonNode figures) {
    this.figures = figures;
  }

  static Peers load() throws IOException {
    try (InputStream in = Peers.class.getResourceAsStream("peers.json")) {
      if (in == null) {
        throw new IOException("peers.json is not on the class path");
      }
      return new Peers(Json.parse(in.readAllBytes()));
    }
  }

  /** Milliseconds, or null where there is no figure. */
  @Nullable Double milliseconds(String benchmark, String figure, String mode) {
    return figure(benchmark, "ms", figure, mode);
  }

  /** A figure in that unit, or null where there is none. */
  @Nullable Double figure(String benchmark, String unit, String figure, String mode) {
    JsonNode value = figures.path(benchmark).path(unit).path(figure).path(mode);
    return value.isNumber() ? Double.valueOf(value.doubleValue()) : null;
  }
}
