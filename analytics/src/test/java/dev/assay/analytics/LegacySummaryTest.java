package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Store;
import dev.assay.storage.json.Json;
import dev.assay.storage.migrate.MigrationListener;
import dev.assay.storage.migrate.TableMapping;
import dev.assay.storage.sources.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Real runs of the legacy system, against what its own summary said of them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("performance")
final class LegacySummaryTest {
  private static final Path LEGACY = Path.of(System.getProperty("assay.legacy", "legacy"));

  private Store store;
  private Analytics analytics;

  @BeforeAll
  void migrate(@TempDir Path directory) {
    assumeThat(LEGACY).as("the legacy runs, named by the property assay.legacy").isDirectory();
    store = Store.open(directory);
    // What Optuna knows of the trials changes nothing in the summaries.
    Migration.Request request =
        new Migration.Request(
            List.of(LEGACY), ZoneOffset.UTC, null, TableMapping.NONE, Migration.Linking.ON);
    Migration.migrate(store, request, MigrationListener.NONE);
    analytics = Analytics.open(store);
  }

  @AfterAll
  void close() {
    if (analytics != null) {
      analytics.close();
      store.close();
    }
  }

  @TestFactory
  List<DynamicTest> everyRunSumsUpAsTheLegacySystemDid() throws Exception {
    return Json.parse(Files.readAllBytes(LEGACY.resolve("expected_summaries.json")))
        .properties()
        .stream()
        .map(run -> DynamicTest.dynamicTest(run.getKey(), () -> check(run)))
        .toList();
  }

  private void check(Map.Entry<String, JsonNode> run) throws Exception {
    JsonNode expected = run.getValue();
    Summary kept = Summary.of(store, run.getKey(), 5);
    assertThat(analytics.summary(run.getKey(), 5)).as("the recount").isEqualTo(kept);
    JsonNode actual = Json.parse(kept.toJsonText());

    assertThat(actual.get("counts")).isEqualTo(expected.get("counts"));
    JsonNode best = expected.get("best");
    if (best.isNull()) {
      assertThat(actual.get("best").isNull()).isTrue();
    } else {
      assertThat(actual.at("/best/trial_id")).isEqualTo(best.get("trial_id"));
      assertThat(actual.at("/best/trial_file")).isEqualTo(best.get("trial_file"));
      assertThat(actual.at("/best/score")).isEqualTo(best.get("score"));
      assertThat(actual.at("/best/metrics/num_trades")).isEqualTo(best.get("num_trades"));
      assertThat(actual.at("/best/metrics/sharpe_ratio")).isEqualTo(best.get("sharpe_ratio"));
      assertThat(actual.at("/best/parameters")).isNotEmpty();
    }
    JsonNode top = expected.path("top5");
    assertThat(actual.get("top")).hasSameSizeAs(top);
    for (int i = 0; i < top.size(); i++) {
      assertThat(actual.at("/top/" + i + "/trial_file")).isEqualTo(top.get(i).get(0));
      assertThat(actual.at("/top/" + i + "/score")).isEqualTo(top.get(i).get(1));
    }
    if (expected.has("total_duration_seconds")) {
      double seconds = expected.get("total_duration_seconds").doubleValue();
      assertThat(actual.get("total_duration_seconds").doubleValue())
          .isCloseTo(seconds, within(1e-12 * seconds));
      assertThat(actual.get("score_versions")).isEqualTo(expected.get("score_versions"));
    }
  }

  /** All runs of which the legacy system's synergy is known. */
  @Test
  void synergyIsThatOfTheLegacySystem() throws Exception {
    int runs = 0;
    for (Map.Entry<String, JsonNode> run :
        Json.parse(Files.readAllBytes(LEGACY.resolve("expected_summaries.json"))).properties()) {
      if (run.getValue().has("synergy_singles")) {
        runs++;
        JsonNode actual = Synergy.of(analytics, run.getKey(), Synergy.Options.DEFAULT).toJson();
        requireEqual(
            run.getValue().get("synergy_singles"),
            actual.get("singles"),
            List.of("param", "best_bin", "best_median", "best_count", "lift_vs_baseline"));
        requireEqual(
            run.getValue().get("synergy_pairs"),
            actual.get("pairs"),
            List.of(
                "param_a",
                "param_b",
                "best_bin_a",
                "best_bin_b",
                "best_median",
                "best_count",
                "synergy_vs_best_single"));
      }
    }
    assertThat(runs).isEqualTo(4);
  }

