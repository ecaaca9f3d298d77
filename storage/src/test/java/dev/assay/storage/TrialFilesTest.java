package dev.assay.storage;

import static dev.assay.storage.StudyFixture.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.disk.Operation.Kind;
import dev.assay.storage.disk.WatchedDisk;
import dev.assay.storage.disk.Watcher;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class TrialFilesTest {
  @TempDir Path directory;
  private Store store;
  private StudyRecord study;

  @BeforeEach
  void open() throws IOException {
    open(directory);
  }

  private void open(Path parent) throws IOException {
    store = Store.open(parent.resolve("store"), new StoreOptions(Duration.ofMinutes(1), 40));
    study =
        store.openStudy(
            "My study!",
            List.of(Direction.MINIMIZE),
            Json.object(),
            (ObjectNode)
                Json.parse(
                    "{\"source\": \"s.yaml\", \"raw_meta\": {\"symbol\": \"tBTCUSD\", \"runs\": {}}}"));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private Path run() {
    return store.runDirectory(study);
  }

  private FrozenTrial evaluate(int x, double value) {
    Claim claim = store.claim(study.id(), Json.object().put("x", x), Json.object(), null);
    return store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder().state(TrialState.COMPLETE).value(value).build());
  }

  private static JsonNode json(Path file) throws IOException {
    return Json.parse(Files.readAllBytes(file));
  }

  @Test
  void aRunHasItsFilesAfterAFlush() throws IOException {
    evaluate(1, 3.5);
    FrozenTrial best = evaluate(2, -1.25);
    evaluate(3, -1.25);
    store.claim(study.id(), Json.object().put("x", 3), Json.object(), null);

    store.flush();

    assertThat(run()).isEqualTo(directory.resolve("store/runs/1-my-study"));
    assertThat(names(run()))
        .containsExactly(
            "best_trial.json",
            "run_meta.json",
            "trial_001.json",
            "trial_002.json",
            "trial_003.json");
    assertThat(json(run().resolve("trial_002.json")))
        .hasToString(TrialDocument.toJson(best).toString());
    assertThat(Files.readString(run().resolve("trial_002.json")))
        .startsWith("{\n  \"trial_id\": \"trial_002\",\n  \"parameters\": {\n    \"x\": 2\n  },\n");
    assertThat(run().resolve("best_trial.json"))
        .as("the first of equals")
        .hasSameBinaryContentAs(run().resolve("trial_002.json"));
    JsonNode meta = json(run().resolve("run_meta.json"));
    assertThat(meta.path("started_at").asText())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}\\+00:00");
    assertThat(meta.toString())
        .startsWith(
            "{\"run_id\":\"My study!\",\"config_path\":\"s.yaml\",\"symbol\":\"tBTCUSD\",\"started_at\":")
        .endsWith(
            "\"raw_meta\":{\"symbol\":\"tBTCUSD\",\"runs\":{}},\"optuna\":{\"study_name\":\"My study!\","
                + "\"direction\":\"minimize\",\"n_trials\":3,\"best_value\":-1.25,"
                + "\"best_trial_number\":1,\"diagnostics\":{\"total_trials_attempted\":4,"
                + "\"duplicate_count\":1,\"complete_count\":3,\"pruned_count\":0,\"failed_count\":0,"
                + "\"duplicate_ratio\":0.25,\"pruned_ratio\":0.0}}}");
  }

  @Test
  void theBestIsFiniteAndComplete() throws IOException {
    evaluate(1, Double.NEGATIVE_INFINITY);
    evaluate(2, Double.NaN);
    evaluate(3, 5);
    Claim claim = store.claim(study.id(), Json.object().put("x", 4), Json.object(), null);
    store.finish(
        ((Claim.Acquired) claim).lease(),
        FrozenTrial.builder().state(TrialState.PRUNED).value(1).build());
    store.flush();

    assertThat(json(run().resolve("best_trial.json")).path("number").asInt()).isEqualTo(2);
  }

  @Test
  void filesThatAProcessDidNotComeToWriteAreWrittenByTheNext() throws IOException {
    evaluate(1, 1);
    evaluate(2, 2);
    store.close();
    Files.delete(run().resolve("trial_002.json"));
    Files.delete(run().resolve("best_trial.json"));
    Files.writeString(run().resolve(".trial_002.json.7777.tmp"), "{");
    open();
    store.flush();

    assertThat(names(run()))
        .containsExactly("best_trial.json", "run_meta.json", "trial_001.json", "trial_002.json");
    assertThat(json(run().resolve("trial_002.json")).path("parameters").path("x").asInt())
        .isEqualTo(2);
  }

  @Test
  void filesThatAPowerLossLeftEmptyOrInPartsAreWrittenAgain() throws IOException {
    Path empty = run().resolve("trial_001.json");
    Path torn = run().resolve("trial_002.json");
    evaluate(1, 1);
    evaluate(2, 2);
    store.close();
    List<byte[]> whole = List.of(Files.readAllBytes(empty), Files.readAllBytes(torn));
    Files.write(empty, new byte[0]);
    String text = Files.readString(torn);
    Files.writeString(torn, text.substring(0, text.indexOf("  }") + 3));
    open();
    store.flush();

    assertThat(empty).hasBinaryContent(whole.get(0));
    assertThat(torn).hasBinaryContent(whole.get(1));
  }

  @Test
  void anEntryOutOfHandDoesNotKeepMissingFilesFromBeingWritten() throws IOException {
    evaluate(1, 1);
    store.close();
    Path missing = run().resolve("trial_001.json");
    Files.delete(missing);
    Files.writeString(run().resolve(".trial_001.json.7777.tmp"), "{");
    Files.writeString(run().resolve(".trial_001.json.99999999999999999999.tmp"), "{");
    Watcher undeletable =
        operation -> {
          if (operation.kind() == Kind.DELETE && operation.path().toString().contains(".7777.")) {
            throw new FileSystemException(operation.path().toString(), null, "in use");
          }
        };

    open(WatchedDisk.watch(directory, undeletable));
    store.flush();

    assertThat(missing).isRegularFile();
  }

  @Test
  void whatOthersPutIntoRunMetaStaysThere() throws IOException {
    evaluate(1, 2);
    store.close();
    Path file = run().resolve("run_meta.json");
    ObjectNode meta = (ObjectNode) json(file);
    meta.put("note", "mine").put("run_id", "not mine");
    ((ObjectNode) meta.path("optuna")).put("sampler", "TPE").put("n_trials", 77);
    Files.writeString(file, meta.toString());
    open();
    evaluate(2, 1);
    store.flush();

    assertThat(json(file).path("note").asText()).isEqualTo("mine");
    assertThat(json(file).path("run_id").asText()).isEqualTo("My study!");
    assertThat(json(file).path("optuna").path("sampler").asText()).isEqualTo("TPE");
    assertThat(json(file).path("optuna").path("n_trials").asInt()).isEqualTo(2);

    store.close();
    Files.writeString(file, "{\"note\":");
    open();
    store.flush();
    assertThat(json(file).path("run_id").asText()).isEqualTo("My study!");
  }

  @Test
  void trialsOfAResumedLegacyRunHaveFilesOfTheirOwn() throws IOException {
    try (StudyImport legacy =
        store.beginImport("run", List.of(Direction.MINIMIZE), Json.object(), Json.object())) {
      for (String file : List.of("trial_007.json", "trial_2.json", "notes.json")) {
        legacy.addTrial(
            FrozenTrial.builder().state(TrialState.COMPLETE).value(1).trialFile(file).build());
      }
      study = legacy.commit();
    }

    FrozenTrial finished = evaluate(1, 1);
    Claim interrupted = store.claim(study.id(), Json.object().put("x", 2), Json.object(), null);
    store.close();

    assertThat(finished.number()).isEqualTo(3);
    assertThat(finished.trialFile()).isEqualTo("trial_008.json");
    assertThat(((Claim.Acquired) interrupted).lease().trialFile()).isEqualTo("trial_009.json");
    assertThat(names(run())).contains("trial_008.json", "trial_009.json").hasSize(4);
    assertThat(json(run().resolve("trial_008.json")).path("trial_id").asText())
        .isEqualTo("trial_008");
    assertThat(json(run().resolve("trial_009.json")).path("error").asText())
        .isEqualTo("interrupted");
  }

  @Test
  void aFileThatCannotBeWrittenIsNamedAndNoFinishIsLost() throws IOException {
    // A directory in the file's place: renaming fails there, whoever the user is.
    Files.createDirectories(run().resolve("trial_001.json/in-the-way"));
    assertThat(evaluate(1, 1).state()).isEqualTo(TrialState.COMPLETE);

    assertThatThrownBy(() -> store.flush())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("cannot write " + run().resolve("trial_001.json"))
        .hasMessageContaining("no trial is lost");
    assertThat(store.counts(study.id()).complete()).isEqualTo(1);
    evaluate(2, 2);

    Files.delete(run().resolve("trial_001.json/in-the-way"));
    Files.delete(run().resolve("trial_001.json"));
    assertThatCode(() -> store.flush()).doesNotThrowAnyException();
    assertThat(names(run())).contains("trial_001.json", "trial_002.json");
  }

  @Test
  @Timeout(120)
  void enoughTrialsAreSealedByThemselves() throws Exception {
    for (int x = 0; x < 39; x++) {
      evaluate(x, x);
    }
    store.flush();
    assertThat(parts("trials")).isZero();
    evaluate(39, 39);
    while (parts("trials") == 0) {
      Thread.sleep(20);
    }

    for (int x = 40; x < 60; x++) {
      evaluate(x, x);
    }
    store.flush();
    assertThat(parts("trials")).isEqualTo(1);
    assertThat(store.counts(study.id()).complete()).isEqualTo(60);
    store.close();
    assertThat(directory.resolve("store/manifest.json"))
        .content()
        .contains("\"kind\":\"trials\"")
        .contains("\"kind\":\"delta\"");
  }

  private long parts(String kind) {
    try (LiveDatabase live = LiveDatabase.open(directory.resolve("store/live.db"))) {
      return live.query(
          sql ->
              sql.number(
                  "SELECT count(*) FROM parts WHERE kind = ? AND status = 'committed'", kind));
    }
  }

  @Test
  void thousandthTrialHasFourDigits() {
    assertThat(RunDirectories.trialFile(0)).isEqualTo("trial_001.json");
    assertThat(RunDirectories.trialFile(998)).isEqualTo("trial_999.json");
    assertThat(RunDirectories.trialFile(999)).isEqualTo("trial_1000.json");
  }
}
