package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.StudySummary.Counts;
import dev.assay.storage.StudySummary.States;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudySummaryTest {
  @TempDir Path directory;

  private Store store;
  private int next;

  @BeforeEach
  void open() {
    store = Store.open(directory);
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StudyRecord study(Direction... directions) {
    return store.openStudy("s", List.of(directions), Json.object(), Json.object());
  }

  private FrozenTrial finish(StudyRecord study, UnaryOperator<FrozenTrial.Builder> result) {
    ObjectNode params = Json.object().put("x", next++);
    Claim claim = store.claim(study.id(), params, Json.object(), null);
    return store.finish(
        ((Claim.Acquired) claim).lease(),
        result.apply(FrozenTrial.builder().state(TrialState.COMPLETE)).build());
  }

  @Test
  void countsTrialsAsTheLegacySystemCountsTheirFiles() {
    StudyRecord study = study(Direction.MAXIMIZE);
    finish(study, trial -> trial.value(1));
    finish(study, trial -> trial.value(2).constraintsOk(false));
    finish(study, trial -> trial.value(2).constraintsOk(true).error("late"));
    finish(study, trial -> trial.value(2).error(""));
    finish(study, trial -> trial.value(Double.POSITIVE_INFINITY));
    finish(study, trial -> trial.state(TrialState.PRUNED).value(9));
    finish(study, trial -> trial.state(TrialState.FAIL));
    ObjectNode skipped = Json.object().put("skipped", true);
    finish(study, trial -> trial.state(TrialState.PRUNED).error("duplicate").userAttrs(skipped));
    finish(study, trial -> trial.value(3).userAttrs(Json.object().put("skipped", 0)));
    ObjectNode failures = Json.object();
    failures.putArray("hard_failures").add("x");
    finish(study, trial -> trial.value(9).userAttrs(failures));

    StudySummary summary = store.summary(study.id(), 10);

    assertThat(summary.counts()).isEqualTo(new Counts(10, 1, 3, 9, 3));
    assertThat(summary.states()).isEqualTo(new States(7, 2, 1, 0, 0));
    assertThat(summary.top()).extracting(StudySummary.Trial::score).containsExactly(3.0, 2.0, 1.0);
    assertThat(summary.best()).isEqualTo(summary.top().get(0));
  }

  @Test
  void listsTheBestHundredAndRanksEqualsByTheNamesOfTheirFiles() {
    StudyRecord study = study(Direction.MINIMIZE);
    for (int i = 0; i < 1100; i++) {
      finish(study, trial -> trial.value(next < 995 ? 5 : -1));
    }
    assertThat(store.summary(study.id(), StudySummary.MAX_TOP).top())
        .extracting(StudySummary.Trial::trialFile)
        .isEqualTo(IntStream.range(1000, 1100).mapToObj("trial_%d.json"::formatted).toList());
  }

  @Test
  void aTrialOfTheTopWithALargeDocumentIsReadFromWhereItIs() {
    StudyRecord study = study(Direction.MAXIMIZE);
    String large = "m".repeat(70_000);
    finish(study, trial -> trial.value(1).metrics(Json.object().put("text", large)));
    StudySummary hot = store.summary(study.id(), 1);
    assertThat(hot.top().get(0).metrics().get("text").textValue()).isEqualTo(large);
    store.seal(study.id());
    assertThat(store.summary(study.id(), 1)).isEqualTo(hot);
  }

  @Test
  void theDurationsAreSummedWithoutRounding() {
    StudyRecord study = study(Direction.MAXIMIZE);
    Instant last = Instant.parse("2026-01-02T03:04:05.000006Z");
    finish(study, trial -> trial.durationSeconds(1e16).complete(last));
    finish(study, trial -> trial.durationSeconds(1.0).complete(last.minusSeconds(9)));
    finish(study, trial -> trial.durationSeconds(1.0).complete(last.minusSeconds(9)));
    finish(study, trial -> trial.complete(last.minusSeconds(9)));
    ObjectNode skipped = Json.object().put("skipped", true);
    finish(study, trial -> trial.durationSeconds(0.0).complete(last).userAttrs(skipped));
    StudySummary summary = store.summary(study.id(), 1);
    assertThat(summary.totalDurationSeconds()).isEqualTo(1e16 + 2);
    assertThat(summary.meanDurationSeconds()).isEqualTo((1e16 + 2) / 3);
    assertThat(summary.lastUpdate()).isEqualTo(last);
  }

  @Test
  void countsTheScoreVersionsOfValidTrials() {
    StudyRecord study = study(Direction.MAXIMIZE);
    for (String version : List.of("v2", "v1", "v2", "\ud83d", "\ud83d")) {
      ObjectNode attrs = Json.object().put("score_version", version);
      finish(study, trial -> trial.value(1).userAttrs(attrs));
      finish(study, trial -> trial.state(TrialState.FAIL).error("x").userAttrs(attrs));
    }
    finish(study, trial -> trial.value(1).userAttrs(Json.object().put("score_version", 3)));
    finish(study, trial -> trial.value(1));
    StudySummary.ScoreVersions versions = store.summary(study.id(), 1).scoreVersions();
    assertThat(versions.known()).isEqualTo(Map.of("v1", 1L, "v2", 2L, "\ud83d", 2L, "3", 1L));
    assertThat(versions.missing()).isEqualTo(1);
  }

  @Test
  void severalObjectivesHaveNoBest() {
    StudyRecord study = study(Direction.MAXIMIZE, Direction.MINIMIZE);
    finish(study, trial -> trial.values(List.of(1.0, 2.0)));
    StudySummary summary = store.summary(study.id(), 5);
    assertThat(summary.counts()).isEqualTo(new Counts(1, 0, 0, 1, 0));
    assertThat(summary.top()).isEmpty();
    assertThat(summary.best()).isNull();
  }
}
