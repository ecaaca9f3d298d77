package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyImport;
import dev.assay.storage.StudySettings;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SynergyTest {
  private static void add(Store store, String name, List<Direction> directions, int trials) {
    StudySettings settings =
        new StudySettings(name, directions, Json.object(), Json.object(), null);
    try (StudyImport adding = store.beginImport(settings)) {
      for (int i = 0; i < trials; i++) {
        ObjectNode params = Json.object().put("n", i).put("a, \"b\"\n", i % 2 == 0 ? "x,y" : "z");
        params.putNull("none").putArray("list").add(i);
        params.put("rare", i < 2 ? "r" : null);
        adding.addTrial(
            FrozenTrial.builder()
                .number(i)
                .state(i == 9 ? TrialState.FAIL : TrialState.COMPLETE)
                .values(Collections.nCopies(directions.size(), i == 8 ? -50.0 : i))
                .params(params)
                .build());
      }
      adding.commit();
    }
  }

  @Test
  void lessIsBetterWhereAStudyIsMinimized(@TempDir Path directory) {
    try (Store store = Store.open(directory)) {
      add(store, "down", List.of(Direction.MINIMIZE), 10);
      add(store, "two", List.of(Direction.MINIMIZE, Direction.MINIMIZE), 3);
      try (Analytics analytics = Analytics.open(store)) {
        // Valid are 0 to 7 and, at 8, -50: the median is 3.
        Synergy synergy = Synergy.of(analytics, "down", new Synergy.Options(3, 5, 2, 2));
        assertThat(synergy.baselineMedian()).isEqualTo(3);
        assertThat(synergy.singlesCsv())
            .isEqualTo(
                """
                param,best_bin,best_bin_desc,best_median,best_count,lift_vs_baseline
                rare,r,r,0.5,2,2.5
                "a, ""b""\n","x,y","x,y",2.0,5,1.0
                n,bin_0,"(-inf, 4]",2.0,5,1.0
                """);
        // Of 6 and 8, which share the second half of n and the same text, the median is -22.
        assertThat(synergy.pairs()).extracting(Synergy.Pair::synergy).containsExactly(24.0, 0.0);
        assertThat(synergy.pairs().get(0).median()).isEqualTo(-22.0);
        assertThatThrownBy(() -> Synergy.of(analytics, "two", Synergy.Options.DEFAULT))
            .hasMessage("'two' has several objectives, and synergy is of one score");
      }
    }
  }

  @Test
  void numbersAreShownAsPythonShowsThem() {
    assertThat(List.of(0.1 + 0.2, 1.0, 1e-5, 123456.7, 1234567.0, -0.00012, 1e100, 2.5e-7))
        .extracting(SynergyBins::shown)
        .containsExactly(
            "0.3", "1", "1e-05", "123457", "1.23457e+06", "-0.00012", "1e+100", "2.5e-07");
  }
}
