package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class UpkeepTest {
  @TempDir Path store;

  private static long snapshot(LakeFixture fixture) throws Exception {
    return fixture.manifest().get("snapshot").longValue();
  }

  private static Upkeep upkeep(LakeFixture fixture) {
    return new Upkeep(fixture.lake, fixture.lake::seal, fixture::seal, 3);
  }

  private static void await(Callable<Boolean> condition) throws Exception {
    while (!condition.call()) {
      Thread.sleep(50);
    }
  }

  @Test
  void finishedTrialBecomesVisibleByItself() throws Exception {
    try (Store open = Store.open(store)) {
      StudyRecord study =
          open.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      Claim claim = open.claim(study.id(), Json.object().put("x", 1), Json.object(), null);
      open.finish(
          ((Claim.Acquired) claim).lease(),
          FrozenTrial.builder().state(TrialState.COMPLETE).value(1).build());
      Path manifest = store.resolve("manifest.json");
      await(() -> !Json.parse(Files.readString(manifest)).get("files").isEmpty());
    }
  }

  @Test
  void lookShowsWhatIsNewAndLeavesTheRestAlone() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      Upkeep upkeep = upkeep(fixture);
      fixture.insertComplete(study, 1);
      upkeep.look();
      assertThat(fixture.files("delta")).hasSize(1);
      long snapshot = snapshot(fixture);
      upkeep.look();
      assertThat(snapshot(fixture)).isEqualTo(snapshot);
    }
  }

  @Test
  void whatAnotherProcessIsAboutToShowIsLeftToItUnlessItIsSlow() throws Exception {
    try (LakeFixture slow = new LakeFixture(store);
        LakeFixture other = new LakeFixture(store)) {
      long study = slow.createStudy("s");
      slow.insertComplete(study, 1);
      HotPart delta =
          HotPart.reserveDelta(
                  store, slow.live, slow.workerId, new HotSelection.Unseen(study, null, 1))
              .orElseThrow();
      Upkeep upkeep = upkeep(other);
      upkeep.look();
      assertThat(other.files("delta")).isEmpty();
      upkeep.look();
      assertThat(other.files("delta")).hasSize(1);
      assertThat(delta.run()).isFalse();
    }
  }

  @Test
  void studyIsSealedWhenNothingHasEndedForAWhile() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      fixture.insertComplete(study, 1);
      List<Long> sealed = new ArrayList<>();
      Upkeep upkeep = new Upkeep(fixture.lake, fixture.lake::seal, sealed::add, 3);
      for (int i = 0; i < Upkeep.IDLE_PAUSES; i++) {
        upkeep.look();
      }
      assertThat(sealed).isEmpty();
      upkeep.look();
      assertThat(sealed).containsExactly(study);
    }
  }

  @Test
  void manyNewTrialsAreSealedAtOnceAndShownWhereThatFails() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      long study = fixture.createStudy("s");
      for (int x = 0; x < 3; x++) {
        fixture.insertComplete(study, x);
      }
      new Upkeep(
              fixture.lake,
              fixture.lake::seal,
              id -> {
                throw new StoreException("cannot write a trial's file");
              },
              3)
          .look();
      assertThat(fixture.files("delta")).hasSize(1);
      assertThat(fixture.files("trials")).isEmpty();

      for (int x = 3; x < 6; x++) {
        fixture.insertComplete(study, x);
      }
      upkeep(fixture).look();
      assertThat(fixture.files("delta")).isEmpty();
      assertThat(fixture.files("trials")).hasSize(1);
    }
  }
}
