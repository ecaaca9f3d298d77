package dev.assay.storage.export;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What was written to one target.
 *
 * @param bytes size of the target
 * @param seconds how long it took
 */
public record ExportReport(
    Path target, String format, List<ExportedStudy> studies, long bytes, double seconds) {
  public ExportReport {
    studies = List.copyOf(studies);
  }

  /**
   * {@code target, format, studies [{study, trials, states {STATE: count}, notes}], bytes,
   * seconds}.
   */
  public ObjectNode toJson() {
    ObjectNode node = Json.object().put("target", target.toString()).put("format", format);
    ArrayNode list = node.putArray("studies");
    studies.forEach(study -> list.add(study.toJson()));
    return node.put("bytes", bytes).put("seconds", seconds);
  }

  /** The report for people: a line for each study, its notes, and the total. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (ExportedStudy study : studies) {
      lines.add(study.line());
      study.notes().forEach(note -> lines.add("  " + note));
    }
    lines.add(String.format(Locale.ROOT, "%s: %,d bytes in %.1f s", target, bytes, seconds));
    return lines;
  }
}
