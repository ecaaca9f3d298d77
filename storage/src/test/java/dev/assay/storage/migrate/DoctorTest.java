package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import dev.assay.storage.sources.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DoctorTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private static String versioned(double x, double score, String version) {
    return ("{\"parameters\": {\"x\": %s}, \"constraints\": {\"ok\": true},"
            + " \"score\": {\"score\": %s, \"score_version\": \"%s\"}}")
        .formatted(x, score, version);
  }

  @Test
  void sourceIsExaminedBeforeItIsMigrated() throws Exception {
    Path root = Files.createDirectories(directory.resolve("root"));
    LegacyRun run = new LegacyRun(root.resolve("run"));
    run.file("trial_001.json", versioned(1, 5, "v1"))
        .file("trial_002.json", versioned(2, 5, "v2"))
        .file("trial_003.json", versioned(2, 4, "v2"))
        .file("trial_004.json", "{\"error\": \"timeout after 12.5 s\\nTraceback\"}")
        .file("trial_005.json", "{\"error\": \"timeout after 7 s\"}")
        .file("trial_006.json", "{\"skipped\": true, \"reason\": \"zero_trade_preflight\"}")
        .file("trial_007.json", "{")
        .file("trial_008_config.json", "{}")
        .file(
            "_cache/%s.json".formatted(Signatures.shared().trialKey(Json.object().put("x", 9.0))),
            LegacyRun.trialJson(9, 9));
    run.guard(List.of("0".repeat(64)));
    Files.createDirectory(root.resolve("empty"));

    DoctorReport report = Migration.examine(List.of(root), MigrationListener.NONE);

    JsonNode json = report.toJson();
    JsonNode found = json.path("runs").path(0);
    assertThat(found.path("trials").path("states"))
        .hasToString("{\"COMPLETE\":4,\"PRUNED\":1,\"FAIL\":3}");
    assertThat(found.path("errors"))
        .hasToString(
            "[{\"cause\":\"timeout after # s\",\"trials\":2},"
                + "{\"cause\":\"skipped: zero_trade_preflight\",\"trials\":1}]");
    assertThat(found.path("duplicates").longValue()).isEqualTo(1);
    assertThat(found.path("interrupted").longValue()).isEqualTo(1);
    assertThat(found.path("cached_only").longValue()).isEqualTo(1);
    assertThat(found.path("expired_claims").longValue()).isEqualTo(1);
    assertThat(found.path("best")).hasToString("{\"score\":5.0,\"trials\":2}");
    assertThat(found.path("score_versions"))
        .hasToString(
            "{\"known\":[{\"version\":\"v1\",\"trials\":1},{\"version\":\"v2\",\"trials\":2}],"
                + "\"missing\":0}");
    assertThat(found.path("files").path("quarantined").longValue()).isEqualTo(1);
    assertThat(found.at("/estimate/bytes").longValue()).isBetween(1L, 100_000L);
    assertThat(json.at("/others/0/reason").textValue()).isEqualTo("holds no run");
    assertThat(report.lines())
        .contains(
            "    error: 2 x timeout after # s",
            "    duplicates: 1 trial with the parameters of an earlier one",
            "    tie: 2 trials have the best score 5.0",
            "    mixed score versions: {v1=1, v2=2}, none 0");
  }

  @Test
  void repeatingDocumentsAreEstimatedAsWhatTheyShare() throws Exception {
    byte[] document = new byte[1 << 20];
    new Random(7).nextBytes(document);
    long files = 200;
    try (StorageSample sample = new StorageSample(files * document.length)) {
      for (int i = 0; i < files; i++) {
        sample.add(document);
      }
      assertThat(sample.archived()).isBetween(1L << 20, 2L << 20);
      assertThat(sample.secondsLeft()).isPositive();
    }
  }
}
