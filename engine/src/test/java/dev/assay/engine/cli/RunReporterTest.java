package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.TrialState;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RunReporterTest {
  private static FrozenTrial trial(TrialState state, double value) {
    return FrozenTrial.builder().state(state).value(value).build();
  }

  @Test
  void theBestIsThatOfCompleteTrials() {
    PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream());
    Path path = Path.of("any");
    RunRequest quiet =
        new RunRequest(
            path,
            path,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            0,
            0,
            false,
            RunRequest.Talk.QUIET,
            false);
    Console console = new Console(InputStream.nullInputStream(), nowhere, nowhere, Map.of());
    RunReporter.Span span = new RunReporter.Span(0, null, null);
    try (RunReporter reporter = new RunReporter(console, quiet, Direction.MINIMIZE, span)) {
      reporter.finished(trial(TrialState.COMPLETE, 5), 0);
      reporter.finished(trial(TrialState.PRUNED, 1), 0);
      assertThat(reporter.progress()).startsWith("2 trials").contains("best 5 ");
    }
  }
}
