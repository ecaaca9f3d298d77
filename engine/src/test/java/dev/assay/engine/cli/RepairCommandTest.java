package dev.assay.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class RepairCommandTest {
  @TempDir private Path directory;
  private String store = "";
  private String study = "";

  @BeforeEach
  void runAStudy() throws IOException {
    store = directory.resolve("s").toString();
    study = SmallStudy.write(directory, "s").toString();
    Ran.assay("run", study, "--store", store, "--quiet").exits(0);
  }

  @Test
  void aSoundStoreIsLeftAsItIs() {
    Ran ran = Ran.assay("repair", "--store", store).exits(0);

    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("store is sound: there was nothing to repair");
  }

  @Test
  void aLostDatabaseIsMadeAnewAndTheStudyGoesOn() throws IOException {
    Files.delete(Path.of(store, "live.db"));
    assertThat(Ran.assay("run", study, "--store", store).exits(1).err()).contains("'assay repair'");

    Ran ran = Ran.assay("repair", "--store", store).exits(0);

    assertThat(ran.out())
        .contains("study 1 (s): 8 trials in parts, 0 recovered, 0 from their files");
    assertThat(ran.err()).contains("store is repaired");
    Ran.assay("verify", "--store", store).exits(0);
    Ran.assay("run", study, "--store", store, "--trials", "10", "--quiet").exits(0);
    JsonNode summary = Ran.assay("summary", "s", "--store", store, "--json").exits(0).json().get(0);
    assertThat(summary.path("states").path("COMPLETE").intValue()).isEqualTo(10);
  }

  @Test
  void theReportIsJsonForPrograms() throws IOException {
    Files.delete(Path.of(store, "live.db"));

    JsonNode report = Ran.assay("repair", "--store", store, "--json").exits(0).json().get(0);

    assertThat(report.path("whole").booleanValue()).isTrue();
    assertThat(report.path("rebuilt").booleanValue()).isTrue();
    assertThat(report.path("studies").path(0).path("sealed").intValue()).isEqualTo(8);
    assertThat(report.path("remaining")).isEmpty();
  }

  @Test
  void whereThereIsNoStoreThatIsSaid() {
    assertThat(Ran.assay("repair", "--store", directory + "/none").exits(1).err())
        .contains("there is no store");
  }
}
