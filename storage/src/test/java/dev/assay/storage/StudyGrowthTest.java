package dev.assay.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyGrowthTest {
  private static final List<Direction> MAXIMIZE = List.of(Direction.MAXIMIZE);

  @TempDir Path directory;

  private static StudyRecord imported(Store store) {
    ObjectNode attributes = Json.object().put("source_kind", "legacy-run");
    try (StudyImport run = store.beginImport("run", MAXIMIZE, Json.object(), attributes)) {
      return run.commit();
    }
  }

  private static FrozenTrial trial(int number, TrialState state, double value, String signature) {
    return FrozenTrial.builder()
        .state(state)
        .value(value)
        .signature(signature)
        .params(Json.object().put("x", value))
        .trialFile("trial_%03d.json".formatted(number))
        .build();
  }

  private static StudyRecord grow(
      Store store, StudyRecord study, long trials, Consumer<StudyGrowth> what) {
    try (StudyGrowth growth = store.beginGrowth(study, trials)) {
      what.accept(growth);
      ObjectNode attributes = study.systemAttrs().deepCopy();
      return growth.commit(attributes.put("batch", attributes.path("batch").asInt() + 1));
    }
  }

  private static String guard(Store store) {
    String text =
        store.live.find(
            "SELECT group_concat(signature || ':' || coalesce(trial_id, '-') || ':' ||"
                + " coalesce(state, '-'), ' ') FROM signatures",
            row -> row.getString(1));
    return text == null ? "" : text;
  }

  private List<String> restored(Store store, StudyRecord study) throws Exception {
    Path target = directory.resolve("restored-" + System.nanoTime());
    assertThat(store.restore(study.id(), target, path -> true).problems()).isEmpty();
    List<String> files = new ArrayList<>();
    for (Path file : StudyImportTest.filesBelow(target)) {
      files.add(target.relativize(file) + "=" + Files.readString(file));
    }
    return files;
  }

  private static void put(StudyGrowth growth, String path, String content) {
    growth.putFile(path, null, content.getBytes(UTF_8));
  }

  private static void add(StudyGrowth growth, String path, String content) {
    growth.addFile(path, path, content.getBytes(UTF_8));
  }

  @Test
  void grownStudyIsWhatAnImportOfTheWholeWouldHaveMade() throws Exception {
    Path path = directory.resolve("store");
    try (Store store = Store.open(path)) {
      StudyRecord study = imported(store);
      study =
          grow(
              store,
              study,
              0,
              growth -> {
                add(growth, "trial_001.json", "one");
                put(growth, "run_meta.json", "early");
                put(growth, "_dedup.db", "guard");
                growth.addTrial(trial(1, TrialState.COMPLETE, 1, "a"));
                growth.addTrial(trial(2, TrialState.FAIL, 9, "f"));
                growth.addSignatures(List.of("a", "b", "g"));
              });
      assertThat(guard(store)).isEqualTo("a:0:COMPLETE b:-:- g:-:-");
      study =
          grow(
              store,
              study,
              2,
              growth -> {
                add(growth, "trial_003.json", "three");
                put(growth, "run_meta.json", "late");
                growth.addTrial(trial(3, TrialState.COMPLETE, 3, "b"));
                growth.addTrial(trial(4, TrialState.PRUNED, 2, "a"));
                growth.addTrial(trial(5, TrialState.FAIL, 0, "g"));
              });

      assertThat(guard(store)).as("held, freed, known").isEqualTo("a:0:COMPLETE b:2:COMPLETE");
      assertThat(store.bestTrial(study.id()))
          .isEqualTo(trial(3, TrialState.COMPLETE, 3, "b").toBuilder().id(2).number(2).build());
      assertThat(store.counts(study.id())).isEqualTo(new StudyCounts(2, 1, 2, 0, 2));
      assertThat(restored(store, study))
          .contains("_dedup.db=guard", "run_meta.json=late", "trial_001.json=one")
          .filteredOn(file -> file.startsWith("run_meta"))
          .hasSize(1);
      assertThat(store.archivedFiles(study.id()))
          .extracting(ArchivedFile::path, ArchivedFile::trialFile, ArchivedFile::size)
          .containsExactlyInAnyOrder(
              tuple("trial_001.json", "trial_001.json", 3L),
              tuple("trial_003.json", "trial_003.json", 5L),
              tuple("run_meta.json", null, 4L),
              tuple("_dedup.db", null, 5L));
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        assertThat(trials.map(FrozenTrial::number)).containsExactly(0L, 1L, 2L, 3L, 4L);
      }
      assertThat(store.studies().get(0).systemAttrs().path("batch").intValue()).isEqualTo(2);
      assertThat(store.verify().faults()).isEmpty();
      StudyFixture own = StudyFixture.open(store, "run");
      assertThat(own.evaluate(7, 7).trialFile()).isEqualTo("trial_006.json");
    }
  }

  /** Merges may mix files that change with files that stay, and move them while they change. */
  @Test
  void eachFileIsThereOnceWithItsNewestBytesHoweverPartsAreMerged() throws Exception {
    Path path = directory.resolve("store");
    Random random = new Random(20261123);
    List<String> expected = new ArrayList<>();
    try (Store store = Store.open(path)) {
      StudyRecord study = imported(store);
      for (int i = 0; i < 24; i++) {
        String name = "trial_%03d.json".formatted(i + 1);
        int number = i;
        study =
            grow(
                store,
                study,
                i,
                growth -> {
                  add(growth, name, name);
                  put(growth, "run_meta.json", "meta " + number);
                  if (number % 3 == 0) {
                    put(growth, "best's.json", "best " + number);
                  }
                  growth.addTrial(
                      trial(number + 1, TrialState.COMPLETE, random.nextDouble(), "s" + number));
                });
        expected.add(name + "=" + name);
        if (i == 3) {
          store.compact(study.id());
        }
      }
      expected.addAll(List.of("run_meta.json=meta 23", "best's.json=best 21"));

      assertThat(restored(store, study)).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(store.archivedFiles(study.id()).stream().map(ArchivedFile::path))
          .doesNotHaveDuplicates()
          .hasSize(expected.size());
      assertThat(store.verify().faults()).isEmpty();
      String parts = "SELECT count(*) FROM parts WHERE status = 'committed'";
      long count = store.live.query(sql -> sql.number(parts));
      assertThat(count).as("small parts").isLessThan(34);
    }
  }

  /** Another has the same study in hand: the first commit counts, the other changes nothing. */
  @Test
  void growthOfAStudyThatIsNoLongerTheSameIsRefused() throws Exception {
    Path path = directory.resolve("store");
    try (Store store = Store.open(path)) {
      StudyRecord study = imported(store);
      Set<Path> before = new HashSet<>(StudyImportTest.filesBelow(path.resolve("lake")));
      StudyRecord grown;
      try (StudyGrowth late = store.beginGrowth(study, 0)) {
        grown = grow(store, study, 0, growth -> add(growth, "a", "a"));
        before.addAll(StudyImportTest.filesBelow(path.resolve("lake")));
        add(late, "a", "b");
        late.addTrial(trial(1, TrialState.COMPLETE, 1, "a"));
        assertThatThrownBy(() -> late.commit(Json.object()))
            .isInstanceOf(StudyChangedException.class)
            .hasMessageContaining("is not what it was with 0 trials");
      }
      assertThat(restored(store, grown)).containsExactly("a=a");
      assertThat(StudyImportTest.filesBelow(path.resolve("lake")))
          .containsExactlyInAnyOrderElementsOf(before);
      assertThat(guard(store)).isEmpty();

      StudyFixture.open(store, "run").evaluate(1, 1);
      assertThatThrownBy(() -> grow(store, grown, 0, growth -> add(growth, "c", "c")))
          .isInstanceOf(StudyChangedException.class);
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  /** As long as it is under way another may take the place of the parts that it read. */
  @Test
  void partsThatAreMergedMeanwhileAreLookedForAgain() throws Exception {
    Path path = directory.resolve("store");
    try (Store store = Store.open(path)) {
      StudyRecord study = imported(store);
      study = grow(store, study, 0, growth -> put(growth, "m", "1"));
      study = grow(store, study, 0, growth -> put(growth, "n", "1"));
      try (LakeFixture other = new LakeFixture(path)) {
        ArchiveReplacement replacement =
            new ArchiveReplacement(other.lake, store.trials.reader(), study.id());
        replacement.add("m");
        try (ArchiveReplacement.Rest rest = replacement.prepare()) {
          store.compact(study.id());
          assertThat(other.live.<Boolean>transaction(sql -> rest.swap(sql, 99))).isFalse();
        }
      }
      study = grow(store, study, 0, growth -> put(growth, "m", "2"));
      assertThat(restored(store, study)).containsExactly("m=2", "n=1");
    }
  }
}
