package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class CompactionTest {
  @TempDir Path directory;

  private static StudyRecord study(Store store) {
    return store.openStudy("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
  }

  private static Claim.Lease claim(Store store, StudyRecord study, ObjectNode params) {
    return ((Claim.Acquired) store.claim(study.id(), params, Json.object(), null)).lease();
  }

  private static void finish(Store store, Claim.Lease lease, double value, ObjectNode attributes) {
    store.finish(
        lease,
        FrozenTrial.builder()
            .state(TrialState.COMPLETE)
            .value(value)
            .userAttrs(attributes)
            .build());
  }

  private static List<Path> parts(Store store, Kind kind) {
    return store.live.query(
        sql ->
            Parts.list(sql, "kind = ? AND status = 'committed'", kind.text()).stream()
                .map(part -> part.file(store.directory()))
                .toList());
  }

  /** Two parts whose numbers are interleaved, and a trial that is not sealed. */
  private static StudyRecord twoParts(Store store) {
    StudyRecord study = study(store);
    List<Claim.Lease> leases = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      ObjectNode params = Json.object().put("x", i).put("odd_" + i % 2, i == 3 ? Double.NaN : i);
      leases.add(claim(store, study, params));
    }
    String large = "a long record ".repeat(8_000);
    for (int first : new int[] {1, 0}) {
      for (int i = first; i < 6; i += 2) {
        finish(store, leases.get(i), i, Json.object().put("note", i == 2 ? large : "ü" + i));
      }
      store.seal(study.id());
    }
    finish(store, leases.get(6), 6, Json.object());
    return study;
  }

  @Test
  void mergedTrialsAreTheSameToTheByteInTheOrderOfTheirNumbers() throws Exception {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = twoParts(store);
      String columns =
          "SELECT number, record, signature, params_x, params_odd_0, params_odd_1, user_attrs_note "
              + "FROM read_parquet(FILES, union_by_name = true)";
      List<Path> before = parts(store, Kind.TRIALS);
      List<List<Object>> rows = LakeFixture.query(columns + " ORDER BY number", before);
      assertThat(before).hasSize(2);

      CompactionReport report = store.compact(study.id());

      List<Path> after = parts(store, Kind.TRIALS);
      assertThat(after).hasSize(1).doesNotContainAnyElementsOf(before);
      List<List<Object>> merged = LakeFixture.query(columns, after);
      assertThat(merged.subList(0, 6)).isEqualTo(rows);
      assertThat(merged).extracting(row -> row.get(0)).isEqualTo(numbers(7));
      assertThat(store.verify().faults()).isEmpty();
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        assertThat(trials.map(FrozenTrial::number)).isEqualTo(numbers(7));
      }
      assertThat(report.sealed()).isEqualTo(1);
      assertThat(report.trials().before().parts()).isEqualTo(2);
      assertThat(report.trials().after())
          .isEqualTo(new CompactionReport.Size(1, 7, Files.size(after.get(0))));
      assertThat(report.files().after().parts()).isZero();

      store.compact(study.id());
      assertThat(parts(store, Kind.TRIALS)).isEqualTo(after);
    }
  }

  private static List<Long> numbers(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  @Test
  void aStreamOfTrialsGoesOnInTheMergedPart() {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = twoParts(store);
      store.seal(study.id());
      try (Stream<FrozenTrial> trials = store.trials(study.id())) {
        List<Long> seen = new ArrayList<>();
        for (FrozenTrial trial : (Iterable<FrozenTrial>) trials::iterator) {
          seen.add(trial.number());
          if (seen.size() == 1) {
            List<Path> old = parts(store, Kind.TRIALS);
            store.compact(study.id());
            old.forEach(Lake::delete);
          }
        }
        assertThat(seen).isEqualTo(numbers(7));
      }
    }
  }

  @Test
  void smallPartsOfTheArchiveBecomeOneAndEveryByteComesBack() throws Exception {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = study(store);
      for (int i = 0; i < 3; i++) {
        String name = "a" + i + ".log";
        byte[] content = ("content " + i).getBytes(StandardCharsets.UTF_8);
        String sha256 = HexFormat.of().formatHex(PartOutput.sha256().digest(content));
        LakeFixture.archive(store, study.id(), archive -> archive.add(name, null, sha256, content));
      }

      CompactionReport report = store.compact(study.id());

      assertThat(report.files().before().parts()).isEqualTo(3);
      assertThat(report.files().after().parts()).isEqualTo(1);
      assertThat(report.files().after().rows()).isEqualTo(3);
      Path target = directory.resolve("restored");
      assertThat(store.restore(study.id(), target, file -> file.endsWith(".log")).problems())
          .isEmpty();
      for (int i = 0; i < 3; i++) {
        assertThat(target.resolve("a" + i + ".log")).hasContent("content " + i);
      }
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  @Test
  void sealsMergeWhatTheyLeave() {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = study(store);
      for (int i = 0; i < MergePolicy.FAN_IN; i++) {
        assertThat(parts(store, Kind.TRIALS)).hasSize(i);
        finish(store, claim(store, study, Json.object().put("x", i)), i, Json.object());
        store.seal(study.id());
      }
      assertThat(parts(store, Kind.TRIALS)).hasSize(1);
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  private static PartMerge reserve(LakeFixture fixture, PartReader reader, long study) {
    return PartMerge.reserve(fixture.lake, reader, study, Kind.TRIALS, MergePolicy::all)
        .orElseThrow();
  }

  private static long sealTwice(LakeFixture fixture) {
    long study = fixture.createStudy("s");
    for (int i = 0; i < 4; i++) {
      fixture.insertComplete(study, i);
      if (i % 2 == 1) {
        fixture.seal(study);
      }
    }
    return study;
  }

  private static List<Object> shown(LakeFixture fixture) throws Exception {
    return fixture
        .query("SELECT list(number ORDER BY number) FROM read_parquet(FILES)", "trials", "delta")
        .get(0)
        .stream()
        .map(Object::toString)
        .map(Object.class::cast)
        .toList();
  }

  @Test
  void ofTwoMergesOfTheSamePartsOneIsCommittedAndTheOtherLeavesNothing() throws Exception {
    try (LakeFixture one = new LakeFixture(directory);
        LakeFixture other = new LakeFixture(directory);
        PartReader reader = new PartReader()) {
      long study = sealTwice(one);
      Path slowFile;
      try (PartMerge slow = reserve(one, reader, study);
          PartMerge quick = reserve(other, reader, study)) {
        Written written = slow.write();
        slowFile = slow.part().file(directory);
        assertThat(slowFile).exists();
        assertThat(quick.run()).isTrue();
        assertThat(slow.commit(written)).isFalse();
      }
      assertThat(slowFile).doesNotExist();
      one.lake.refresh();
      assertThat(one.files("trials")).hasSize(1);
      assertThat(shown(one)).containsExactly("[0, 1, 2, 3]");
    }
  }

  @Test
  void aPausedMergeThatWasCancelledLosesNothing() throws Exception {
    try (LakeFixture merger = new LakeFixture(directory);
        LakeFixture cleaner = new LakeFixture(directory);
        PartReader reader = new PartReader()) {
      long study = sealTwice(merger);
      try (PartMerge paused = reserve(merger, reader, study)) {
        Written written = paused.write();
        assertThat(paused.part().file(directory)).exists();
        // The merger's lease has run out: it is no longer among the workers.
        cleaner.live.transaction(
            sql -> sql.update("DELETE FROM workers WHERE worker_id = ?", merger.workerId));
        cleaner.lake.publishNow();
        assertThat(paused.part().file(directory)).doesNotExist();
        assertThat(shown(cleaner)).containsExactly("[0, 1, 2, 3]");
        assertThat(paused.commit(written)).isFalse();
      }
      cleaner.lake.publishNow();
      assertThat(cleaner.files("trials")).hasSize(2);
      assertThat(shown(cleaner)).containsExactly("[0, 1, 2, 3]");
      Optional<PartMerge> again =
          PartMerge.reserve(cleaner.lake, reader, study, Kind.TRIALS, MergePolicy::all);
      try (PartMerge merge = again.orElseThrow()) {
        assertThat(merge.run()).isTrue();
      }
      cleaner.lake.publishNow();
      assertThat(shown(cleaner)).containsExactly("[0, 1, 2, 3]");
    }
  }

  @Test
  void aReaderOfAnOldManifestHasTheWholeAnswerForTheGraceAndAnErrorAfterIt() throws Exception {
    Duration grace = Duration.ofSeconds(1);
    // More than DuckDB reads ahead.
    int rows = 2_500;
    try (LakeFixture fixture = new LakeFixture(directory, grace, Clocks.SYSTEM);
        PartReader reader = new PartReader()) {
      long study = fixture.createStudy("s");
      for (int i = 0; i < rows; i++) {
        fixture.insertComplete(study, i);
      }
      fixture.seal(study);
      fixture.insertComplete(study, rows);
      fixture.seal(study);
      List<Path> old = fixture.files("trials");
      String checksum = "SELECT count(*), sum(hash(number, record)) FROM read_parquet(FILES)";
      List<List<Object>> whole = LakeFixture.query(checksum, old);
      assertThat(whole.get(0).get(0)).isEqualTo(rows + 1L);

      try (PartMerge merge = reserve(fixture, reader, study)) {
        assertThat(merge.run()).isTrue();
      }
      fixture.lake.publishNow();

      assertThat(fixture.files("trials")).hasSize(1).doesNotContainAnyElementsOf(old);
      assertThat(LakeFixture.query(checksum, fixture.files("trials"))).isEqualTo(whole);
      assertThat(LakeFixture.query(checksum, old)).isEqualTo(whole);
      try (PartRows<PartReader.TrialRow> running = reader.trials(old.get(0), 0)) {
        running.next();
        Thread.sleep(grace.toMillis() + 100);
        fixture.lake.publishNow();
        assertThat(old).noneMatch(Files::exists);
        int read = 1;
        while (running.next() != null) {
          read++;
        }
        assertThat(read).isEqualTo(rows);
      }
      assertThatThrownBy(() -> LakeFixture.query(checksum, old))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining(old.get(0).getFileName().toString());
      assertThat(LakeFixture.query(checksum, fixture.files("trials"))).isEqualTo(whole);
    }
  }

  @Test
  void aDamagedPartIsNamedAndNothingIsMerged() throws Exception {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = twoParts(store);
      store.seal(study.id());
      List<Path> parts = parts(store, Kind.TRIALS);
      byte[] content = Files.readAllBytes(parts.get(0));
      content[content.length / 2] ^= 1;
      Files.write(parts.get(0), content, StandardOpenOption.TRUNCATE_EXISTING);

      assertThatThrownBy(() -> store.compact(study.id()))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("lake/trials/study=1/part-")
          .hasMessageContaining("has the SHA-256");

      assertThat(parts(store, Kind.TRIALS)).isEqualTo(parts);
      assertThat(StudyImportTest.filesBelow(directory.resolve("store/lake/trials")))
          .filteredOn(file -> file.toString().contains("part-"))
          .hasSameSizeAs(parts);
    }
  }

  @Test
  void aStudyThatIsNotThereIsNamed() {
    try (Store store = Store.open(directory.resolve("store"))) {
      assertThatThrownBy(() -> store.compact(7))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("7");
    }
  }
}
