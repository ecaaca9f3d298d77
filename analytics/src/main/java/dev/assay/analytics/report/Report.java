package dev.assay.analytics.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.analytics.Analytics;
import dev.assay.storage.ReadableStore;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/**
 * A page about runs for a browser: one HTML file that fetches nothing. Its size is bounded, some
 * 1.1 MB and at most about 6 MB of trials: of a run that is larger it has the best and an even
 * sample, and says so.
 */
public final class Report {
  /** About how many characters of trials a page has. */
  private static final long ROOM = 5_000_000;

  private Report() {}

  /**
   * Writes the page.
   *
   * @param analytics a session on the same store
   * @param studies at least one; the first is the one that the page opens with
   * @param made the moment that the page says it is of
   * @param out is not closed
   * @return how many trials the runs have
   * @throws dev.assay.storage.StoreException where a study is gone, or its trials cannot be read
   * @throws IOException when {@code out} cannot be written
   */
  public static long write(
      ReadableStore store,
      Analytics analytics,
      List<StudyRecord> studies,
      Instant made,
      OutputStream out)
      throws IOException {
    if (studies.isEmpty()) {
      throw new IllegalArgumentException("studies is empty, expected at least one");
    }
    ObjectNode data = Json.object();
    data.put("made", made.toEpochMilli());
    ArrayNode states = data.putArray("states");
    Cells.STATES.forEach(state -> states.add(state.name()));
    ArrayNode runs = data.putArray("runs");
    long trials = 0;
    for (StudyRecord study : studies) {
      ObjectNode run = RunData.of(store, analytics, study, ROOM / studies.size());
      trials += run.path("trials").longValue();
      runs.add(run);
    }
    String others = studies.size() == 1 ? "" : " and %d more".formatted(studies.size() - 1);
    Page.write(studies.get(0).name() + others + " · Assay", data, out);
    return trials;
  }
}
