package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.assay.storage.json.Json;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class SpoolTest {
  private static final int LARGE = 200 * 1024;
  private static final int HUGE = 50 << 20;

  @TempDir Path directory;

  /** Text that does not shrink to nothing. */
  private static String text(int length) {
    byte[] bytes = new byte[length / 4 * 3];
    new Random(length).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static StudyRecord study(Store store) {
    return store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static Claim.Lease claim(Store store, StudyRecord study, ObjectNode params) {
    return ((Claim.Acquired) store.claim(study.id(), params, Json.object(), null)).lease();
  }

  private static FrozenTrial finish(Store store, StudyRecord study, double value, String note) {
    return store.finish(
        claim(store, study, Json.object().put("x", value)),
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(value)
            .metrics(Json.object().put("m", value))
            .userAttrs(Json.object().put("note", note))
            .build());
  }

  private List<Path> spooled() throws Exception {
    Path spool = directory.resolve("spool");
    if (!Files.exists(spool)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(spool)) {
      return files.toList();
    }
  }

  private List<List<Object>> records() throws Exception {
    List<Path> parts =
        StudyImportTest.filesBelow(directory.resolve("lake/trials")).stream()
            .filter(file -> file.toString().contains("part-"))
            .toList();
    return LakeFixture.query("SELECT record FROM read_parquet(FILES) ORDER BY number", parts);
  }

  @Test
  void recordOverTheLimitIsKeptOutsideTheDatabaseUntilItIsSealed() throws Exception {
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store);
      finish(store, study, 2, "small");
      assertThat(spooled()).isEmpty();
      FrozenTrial large = finish(store, study, 1, text(LARGE));
      assertThat(spooled()).hasSize(1);
      store.seal(study.id());
      assertThat(spooled()).isEmpty();
      assertThat(Records.read((String) records().get(1).get(0))).isEqualTo(large);
    }
  }

  @Test
  void trialOfFiftyMegabytesIsFinishedShownSealedAndStaysTheBest() throws Exception {
    FrozenTrial huge;
    StudyRecord study;
    try (Store store = Store.open(directory)) {
      study = study(store);
      huge = finish(store, study, 1, text(HUGE));
      assertThat(Files.size(spooled().get(0))).isLessThan(HUGE * 4L / 5);
      store.refresh();
      store.seal(study.id());
      assertThat(store.bestTrial(study.id())).isEqualTo(huge);
      assertThat(Records.read((String) records().get(0).get(0))).isEqualTo(huge);
      assertThat(store.runDirectory(study).resolve("best_trial.json"))
          .hasSameBinaryContentAs(store.runDirectory(study).resolve("trial_001.json"));
    }
    assertThat(Files.size(directory.resolve("live.db"))).isLessThan(1 << 20);
    assertThat(spooled()).hasSize(1);
    try (Store store = Store.open(directory)) {
      assertThat(store.bestTrial(study.id())).isEqualTo(huge);
      finish(store, study, 2, "small");
      store.seal(study.id());
      assertThat(spooled()).isEmpty();
    }
  }

  /** Arrays of many megabytes make the JVM hold up all of its threads. */
  @Test
  void finishOfFiftyMegabytesTakesLittleMemory() {
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store);
      finish(store, study, 1, text(LARGE));
      Claim.Lease lease = claim(store, study, Json.object().put("x", 2));
      FrozenTrial trial =
          FrozenTrial.builder()
              .state(TrialState.COMPLETE)
              .value(2)
              .userAttrs(Json.object().put("note", text(HUGE)))
              .build();
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      store.finish(lease, trial);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(HUGE / 10);
    }
  }

  @Test
  void largeParametersAreClaimedFinishedAndInterrupted() throws Exception {
    ObjectNode params = Json.object().put("text", text(LARGE));
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store);
      Claim.Lease first = claim(store, study, params);
      assertThat(store.claim(study.id(), params, Json.object(), null))
          .isInstanceOf(Claim.Duplicate.class);
      FrozenTrial result = FrozenTrial.builder().state(TrialState.COMPLETE).value(1).build();
      FrozenTrial finished = store.finish(first, result);
      assertThat(finished.params()).isEqualTo(params);
      assertThat(store.finish(first, result)).isEqualTo(finished);
      claim(store, study, Json.object().put("text", text(LARGE + 4)));
    }
    try (Store store = Store.open(directory)) {
      store.seal(study(store).id());
      FrozenTrial finished = Records.read((String) records().get(0).get(0));
      FrozenTrial interrupted = Records.read((String) records().get(1).get(0));
      assertThat(finished.params()).isEqualTo(params);
      assertThat(interrupted.params().get("text").textValue()).isEqualTo(text(LARGE + 4));
      assertThat(interrupted.error()).isEqualTo(Interruptions.INTERRUPTED);
      assertThat(List.of(interrupted.id(), interrupted.number())).containsExactly(1L, 1L);
      assertThat(interrupted.trialFile()).isEqualTo("trial_002.json");
      // The first trial is the best.
      assertThat(spooled()).hasSize(1);
    }
  }

  @Test
  void streamGivesLargeTrialsAsTheyWereWhenItWasOpened() throws Exception {
    ObjectNode params = Json.object().put("text", text(LARGE));
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store);
      FrozenTrial first = finish(store, study, 1, text(LARGE));
      Claim.Lease running = claim(store, study, params);
      List<FrozenTrial> before;
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        before = trials.toList();
      }
      assertThat(before.get(0)).isEqualTo(first);
      assertThat(before.get(1).params()).isEqualTo(params);
      assertThat(before.get(1).state()).isEqualTo(TrialState.RUNNING);
      assertThat(store.trial(study.id(), 1)).isEqualTo(before.get(1));
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        finish(store, study, 2, "better");
        store.finish(running, FrozenTrial.builder().state(TrialState.COMPLETE).value(0).build());
        store.seal(study.id());
        assertThat(spooled()).isEmpty();
        assertThat(trials.toList()).isEqualTo(before);
      }
    }
  }

  @Test
  void onlyFilesOfEndedWorkersThatNoRowNamesAreCleanedUp() throws Exception {
    StoreOptions options = new StoreOptions(Duration.ofSeconds(60), 10_000);
    try (Store store = Store.open(directory, options)) {
      StudyRecord study = study(store);
      finish(store, study, 1, text(LARGE));
      Path named = spooled().get(0);
      String worker = named.getFileName().toString().replaceFirst("-.*", "");
      Path underWay = named.resolveSibling(worker + "-00.json.zst");
      Path left = named.resolveSibling("77-00.json.zst");
      Path foreign = named.resolveSibling("notes.txt");
      for (Path file : List.of(underWay, left, foreign)) {
        Files.writeString(file, "x");
      }
      try (Store other = Store.open(directory)) {
        assertThat(spooled()).containsExactlyInAnyOrder(named, underWay, foreign);
        other.seal(study.id());
        assertThat(other.bestTrial(study.id())).isNotNull();
        assertThat(named).exists();
      }
    }
    assertThat(spooled()).hasSize(2);
  }

  @Test
  void fileThatIsAboutToBeNamedSurvivesASweep() throws Exception {
    try (LakeFixture fixture = new LakeFixture(directory)) {
      Spool spool = fixture.lake.spool();
      FrozenTrial trial =
          FrozenTrial.builder().userAttrs(Json.object().put("note", text(LARGE))).build();
      HotRecord record = spool.put(trial);
      spool.sweep();
      assertThat(record.trial(directory)).isEqualTo(trial);
      spool.release(record);
      spool.sweep();
      assertThat(spooled()).isEmpty();
    }
  }

  @Test
  void missingFileIsNamed() throws Exception {
    try (Store store = Store.open(directory)) {
      StudyRecord study = study(store);
      finish(store, study, 1, text(LARGE));
      store.flush();
      Path file = spooled().get(0);
      byte[] content = Files.readAllBytes(file);
      Files.delete(file);
      assertThatThrownBy(() -> store.bestTrial(study.id()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(file + " is missing, and trial 0 in live.db names it");
      assertThatThrownBy(() -> store.seal(study.id()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(file + " is missing");
      Files.write(file, content);
      store.seal(study.id());
      assertThat(records()).hasSize(1);
    }
  }
}
