package dev.assay.storage;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** Writes a reserved part: temporary file, sync, rename, sync of the directory. */
final class PartWriter {
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
    ColumnSurvey survey = new ColumnSurvey();
    rows.forEach((trial, record) -> survey.add(trial));
    return trials(part, rows, metadata, survey.promoted(promotion), survey.rows());
  }

  /** Writes trials that were surveyed already; reads them once. */
  Written trials(
      Part part, TrialRows rows, PartMetadata metadata, List<ColumnMap.Column> promoted, long count)
      throws IOException {
    Written written;
    try (TrialPart file = new TrialPart(temporary(part), metadata.studyId(), promoted, count)) {
      rows.forEach(file::add);
      written = file.finish(metadata.of(part.kind(), promoted));
    }
    publish(part);
    return written;
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
