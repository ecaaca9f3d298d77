package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.StudySummary;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SummaryTest {
  @TempDir Path directory;

  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StudyRecord study(String name, Direction direction) {
    return store.openStudy(name, List.of(direction), Json.object(), Json.object());
  }

  private void trial(StudyRecord study, double x, Consumer<FrozenTrial.Builder> result) {
    ObjectNode params = Json.object().put("x", x);
    Claim claim = store.claim(study.id(), params, Json.object(), null);
    Claim.Lease lease = ((Claim.Acquired) claim).lease();
    FrozenTrial.Builder builder = FrozenTrial.builder().params(params).state(TrialState.COMPLETE);
    result.accept(builder);
    store.finish(lease, builder.build());
  }

  private void trial(StudyRecord study, double x, double value, @Nullable Boolean constraintsOk) {
    trial(study, x, builder -> builder.value(value).constraintsOk(constraintsOk));
  }

  private Summary summary(String run, int top) {
    Summary kept = Summary.of(store, run, top);
    try (Analytics analytics = Analytics.open(store)) {
      assertThat(analytics.summary(run, top)).as("the recount").isEqualTo(kept);
    }
    return kept;
  }

  @Test
  void countsAndRanksWhatIsStillHot() {
    StudyRecord study = study("s", Direction.MAXIMIZE);
    trial(study, 1, 1.0, true);
    trial(study, 2, 3.0, null);
    trial(study, 3, 9.0, false);
    trial(study, 4, Double.POSITIVE_INFINITY, true);
    trial(study, 5, 3.0, true);
    trial(
        study,
        6,
        builder ->
            builder
                .value(9)
                .userAttrs(
                    Json.object()
                        .<ObjectNode>set("hard_failures", Json.object().arrayNode().add("x"))));
    trial(study, 7, builder -> builder.state(TrialState.FAIL).error("boom").durationSeconds(0.5));
    trial(
        study,
        8,
        builder ->
            builder
                .state(TrialState.PRUNED)
                .error("duplicate")
                .userAttrs(Json.object().put("skipped", true)));

    Summary summary = summary("s", 2);

    assertThat(summary.study().counts()).isEqualTo(new StudySummary.Counts(8, 1, 1, 7, 3));
    assertThat(summary.study().top())
        .extracting(StudySummary.Trial::trialFile)
        .containsExactly("trial_002.json", "trial_005.json");
    assertThat(summary.study().best()).isEqualTo(summary.study().top().get(0));
    assertThat(summary.study().top().get(0).trialId().textValue()).isEqualTo("trial_002");
    assertThat(summary.study().top().get(0).parameters().toString()).isEqualTo("{\"x\":2.0}");
    assertThat(summary.study().scoreVersions())
        .isEqualTo(new StudySummary.ScoreVersions(new TreeMap<>(), 3));
  }

  @Test
  void theBestOfAStudyThatMinimizesIsTheLowest() {
    StudyRecord study = study("s", Direction.MINIMIZE);
    trial(study, 1, 1.0, true);
    trial(study, 2, -2.0, true);
    assertThat(summary("s", 1).study().top().get(0).score()).isEqualTo(-2.0);
    assertThat(directory.resolve("views.sql")).exists();
  }

  @Test
  void anEmptyStudyHasNoBest() {
    study("s", Direction.MAXIMIZE);
    Summary summary = summary("s", 5);
    assertThat(summary.toJsonText())
        .isEqualTo(
            "{\"run\":\"s\",\"counts\":{\"total\":0,\"skipped\":0,\"failed\":0,\"completed\":0,"
                + "\"valid\":0},\"states\":{\"COMPLETE\":0,\"PRUNED\":0,\"FAIL\":0,\"RUNNING\":0,"
                + "\"WAITING\":0},\"best\":null,"
                + "\"top\":[],\"total_duration_seconds\":0.0,\"mean_duration_seconds\":null,"
                + "\"score_versions\":{\"known\":[],\"missing\":0},\"last_update\":null}");
    assertThat(summary.toText()).contains("none: no valid trial");
  }

  @Test
  void noTopStillHasABest() {
    trial(study("s", Direction.MAXIMIZE), 1, 1.0, true);
    Summary summary = summary("s", 0);
    assertThat(summary.study().top()).isEmpty();
    assertThat(summary.study().best()).isNotNull();
  }

  @Test
  void metricsThatAreNotFiniteAreNullInJson() {
    trial(
        study("s", Direction.MAXIMIZE),
        1,
        builder -> builder.value(1).metrics(Json.object().put("m", Double.NaN)));
    assertThat(summary("s", 1).toJsonText()).contains("\"metrics\":{\"m\":null}");
  }

  @Test
  void anExactNameWinsOverPrefixes() {
    study("run/validation", Direction.MAXIMIZE);
    study("run", Direction.MAXIMIZE);
    assertThat(summary("run", 1).run()).isEqualTo("run");
    assertThat(summary("run/val", 1).run()).isEqualTo("run/validation");
  }

  @Test
  void aRunsFolderInTheStoreIsItsStudy() {
    study("other", Direction.MAXIMIZE);
    StudyRecord study = study("Some name", Direction.MAXIMIZE);
    trial(study, 1, 1.0, true);
    store.flush();
    assertThat(store.runDirectory(study)).isDirectory();
    assertThat(summary(store.runDirectory(study).toString(), 1).run()).isEqualTo("Some name");
  }

  @Test
  void aPathMeansTheRunOfItsLastSegment() {
    study("campaign/run_7", Direction.MAXIMIZE);
    study("campaign/run_8", Direction.MAXIMIZE);
    study("other/run_8", Direction.MAXIMIZE);
    assertThat(summary("/elsewhere/run_7/", 1).run()).isEqualTo("campaign/run_7");
    assertThatThrownBy(() -> summary("/elsewhere/run_8", 1))
        .hasMessageContaining("may be any of 2 runs");
    assertThatThrownBy(() -> summary("/elsewhere/run_9", 1)).hasMessageContaining("no run");
  }

  @Test
  void anAmbiguousNameListsItsCandidates() {
    for (int i = 0; i < 12; i++) {
      study("run" + i, Direction.MAXIMIZE);
    }
    assertThatThrownBy(() -> summary("run", 1))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageStartingWith("'run' may be any of 12 runs; give more of the name:\n  run0\n")
        .hasMessageEndingWith("\n  run9\n  and 2 more");
  }

  @Test
  void anUnknownNameGetsTheNearest() {
    study("backtest", Direction.MAXIMIZE);
    study("zzz", Direction.MAXIMIZE);
    assertThatThrownBy(() -> summary("baktest", 1))
        .isInstanceOf(AnalyticsException.class)
        .hasMessageStartingWith("there is no run 'baktest'; the nearest names are:\n  backtest\n");
    assertThatThrownBy(() -> summary("", 1)).isInstanceOf(AnalyticsException.class);
  }

  @Test
  void aFolderOfRunsHasNoTrialsOfItsOwn() {
    study("campaign/a", Direction.MAXIMIZE);
    trial(study("campaign/b", Direction.MAXIMIZE), 1, 1.0, true);
    Summary summary = summary("campaign", 5);
    assertThat(summary.study().counts().total()).isZero();
    assertThat(summary.runs()).containsExactly("campaign/a", "campaign/b");
    assertThat(summary.toText()).contains("campaign/b");
    assertThat(summary("b", 5).run()).isEqualTo("campaign/b");
  }
}
