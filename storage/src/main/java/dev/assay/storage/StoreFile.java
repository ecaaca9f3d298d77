package dev.assay.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * {@code store.json}: what makes a directory a store. Its format is checked before anything else is
 * touched.
 *
 * @param reservedTrialIds ids below this one may have been given to trials; a live database that is
 *     made anew starts here
 */
record StoreFile(long reservedTrialIds) {
  static final String NAME = "store.json";
  static final int FORMAT = 1;

  /**
   * Reads the file, or gives null where there is none.
   *
   * @throws StoreException where it is of another format, or not ours
   */
  static @Nullable StoreFile read(Path directory) {
    Path file = directory.resolve(NAME);
    try {
      return parse(file, Json.parse(Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException e) {
      throw new StoreException(
          "%s is not JSON (%s); put back a copy of it".formatted(file, e.getMessage()), e);
    } catch (IOException e) {
      throw new StoreException("cannot read %s: %s".formatted(file, e), e);
    }
  }

  private static StoreFile parse(Path file, JsonNode json) {
    JsonNode format = json.path("format");
    if (!format.isIntegralNumber() || format.longValue() < 1) {
      throw new StoreException(
          "%s: format is %s, expected a number from 1; put back a copy of the file"
              .formatted(file, format.isMissingNode() ? "missing" : format));
    }
    if (!format.canConvertToInt() || format.intValue() > FORMAT) {
      throw new StoreException(
          "%s is of format %s, this version of Assay knows formats up to %d; use a newer Assay. Nothing was changed"
              .formatted(file, format, FORMAT));
    }
    JsonNode reserved = json.path("reserved_trial_ids");
    if (!reserved.canConvertToLong() || reserved.longValue() < 0) {
      throw new StoreException(
          "%s: reserved_trial_ids is %s, expected a number from 0; put back a copy of the file"
              .formatted(file, reserved.isMissingNode() ? "missing" : reserved));
    }
    return new StoreFile(reserved.longValue());
  }

  /** Replaces the file, on disk when this returns. */
  void write(Path directory) throws IOException {
    ObjectNode json = Json.object();
    json.put("format", FORMAT);
    json.put("reserved_trial_ids", reservedTrialIds);
    Disk.replace(directory.resolve(NAME), CanonicalJson.indentedBytes(json));
  }
}
