package dev.assay.storage;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes a reserved part: temporary file, sync, rename, sync of the directory. */
final class PartWriter {
  /** More keys than this in one part are not looked at: they cannot be columns anyway. */
  private static final int MAX_KEYS = 20_000;

  private final Path store;

  PartWriter(Path store) {
    this.store = store;
  }

  /**
   * Which columns a part gets whose rows hold these values; the second argument counts the rows.
   */
  @FunctionalInterface
  interface Promotion
      extends BiFunction<Map<ColumnKey, ColumnType.Survey>, Long, List<ColumnMap.Column>> {}

  /** Writes trials; reads them twice, once to find their columns. */
  Written trials(Part part, TrialRows rows, PartMetadata metadata, Promotion promotion)
      throws IOException {
    Map<ColumnKey, ColumnType.Survey> surveys = new HashMap<>();
    long[] count = {0};
    rows.forEach(
        (trial, record) -> {
          count[0]++;
          ColumnKey.forEach(trial, (key, value) -> survey(surveys, key, value));
        });
    List<ColumnMap.Column> promoted = promotion.apply(surveys, count[0]);
    Written written;
    try (TrialPart file = new TrialPart(temporary(part), metadata.studyId(), promoted, count[0])) {
      rows.forEach(file::add);
      written = file.finish(metadata.of(part.kind(), promoted));
    }
    publish(part);
    return written;
  }

  private static void survey(
      Map<ColumnKey, ColumnType.Survey> surveys, ColumnKey key, JsonNode value) {
    ColumnType.Survey survey = surveys.get(key);
    if (survey == null && surveys.size() < MAX_KEYS) {
      survey = new ColumnType.Survey();
      surveys.put(key, survey);
    }
    if (survey != null) {
      survey.add(value);
    }
  }

  /** Where the part's file is written until it is whole; its directory is there. */
  Path temporary(Part part) throws IOException {
    Path temporary = part.temporary(store);
    Path directory = temporary.getParent();
    if (directory == null) {
      throw new IllegalArgumentException("%s is in no directory".formatted(temporary));
    }
    Disk.createDirectories(directory);
    return temporary;
  }

  void publish(Part part) throws IOException {
    Disk.publish(part.temporary(store), part.file(store));
  }
}
