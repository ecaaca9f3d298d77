package dev.assay.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.Claim;
import dev.assay.storage.Direction;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.Json;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DeletedStudyTest {
  @TempDir Path directory;

  @Test
  void aSessionThatIsOpenKeepsItsAnswerAndTheNextOneHasNothing() throws Exception {
    String question = "SELECT study_id, number, value FROM trials ORDER BY number";
    try (Store store = Store.open(directory)) {
      StudyRecord study =
          store.openStudy("gone", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      finish(store, study, 1);
      store.seal(study.id());
      finish(store, study, 2);
      try (Analytics session = Analytics.open(store)) {
        String before = Answers.text(session, ResultFormat.CSV, question);
        assertThat(before).hasLineCount(3);

        store.deleteStudy(study.id());

        assertThat(Answers.text(session, ResultFormat.CSV, question)).isEqualTo(before);
        try (Analytics next = Analytics.open(store)) {
          assertThat(Answers.text(next, ResultFormat.CSV, question)).hasLineCount(1);
          assertThat(Answers.text(next, ResultFormat.CSV, "FROM studies")).hasLineCount(1);
        }
      }
    }
  }

  private static void finish(Store store, StudyRecord study, int key) {
    Claim claim = store.claim(study.id(), Json.object().put("x", key), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder().state(TrialState.COMPLETE).value(key).build());
  }
}
