package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.engine.Trial;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CommandReportsEndTest {
  @TempDir private Path folder;

  /** A trial that has ended must not change any more, whatever its command still prints. */
  @Test
  void nothingIsReportedAfterTheEnd() throws IOException {
    ObjectNode bad = Json.object().put("step", -1).put("value", 1);
    assertThat(logOf(bad, reports -> {})).contains("passed over");
    assertThat(logOf(bad, CommandReports::close)).isEmpty();
  }

  /** What the log says of a report after something has happened. */
  private String logOf(ObjectNode report, Consumer<CommandReports> before) throws IOException {
    Path file = folder.resolve("trial_001.log");
    try (TrialLog log = TrialLog.create(file)) {
      CommandReports reports = new CommandReports(Trial.fixed(0, Json.object(), 0, file), log);
      before.accept(reports);
      assertThat(reports.take(report)).isTrue();
    }
    return Files.readString(file);
  }
}