  private static void requireEqual(JsonNode expected, JsonNode actual, List<String> columns) {
    for (int i = 0; i < expected.size(); i++) {
      for (int k = 0; k < columns.size(); k++) {
        JsonNode value = expected.get(i).get(k);
        JsonNode found = actual.get(i).get(columns.get(k));
        if (value.isFloatingPointNumber()) {
          assertThat(found.doubleValue()).isCloseTo(value.doubleValue(), within(1e-12));
        } else {
          assertThat(found).as("row %d of %s", i, expected).isEqualTo(value);
        }
      }
    }
  }

  @Test
  void synergyFilesAreThoseOfTheLegacySystem() throws Exception {
    Synergy synergy =
        Synergy.of(analytics, "run_20260112_simple_v1_50t", new Synergy.Options(12, 15, 4, 3));
    Path run = LEGACY.resolve("run_20260112_simple_v1_50t");
    assertThat(synergy.singlesCsv()).isEqualTo(Files.readString(run.resolve(Synergy.SINGLES_FILE)));
    assertThat(synergy.pairsCsv()).isEqualTo(Files.readString(run.resolve(Synergy.PAIRS_FILE)));
  }

  @Test
  void tableOfAllRunsSaysWhatEachSummarySays() {
    RunTable table = RunTable.of(store, analytics, store.studies(), 5);
    assertThat(table.rows()).hasSameSizeAs(store.studies());
    for (RunTable.Row row : table.rows()) {
      assertThat(row.summary()).isEqualTo(Summary.of(store, row.summary().run(), 5));
    }
    assertThat(table.rows())
        .filteredOn(row -> row.summary().run().equals("run_20260121_shell_parse_smoke"))
        .singleElement()
        .satisfies(row -> assertThat(row.duplicates()).isEqualTo(2))
        .satisfies(row -> assertThat(row.activity().medianSeconds()).isBetween(1.0, 2.0));
  }

  @Test
  void everyTrialWithAFileIsATrial() throws Exception {
    assertThat(Answers.cell(analytics, "SELECT count(trial_file) FROM trials")).isEqualTo("229");
    assertThat(Answers.cell(analytics, "SELECT count(DISTINCT trial_id) FROM params"))
        .isEqualTo(Answers.cell(analytics, "SELECT count(*) FROM trials WHERE params <> '{}'"));
  }

  @Test
  void promotedParametersEqualTheLongForm() throws Exception {
    assertThat(
            Answers.json(
                    analytics,
                    """
                    SELECT count(*) AS n, bool_and("params_exit.exit_conf_threshold" = value_double) AS same
                    FROM trials_of('run_20260115_optuna_run50')
                    JOIN params USING (trial_id)
                    WHERE name = 'exit.exit_conf_threshold'
                    """)
                .toString())
        .isEqualTo("[{\"n\":50,\"same\":true}]");
  }

  @Test
  void aRunIsFoundByFolderEndOrBeginning() {
    for (String run :
        List.of(
            LEGACY.resolve("run_20260115_optuna_run50").toString(),
            "../elsewhere/legacy/run_20260115_optuna_run50/",
            "C:\\old\\run_20260115_optuna_run50",
            "run_20260115")) {
      assertThat(Summary.of(store, run, 0).run()).isEqualTo("run_20260115_optuna_run50");
    }
    assertThat(analytics.summary("run_20260121_090451", 0).run())
        .isEqualTo("20260121_optuna_resume_minismoke/run_20260121_090451");
    assertThat(analytics.summary("run_20260109_153726/validation", 0).study().counts().total())
        .isPositive();
  }

  @Test
  void theTextNamesTheBestAndItsParameters() {
    assertThat(analytics.summary("run_20260115_optuna_run50", 3).toText())
        .startsWith(
            """
            run_20260115_optuna_run50
              trials      50: 45 valid, 0 failed, 0 skipped
              states      50 COMPLETE, 0 PRUNED, 0 FAIL
              time        37 min in all, 44.9 s a trial
              scored by   v2
              best        trial_027.json, score 0.5277178319707635
            """)
        .contains("    exit.exit_conf_threshold")
        .contains(" trial_033.json │ 0.5277178319707635 │ ");
  }
}
