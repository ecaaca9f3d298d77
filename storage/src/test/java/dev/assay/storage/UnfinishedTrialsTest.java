package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials of an import that ran or waited where they came from. */
final class UnfinishedTrialsTest {
  private static final StudySummary.States STATES = new StudySummary.States(1, 0, 1, 2, 1);
  private static final List<TrialState> IN_ORDER =
      List.of(
          TrialState.RUNNING,
          TrialState.COMPLETE,
          TrialState.WAITING,
          TrialState.FAIL,
          TrialState.RUNNING);

  @TempDir Path store;

  @BeforeEach
  void takeAStudy() {
    try (Store opened = Store.open(store);
        StudyImport study =
            opened.beginImport(
                "s", List.of(Direction.MINIMIZE), Json.object(), Json.object().put("a", 1))) {
      // The first and the second have the same parameters.
      for (int i = 0; i < IN_ORDER.size(); i++) {
        ObjectNode params = Json.object().put("x", Math.max(1, i));
        study.addTrial(
            FrozenTrial.builder()
                .state(IN_ORDER.get(i))
                .values(IN_ORDER.get(i) == TrialState.COMPLETE ? List.of(0.5) : List.of())
                .params(params)
                .signature(Signatures.shared().parameterSignature(params))
                .build());
      }
      study.commit();
    }
  }

  private static List<TrialState> states(ReadableStore opened, StudyRecord study) {
    try (Stream<FrozenTrial> trials = opened.trials(study.id())) {
      return trials.map(FrozenTrial::state).toList();
    }
  }

  private static void requireAll(Store opened) {
    StudyRecord study = opened.studies().get(0);
    StudySummary summary = opened.summary(study.id(), 3);
    assertThat(summary.states()).isEqualTo(STATES);
    assertThat(summary.counts().total()).isEqualTo(2);
    assertThat(opened.counts(study.id()).running()).isZero();
    assertThat(opened.counts(study.id()).finished()).isEqualTo(2);
    assertThat(states(opened, study)).isEqualTo(IN_ORDER);
    assertThat(opened.verify().faults()).isEmpty();
  }

  @Test
  void countApartAndAreNeitherFinishedNorInFlight() {
    try (Store opened = Store.openExisting(store)) {
      requireAll(opened);
      opened.compact(opened.studies().get(0).id());
      requireAll(opened);
    }
  }

  @Test
  void holdNoSignature() {
    try (Store opened = Store.openExisting(store)) {
      long study = opened.studies().get(0).id();
      assertThat(claim(opened, study, 1)).isInstanceOf(Claim.Duplicate.class);
      for (int x : List.of(2, 4)) {
        Claim.Acquired claim = (Claim.Acquired) claim(opened, study, x);
        assertThat(claim.lease().number()).isGreaterThanOrEqualTo(IN_ORDER.size());
        opened.finish(
            claim.lease(), FrozenTrial.builder().state(TrialState.COMPLETE).value(1).build());
      }
      opened.seal(study);
      assertThat(opened.summary(study, 1).states())
          .isEqualTo(new StudySummary.States(3, 0, 1, 2, 1));
      assertThat(opened.verify().faults()).isEmpty();
    }
  }

  private static Claim claim(Store opened, long study, int x) {
    return opened.claim(study, Json.object().put("x", x), Json.object(), null);
  }

  @Test
  void surviveALostLiveDatabase() throws IOException {
    try (Stream<Path> files = Files.list(store)) {
      for (Path file : files.filter(file -> file.toString().contains("live.db")).toList()) {
        Files.delete(file);
      }
    }
    Store.repair(store);
    try (Store opened = Store.openExisting(store)) {
      requireAll(opened);
      assertThat(opened.studies().get(0).systemAttrs().path("a").intValue()).isEqualTo(1);
    }
  }

  @Test
  void areNotRestoredAsFiles() throws IOException {
    try (Store opened = Store.openExisting(store)) {
      Path restored = store.resolveSibling(store.getFileName() + "-restored");
      opened.restore(opened.studies().get(0).id(), restored, path -> path.startsWith("trial_"));
      try (Stream<Path> files = Files.list(restored)) {
        assertThat(files.map(file -> file.getFileName().toString()))
            .containsExactlyInAnyOrder("trial_002.json", "trial_004.json");
      }
    }
  }
}
