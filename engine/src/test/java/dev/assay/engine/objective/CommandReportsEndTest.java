package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandReportsEndTest {
  @TempDir private Path folder;

  /** A trial that has ended must not change any more, whatever its command still prints. */
  @Test
  void nothingIsReportedAfterTheEnd() throws Exception {
    ObjectNode bad = Json.object().put("step", -1).put("value", 1);
    for (boolean ended : new boolean[] {false, true}) {
      Path file = folder.resolve(ended + ".log");
      Trial trial = Trial.fixed(0, Json.object(), 0, file);
      try (TrialLog log = TrialLog.create(file);
          CommandReports reports = new CommandReports(trial, log)) {
        if (ended) {
          reports.close();
        }
        assertThat(reports.take(bad)).isTrue();
      }
      assertThat(Files.readString(file).contains("passed over")).isNotEqualTo(ended);
    }
  }
}
