package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes seal, show and compact the same study's trials, each in its own rounds. */
class SealRaceTest {
  /** {@code -Dassay.rounds=200} for more. */
  private static final int ROUNDS = Integer.getInteger("assay.rounds", 60);

  private static final int TRIALS_A_ROUND = 2;

  @TempDir(factory = MemoryDisk.class)
  Path directory;

  @Test
  void aPartIsCommittedOnceTheLoserLeavesNothingAndAQueryIsOneSnapshot() throws Exception {
    Path path = directory.resolve("store");
    try (Store store = Store.open(path)) {
      study(store);
      store.refresh();
    }
    List<StoreProcess> processes = new ArrayList<>();
    for (int seed = 1; seed <= 2; seed++) {
      processes.add(StoreProcess.run(Racer.class, directory, path, seed, ROUNDS));
    }
    List<List<Object>> first = List.of();
    while (processes.stream().anyMatch(StoreProcess::isAlive)) {
      first = requireOneSnapshot(path);
    }
    for (StoreProcess process : processes) {
      assertThat(process.join()).doesNotContain("locked").doesNotContain("Exception");
    }
    assertThat(first).isNotEmpty();

    long all = 2L * ROUNDS * TRIALS_A_ROUND;
    try (Store store = Store.openExisting(path);
        StoredTrials trials = new StoredTrials()) {
      store.seal(study(store).id());
      assertThat(trials.read(path)).hasSize((int) all);
      assertNoFileIsWithoutItsPart(path);
    }
  }

  /**
   * The files of one manifest give the same answer twice, and each trial once, whatever goes on.
   */
  private static List<List<Object>> requireOneSnapshot(Path store) throws Exception {
    List<Path> files = new ArrayList<>();
    Json.parse(Files.readAllBytes(store.resolve("manifest.json")))
        .path("files")
        .forEach(part -> files.add(store.resolve(part.path("path").textValue())));
    if (files.isEmpty()) {
      return List.of();
    }
    String sum =
        "SELECT count(*), count(DISTINCT trial_id), sum(hash(trial_id, value)) FROM"
            + " read_parquet(FILES)";
    List<List<Object>> before = LakeFixture.query(sum, files);
    assertThat(before.get(0).get(0)).isEqualTo(before.get(0).get(1));
    assertThat(LakeFixture.query(sum, files)).isEqualTo(before);
    return before;
  }

  private static void assertNoFileIsWithoutItsPart(Path store) throws Exception {
    Set<String> known = new HashSet<>();
    try (LiveDatabase live = LiveDatabase.open(store.resolve("live.db"))) {
      known.addAll(live.query(sql -> sql.list("SELECT path FROM parts", row -> row.getString(1))));
      assertThat(
              live.<Long>query(
                  sql -> sql.number("SELECT count(*) FROM parts WHERE status = 'reserved'")))
          .isZero();
    }
    try (Stream<Path> files = Files.walk(store.resolve("lake"))) {
      assertThat(
              files
                  .map(file -> store.relativize(file).toString())
                  .filter(file -> file.endsWith(".tmp") || file.contains("part-")))
          .isSubsetOf(known);
    }
  }

  private static StudyRecord study(Store store) {
    return store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  /** One of the processes. */
  static final class Racer {
    public static void main(String[] arguments) throws Exception {
      long seed = Long.parseLong(arguments[1]);
      int rounds = Integer.parseInt(arguments[2]);
      Random random = new Random(seed);
      try (Store store = Store.open(Path.of(arguments[0]))) {
        StudyRecord study = study(store);
        for (int round = 0; round < rounds; round++) {
          for (int i = 0; i < TRIALS_A_ROUND; i++) {
            Claim claim =
                store.claim(
                    study.id(),
                    Json.object().put("seed", seed).put("round", round).put("i", i),
                    Json.object(),
                    null);
            store.finish(
                ((Claim.Acquired) claim).lease(),
                FrozenTrial.builder().state(TrialState.COMPLETE).value(round).build());
          }
          Thread.sleep(random.nextInt(6));
          int turn = random.nextInt(6);
          if (turn < 2) {
            store.refresh();
          } else if (turn == 2) {
            store.compact(study.id());
          } else {
            store.seal(study.id());
          }
        }
      }
    }
  }
}
