package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.storage.ArchivedFile;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.RestoreReport;
import dev.assay.storage.Store;
import dev.assay.storage.StoreOptions;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder is taken in while it is written: at the end the store has what a migration makes. */
final class LegacyWatchTest {
  static final Duration SETTLE = Duration.ofMinutes(10);

  @TempDir Path temporary;
  private Path root;
  private long now;

  @BeforeEach
  void realPath() throws IOException {
    root = Files.createDirectories(temporary.toRealPath().resolve("source"));
  }

  /** By a clock that only the test moves; by the other one, every file was written just now. */
  private LegacyWatch watch(Store store) {
    return new LegacyWatch(
        store, List.of(root), Duration.ofSeconds(10), SETTLE, () -> now, () -> 0L);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  /** Two looks, between which nobody writes, long after the batch before. */
  private List<WatchBatch> looks(LegacyWatch watch) {
    pass(Duration.ofMinutes(1));
    List<WatchBatch> batches = new ArrayList<>(watch.look());
    pass(Duration.ofMinutes(1));
    batches.addAll(watch.look());
    return batches;
  }

  /** What nobody writes to any more is taken as it is. */
  private List<WatchBatch> end(LegacyWatch watch) {
    List<WatchBatch> batches = looks(watch);
    pass(SETTLE);
    batches.addAll(watch.finish());
    return batches;
  }

  private static String signature(double x) {
    return Signatures.shared().parameterSignature(Json.object().put("x", x));
  }

  /** All that there is of a study, without what tells when it was taken. */
  static List<String> contents(Store store, StoreContents inside) throws Exception {
    List<String> contents = new ArrayList<>();
    for (StudyRecord study : store.studies()) {
      contents.add("%s %s %s".formatted(study.name(), study.directions(), study.userAttrs()));
      var attributes = study.systemAttrs().deepCopy();
      attributes.remove("watched_until");
      attributes.properties().stream().map(Object::toString).sorted().forEach(contents::add);
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        trials
            .map(trial -> trial.toBuilder().id(0).number(0).build().toString())
            .sorted()
            .forEach(contents::add);
      }
      store.archivedFiles(study.id()).stream()
          .map(ArchivedFile::toString)
          .sorted()
          .forEach(contents::add);
      contents.add(store.summary(study.id(), 0).toString());
      contents.add(store.counts(study.id()).toString());
      contents.addAll(
          inside.liveTexts(
              "SELECT concat_ws(' ', signature, state, \"values\") FROM signatures WHERE study_id = "
                  + study.id()
                  + " ORDER BY 1"));
    }
    return contents;
  }

  private void requireEqualToMigration(Path watched) throws Exception {
    requireEqualToMigration(watched, root, temporary.resolve("migrated"));
  }

  /** Migrates {@code root} into a new store, and compares. */
  static void requireEqualToMigration(Path watched, Path root, Path migrated) throws Exception {
    List<String> expected;
    try (Store store = Store.open(migrated)) {
      LegacyMigration.migrate(store, List.of(root), MigrationListener.NONE);
      expected = contents(store, new StoreContents(migrated));
    }
    try (Store store = Store.open(watched)) {
      assertThat(contents(store, new StoreContents(watched))).containsExactlyElementsOf(expected);
      assertThat(store.verify().faults()).isEmpty();
      MigrationReport again = LegacyMigration.migrate(store, List.of(root), MigrationListener.NONE);
      assertThat(again.sources())
          .extracting(SourceReport::outcome)
          .containsOnly(SourceReport.Outcome.ALREADY_THERE);
    }
  }

  private static void requireRestored(Store store, StudyRecord study, Path source, Path target)
      throws IOException {
    RestoreReport report = store.restore(study.id(), target, path -> true);
    assertThat(report.problems()).isEmpty();
    Map<String, String> restored = digests(target);
    assertThat(restored).isEqualTo(digests(source));
  }

