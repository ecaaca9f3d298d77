package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A whole trial as the text of the column {@code record}. */
final class Records {
  private Records() {}

  static String write(FrozenTrial trial) {
    return CanonicalJson.compact(TrialJson.toJson(trial));
  }

  /** The text where it has no more than {@code most} bytes, which are ASCII; else null. */
  static @Nullable String upTo(int most, FrozenTrial trial) {
    try {
      return CanonicalJson.compactUpTo(most, TrialJson.toJson(trial));
    } catch (IllegalArgumentException e) {
      throw unwritable(trial, e);
    }
  }

  /** Writes the text in ASCII; returns its length. */
  static long writeTo(OutputStream out, FrozenTrial trial) throws IOException {
    try {
      return CanonicalJson.compactTo(out, TrialJson.toJson(trial));
    } catch (IllegalArgumentException e) {
      throw unwritable(trial, e);
    }
  }

  private static StoreException unwritable(FrozenTrial trial, IllegalArgumentException e) {
    return new StoreException(
        "cannot store trial number %d: %s".formatted(trial.number(), e.getMessage()), e);
  }

  static FrozenTrial read(String record) throws SQLException {
    try {
      return TrialJson.fromJson((ObjectNode) Json.parse(record));
    } catch (JsonProcessingException e) {
      throw notJson(e);
    }
  }

  /** {@link #read} for whoever may not want all of it: its documents are {@link StoredObject}s. */
  static FrozenTrial open(String record) throws SQLException {
    try {
      return TrialJson.fromJson((ObjectNode) Json.parse(record, StoredObject::of));
    } catch (JsonProcessingException e) {
      throw notJson(e);
    }
  }

  private static SQLException notJson(JsonProcessingException e) {
    return new SQLException("trials.record is not JSON: " + e.getMessage(), e);
  }
}
