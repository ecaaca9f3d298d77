package dev.assay.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What other systems need for the same work: as {@code peers.json} has it, which says where it was
 * measured, or measured now with a Python that has them.
 */
final class Peers {
  private final JsonNode figures;
  private final @Nullable Python python;

  private Peers(JsonNode figures, @Nullable Python python) {
    this.figures = figures;
    this.python = python;
  }

  /** The Python that measures peers now; null where none was named. */
  @Nullable Python python() {
    return python;
  }

  static Peers load(@Nullable Python python) throws IOException {
    try (InputStream in = Peers.class.getResourceAsStream("peers.json")) {
      if (in == null) {
        throw new IOException("peers.json is not on the class path");
      }
      return new Peers(Json.parse(in.readAllBytes()), python);
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