  private static Map<String, String> digests(Path directory) throws IOException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        digests.put(directory.relativize(file).toString(), Fingerprint.ofContent(file));
      }
    }
    return digests;
  }

  @Test
  void runThatIsWrittenBitByBitBecomesWhatItsMigrationMakes() throws Exception {
    Path path = temporary.resolve("store");
    LegacyRun run = new LegacyRun(root.resolve("run_1"));
    try (Store store = Store.open(path)) {
      LegacyWatch watch = watch(store);
      assertThat(looks(watch)).isEmpty();
      run.file("run_meta.json", "{\"run_id\": \"run_1\", \"optuna\": {\"dir");
      assertThat(looks(watch)).as("whose direction nobody knows yet").isEmpty();
      run.file(
          "run_meta.json", "{\"run_id\": \"run_1\", \"optuna\": {\"direction\": \"minimize\"}}");
      run.file("trial_001_config.json", "{}").file("trial_001.log", "begun");
      run.guard(List.of(signature(1), signature(2), "f".repeat(64)));
      assertThat(looks(watch))
          .as("the guard at once, the rest when it holds still; what belongs to a trial waits")
          .extracting(WatchBatch::signatures, WatchBatch::files)
          .containsExactly(tuple(3L, 0L), tuple(0L, 2L));

      run.file("trial_001.json", LegacyRun.trialJson(1, 1).substring(0, 20));
      run.file("tBTC_1.json", "[1]");
      run.file("tBTC_1.json.tmp", "[");
      assertThat(looks(watch)).as("a document that is not whole").isEmpty();
      run.trial(1, 1).file("trial_001.log", "begun\nended");
      run.trial(2, 2).file("trial_002_config.json", "{}");
      Files.delete(run.directory.resolve("tBTC_1.json.tmp"));
      assertThat(looks(watch))
          .singleElement()
          .satisfies(batch -> assertThat(batch.trials()).isEqualTo(2))
          .satisfies(batch -> assertThat(batch.files()).isEqualTo(5));
      assertThat(looks(watch)).as("nothing is new").isEmpty();
    }
    String failed = "{\"parameters\": {\"x\": 3}, \"error\": \"no\"}";
    run.file("trial_003.json", failed).file("trial_003_config.json", "{}");
    run.file(
        "run_meta.json",
        "{\"run_id\": \"run_1\", \"optuna\": {\"direction\": \"minimize\"}, \"n\": 3}");
    run.file("best_trial.json", "{\"trial_id\": 1}");
    run.file(
        "_cache/%s.json".formatted(Signatures.shared().trialKey(Json.object().put("x", 2.0))),
        LegacyRun.trialJson(2, 2));
    run.file("trial_004.json", "{\"trial_id\": 4");
    try (Store store = Store.open(path)) {
      LegacyWatch watch = watch(store);
      assertThat(looks(watch))
          .singleElement()
          .satisfies(batch -> assertThat(batch.renewed()).as("run_meta.json").isEqualTo(1))
          .satisfies(batch -> assertThat(batch.allTrials()).isEqualTo(3));
      assertThat(end(watch))
          .flatExtracting(WatchBatch::findings)
          .extracting(Finding::kind, Finding::path)
          .contains(tuple(Finding.Kind.QUARANTINED, "trial_004.json"));
      requireRestored(store, store.studies().get(0), run.directory, temporary.resolve("restored"));
    }
    requireEqualToMigration(path);
  }

  /** The same bytes in size and time are not read; others are, whenever they were written. */
  @Test
  void whoGoesOnReadsOnlyWhatMayHaveChanged() throws Exception {
    Path path = temporary.resolve("store");
    LegacyRun run = new LegacyRun(root.resolve("run_1"));
    run.file("run_meta.json", "{}").trial(1, 1).trial(2, 2);
    run.file("trial_001.log", "one").file("trial_002.log", "two");
    try (Store store = Store.open(path)) {
      looks(watch(store));
    }
    Path unseen = run.directory.resolve("trial_001.log");
    FileTime time = Files.getLastModifiedTime(unseen);
    Files.writeString(unseen, "ONE");
    Files.setLastModifiedTime(unseen, time);
    Path seen = run.directory.resolve("trial_002.log");
    Files.writeString(seen, "TWO");
    Files.setLastModifiedTime(seen, FileTime.fromMillis(time.toMillis() + 60_000));
    try (Store store = Store.open(path)) {
      assertThat(looks(watch(store)))
          .singleElement()
          .satisfies(batch -> assertThat(batch.renewed()).isEqualTo(1));
      Path restored = temporary.resolve("restored");
      store.restore(store.studies().get(0).id(), restored, name -> true);
      assertThat(restored.resolve("trial_001.log")).content().isEqualTo("one");
      assertThat(restored.resolve("trial_002.log")).content().isEqualTo("TWO");
    }
  }

  @Test
  void severalMayWatchTheSameFolderAndEachTrialComesInOnce() throws Exception {
    Path path = temporary.resolve("store");
    LegacyRun run = new LegacyRun(root.resolve("run_1"));
    run.file("run_meta.json", "{}");
    try (Store one = Store.open(path);
        Store two = Store.open(path)) {
      LegacyWatch first = watch(one);
      LegacyWatch second = watch(two);
      for (int i = 1; i <= 6; i++) {
        run.trial(i, i).file("run_meta.json", "{\"trials\": %d}".formatted(i));
        pass(Duration.ofMinutes(1));
        first.look();
        second.look();
        pass(Duration.ofMinutes(1));
        second.look();
        first.look();
        pass(Duration.ofMinutes(1));
        first.look();
        second.look();
      }
      end(first);
      assertThat(end(second)).isEmpty();
    }
    requireEqualToMigration(path);
  }

  @Test
  void studyThatAssayGoesOnWithOrThatWasDeletedIsLeftAlone() throws Exception {
    new LegacyRun(root.resolve("run_1")).file("run_meta.json", "{}").trial(1, 1);
    LegacyRun run2 = new LegacyRun(root.resolve("run_2")).file("run_meta.json", "{}").trial(1, 1);
    try (Store store = Store.open(temporary.resolve("store"))) {
      LegacyWatch watch = watch(store);
      looks(watch);
      StudyRecord study = Objects.requireNonNull(store.findStudy("run_1"));
      store.claim(study.id(), Json.object().put("x", 5), Json.object(), null);
      store.deleteStudy(Objects.requireNonNull(store.findStudy("run_2")).id());
      new LegacyRun(root.resolve("run_1")).trial(2, 2);
      run2.trial(2, 2);

      List<WatchBatch> batches = new ArrayList<>(looks(watch));
      batches.addAll(looks(watch));
      assertThat(batches)
          .extracting(WatchBatch::refusal)
          .satisfiesExactlyInAnyOrder(
              refusal -> assertThat(refusal).contains("Assay has run 1 trial of its study"),
              refusal -> assertThat(refusal).contains("its study was deleted"));
      assertThat(store.studies()).extracting(StudyRecord::name).containsExactly("run_1");
      assertThat(store.archivedFiles(study.id())).hasSize(2);
    }
  }

  /** The real run is written once more, in the order of its trials, each file in two steps. */
  @Test
  @Tag("performance")
  void realRunThatIsWrittenBitByBitBecomesWhatItsMigrationMakes() throws Exception {
    Path legacy = Path.of(System.getProperty("assay.legacy", "legacy"));
    Path source = legacy.resolve("run_20260115_optuna_run50");
    assumeThat(source).as("-Dassay.legacy=DIR").isDirectory();
    Path run = Files.createDirectories(root.resolve("run_50"));
    Path path = temporary.resolve("store");
    List<Path> order;
    try (Stream<Path> files = Files.walk(source)) {
      order =
          files
              .filter(Files::isRegularFile)
              .sorted(
                  Comparator.comparing(
                      file -> FolderListing.nameOf(file).replaceFirst("^\\D+(\\d+)?.*", "$1 ")))
              .toList();
    }
    Store store = Store.open(path, StoreOptions.DEFAULT);
    LegacyWatch watch = watch(store);
    int batches = 0;
    for (int i = 0; i < order.size(); i++) {
      Path file = order.get(i);
      Path copy = run.resolve(source.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      byte[] content = Files.readAllBytes(file);
      if (i % 5 == 0) {
        Files.write(copy, Arrays.copyOf(content, content.length / 2));
        batches += looks(watch).size();
      }
      Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
      copy.toFile().setWritable(true);
      if (i % 40 == 39) {
        store.close();
        store = Store.open(path, StoreOptions.DEFAULT);
        watch = watch(store);
      }
    }
    batches += end(watch).size();
    assertThat(batches).isGreaterThan(20);
    requireRestored(store, store.studies().get(0), run, temporary.resolve("restored"));
    store.close();
    requireEqualToMigration(path);
  }
}
