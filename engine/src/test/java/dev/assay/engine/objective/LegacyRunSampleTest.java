package dev.assay.engine.objective;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LegacyRunSampleTest {
  private static final Path DATASETS = Path.of(System.getProperty("assay.root"), "datasets");

  @TempDir Path folder;

  private static Map<String, String> files(Path root) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path file : (Iterable<Path>) walk.filter(Files::isRegularFile)::iterator) {
        files.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return files;
  }

  /** With {@code -Dassay.samples=write} the sample is made anew. */
  @BeforeAll
  static void write() throws Exception {
    if ("write".equals(System.getProperty("assay.samples"))) {
      LegacyRunSample.write(DATASETS, DATASETS.resolve("legacy-run"));
    }
  }

  @Test
  void theSampleIsWhatItsProgramWrites() throws Exception {
    LegacyRunSample.write(DATASETS, folder);
    assertThat(files(DATASETS.resolve("legacy-run"))).isEqualTo(files(folder));
  }

  @Test
  void theSampleHasATrialOfEveryKind() throws IOException {
    Map<String, String> files = files(DATASETS.resolve("legacy-run"));
    assertThat(files).hasSize(12 + 10 + 9 + 2);
    assertThat(files.get("trial_004.json")).contains("\"error\": \"unknown\"");
    assertThat(files.get("trial_006.json")).contains("\"sharpe_ratio\": NaN");
    assertThat(files.get("trial_008.json")).contains("\"abort_reason\"");
    assertThat(files.get("trial_010.json")).contains("\"skipped\": true");
    assertThat(files.get("trial_012.json")).contains("\"from_cache\": true");
    assertThat(files.values()).anyMatch(text -> text.contains("\"ok\": true"));
    for (Map.Entry<String, String> file : files.entrySet()) {
      if (file.getKey().endsWith(".json")) {
        assertThat(Json.parse(file.getValue().getBytes(StandardCharsets.UTF_8)).isObject())
            .isTrue();
      }
    }
  }
}
