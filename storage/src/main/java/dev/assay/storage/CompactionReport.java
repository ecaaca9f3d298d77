package dev.assay.storage;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.sql.SQLException;
import java.util.Locale;

/**
 * What a compaction made of a study's files in the lake.
 *
 * @param study the study's name
 * @param trials the sealed parts of trials: hot trials, and the deltas that show them, do not count
 * @param files the parts of the archive
 */
public record CompactionReport(String study, Change trials, Change files) {
  /** What one kind of parts was and is. */
  public record Change(Size before, Size after) {
    ObjectNode toJson() {
      return Json.object()
          .put("parts_before", before.parts())
          .put("parts_after", after.parts())
          .put("bytes_before", before.bytes())
          .put("bytes_after", after.bytes());
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "%d parts, %,d bytes -> %d parts, %,d bytes",
          before.parts(),
          before.bytes(),
          after.parts(),
          after.bytes());
    }
  }

  /** How many parts there are, of how many rows, and what they take in bytes. */
  public record Size(long parts, long rows, long bytes) {
    static Size load(Statements sql, long studyId, Parts.Kind kind) throws SQLException {
      Size size =
          sql.first(
              "SELECT count(*), coalesce(sum(rows), 0), coalesce(sum(bytes), 0) FROM parts "
                  + "WHERE study_id = ? AND kind = ? AND status = 'committed'",
              row -> new Size(row.getLong(1), row.getLong(2), row.getLong(3)),
              studyId,
              kind.text());
      return size == null ? new Size(0, 0, 0) : size;
    }
  }

  /** How many trials were moved out of the live database. */
  public long sealed() {
    return trials.after().rows() - trials.before().rows();
  }

  /**
   * {@code study, sealed, trials {parts_before, parts_after, bytes_before, bytes_after}, files}.
   */
  public ObjectNode toJson() {
    ObjectNode json = Json.object().put("study", study).put("sealed", sealed());
    json.set("trials", trials.toJson());
    json.set("files", files.toJson());
    return json;
  }

  /** One line for people. */
  public String toText() {
    return "%s: %d trials sealed; trials: %s; files: %s"
        .formatted(study, sealed(), trials.text(), files.text());
  }
}
