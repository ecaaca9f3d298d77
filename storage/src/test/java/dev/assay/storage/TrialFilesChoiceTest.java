package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whether a study's trials have files in {@code runs/} is chosen when it is created. */
class TrialFilesChoiceTest {
  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void open() {
    store = Store.open(directory.resolve("store"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private StudyFixture study(@Nullable TrialFiles trialFiles) {
    return StudyFixture.open(store, "study", trialFiles);
  }

  @Test
  void withNoneARunHasOnlyTheStudysFiles() throws IOException {
    StudyFixture study = study(TrialFiles.NONE);
    study.evaluate(1, 1);
    study.evaluate(2, 2);
    store.flush();
    study.seal();
    study.evaluate(3, 3);
    store.close();
    open();
    study(null).evaluate(4, 4);
    store.flush();

    assertThat(study.files()).containsExactly("best_trial.json", "run_meta.json");
    JsonNode best = Json.parse(Files.readAllBytes(study.run().resolve("best_trial.json")));
    assertThat(best.path("number").asInt()).isEqualTo(3);
    JsonNode meta = Json.parse(Files.readAllBytes(study.run().resolve("run_meta.json")));
    assertThat(meta.path("optuna").path("n_trials").asInt()).isEqualTo(4);
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void filesThatWereNotWrittenAreMadeByARestore() throws IOException {
    StudyFixture study = study(TrialFiles.NONE);
    study.evaluate(1, 1);
    study.seal();
    FrozenTrial hot = study.evaluate(2, 2);
    Path target = directory.resolve("target");

    store.restore(study.id(), target, path -> true);

    assertThat(StudyFixture.names(target))
        .containsExactly("best_trial.json", "run_meta.json", "trial_001.json", "trial_002.json");
    assertThat(Json.parse(Files.readAllBytes(target.resolve("trial_002.json"))).toString())
        .isEqualTo(TrialDocument.toJson(hot).toString());
  }

  @ParameterizedTest
  @EnumSource(TrialFiles.class)
  void theLakeSaysWhatWasChosen(TrialFiles chosen) throws IOException {
    StudyFixture study = study(chosen);
    study.evaluate(1, 1);
    study.seal();

    JsonNode manifest = Json.parse(Files.readAllBytes(store.directory().resolve("manifest.json")));
    assertThat(manifest.path("studies").path(0).path("trial_files").textValue())
        .isEqualTo(chosen.text());
    Path part = store.directory().resolve(manifest.path("files").path(0).path("path").textValue());
    assertThat(store.trials.reader().footer(part).metadata())
        .containsEntry("assay.trial_files", chosen.text());
  }

  @Test
  void aStudyStaysAsItWasCreated() {
    assertThat(study(null).study().trialFiles()).isEqualTo(TrialFiles.KEEP);
    assertThat(study(TrialFiles.KEEP).study().trialFiles()).isEqualTo(TrialFiles.KEEP);
    assertThatThrownBy(() -> study(TrialFiles.NONE))
        .isInstanceOf(StoreException.class)
        .hasMessage(
            "study 'study' was created with trial_files: keep, asked for was none; leave it out, or use another name");

    StudyFixture other = StudyFixture.open(store, "other", TrialFiles.NONE);
    assertThat(StudyFixture.open(store, "other").study()).isEqualTo(other.study());
  }

  @Test
  void anImportedRunGoesOnAsWasChosen() throws IOException {
    StudySettings settings =
        new StudySettings(
            "study", List.of(Direction.MAXIMIZE), Json.object(), Json.object(), TrialFiles.NONE);
    try (StudyImport run = store.beginImport(settings)) {
      run.addTrial(StudyFixture.complete(1));
      assertThat(run.commit().trialFiles()).isEqualTo(TrialFiles.NONE);
    }

    StudyFixture study = study(null);
    study.evaluate(1, 1);
    store.flush();

    assertThat(study.study().trialFiles()).isEqualTo(TrialFiles.NONE);
    assertThat(study.files()).containsExactly("best_trial.json", "run_meta.json");
  }
}
