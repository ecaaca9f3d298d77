package dev.assay.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Blob;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StudyImportTest {
  private static final List<Direction> MAXIMIZE = List.of(Direction.MAXIMIZE);

  @TempDir Path store;

  private static StudyImport begin(LakeFixture fixture, String name) {
    ObjectNode attributes = Json.object().put("source", "/x");
    return fixture.lake.beginImport(new StudySettings(name, MAXIMIZE, Json.object(), attributes));
  }

  private static FrozenTrial trial(TrialState state, double value, String signature) {
    return FrozenTrial.builder().state(state).value(value).signature(signature).build();
  }

  @Test
  void committedRunIsVisibleAsAWhole() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      StudyRecord study;
      byte[] every = new byte[256];
      for (int i = 0; i < every.length; i++) {
        every[i] = (byte) i;
      }
      try (StudyImport run = begin(fixture, "run_a")) {
        run.addFile("trial_001.json", "trial_001.json", every);
        run.addFile("empty.txt", null, new byte[0]);
        run.addTrial(trial(TrialState.FAIL, 9, "failed"));
        run.addTrial(trial(TrialState.COMPLETE, 1, "a"));
        run.addTrial(trial(TrialState.COMPLETE, 2, "b"));
        run.addTrial(trial(TrialState.PRUNED, 3, "a"));
        run.addSignatures(List.of("a", "known"));
        assertThat(run.digests()).hasSize(2);
        study = run.commit();
      }
      assertThat(
              fixture.query(
                  "SELECT number, trial_id, value FROM read_parquet(FILES) ORDER BY 1", "trials"))
          .containsExactly(
              List.of(0L, 0L, 9.0),
              List.of(1L, 1L, 1.0),
              List.of(2L, 2L, 2.0),
              List.of(3L, 3L, 3.0));
      List<List<Object>> files =
          fixture.query(
              "SELECT path, size, content, sha256(content) = sha256 FROM read_parquet(FILES) ORDER"
                  + " BY path",
              "files");
      assertThat(files)
          .extracting(row -> row.get(0))
          .containsExactly("empty.txt", "trial_001.json");
      assertThat(files).extracting(row -> row.get(3)).containsOnly(true);
      Blob content = (Blob) files.get(1).get(2);
      assertThat(content.getBytes(1, (int) content.length())).isEqualTo(every);
      String guard =
          "SELECT group_concat(signature || ':' || coalesce(trial_id, '-') || ':' ||"
              + " coalesce(state, '-') || ':' || coalesce(\"values\", '-'), ' ') FROM signatures";
      assertThat(text(fixture, guard))
          .isEqualTo("a:1:COMPLETE:[1.0] b:2:COMPLETE:[2.0] known:-:-:-");
      assertThat(
              text(
                  fixture,
                  "SELECT concat_ws(' ', next_number, finished, complete, pruned, fail, "
                      + "best_trial_id, best_value) FROM studies JOIN summaries USING (study_id)"))
          .isEqualTo("4 4 2 1 1 2 2.0");
      assertThat(fixture.manifest().get("studies").get(0).get("name").textValue())
          .isEqualTo("run_a");
      assertThat(study.name()).isEqualTo("run_a");
    }
  }

  private static String text(LakeFixture fixture, String sql) {
    String text = fixture.live.find(sql, row -> row.getString(1));
    return text == null ? "" : text;
  }

  @Test
  void closingWithoutCommitLeavesNothing() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      List<Path> before = filesBelow(store.resolve("lake"));
      try (StudyImport run = begin(fixture, "run_a")) {
        run.addFile("a.json", null, "{}".getBytes(UTF_8));
        run.addTrial(trial(TrialState.COMPLETE, 1, "a"));
      }
      assertThat(filesBelow(store.resolve("lake"))).isEqualTo(before);
      assertThat(text(fixture, "SELECT count(*) FROM studies")).isEqualTo("0");
      assertThat(fixture.manifest().get("files")).isEmpty();
    }
  }

  static List<Path> filesBelow(Path directory) throws Exception {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  @Test
  void takenNameIsRefusedAtTheBeginningAndAtTheCommit() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      try (StudyImport second = begin(fixture, "run_a")) {
        try (StudyImport first = begin(fixture, "run_a")) {
          first.commit();
        }
        second.addTrial(trial(TrialState.COMPLETE, 1, "a"));
        assertThatThrownBy(second::commit)
            .isInstanceOf(StoreException.class)
            .hasMessageContaining("a study named 'run_a' already");
        assertThatThrownBy(() -> begin(fixture, "run_a")).isInstanceOf(StoreException.class);
      }
      assertThat(fixture.files("trials")).isEmpty();
      assertThat(filesBelow(store.resolve("lake")))
          .noneMatch(file -> file.toString().contains("part-"));
    }
  }

  @Test
  void rowGroupsAreBoundedInBytesAndEveryByteComesBack() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      int mega = 1 << 20;
      List<Integer> sizes = List.of(40 * mega, 30 * mega, 70 * mega, 1, 0, 2);
      List<String> digests;
      try (StudyImport run = begin(fixture, "run_a")) {
        for (int i = 0; i < sizes.size(); i++) {
          byte[] content = new byte[sizes.get(i)];
          new Random(i).nextBytes(content);
          run.addFile("file_" + i, null, content);
        }
        digests = run.digests();
        run.commit();
      }
      List<List<Object>> rows =
          fixture.query(
              "SELECT any_value(size)::INTEGER, any_value(sha256), "
                  + "sha256(list_reduce(list(content ORDER BY piece), lambda a, b: a || b)) "
                  + "FROM read_parquet(FILES) GROUP BY path ORDER BY path",
              "files");
      assertThat(rows).extracting(row -> row.get(0)).isEqualTo(sizes);
      assertThat(rows).extracting(row -> row.get(1)).isEqualTo(digests);
      assertThat(rows).extracting(row -> row.get(2)).isEqualTo(digests);
      assertThat(
              fixture.query(
                  "SELECT row_group_num_rows FROM parquet_metadata(FILES) "
                      + "WHERE path_in_schema = 'content' ORDER BY row_group_id",
                  "files"))
          .containsExactly(List.of(3L), List.of(3L), List.of(3L), List.of(3L));
      assertThat(
              fixture.query(
                  "SELECT max(total_uncompressed_size) < 65 << 20 FROM parquet_metadata(FILES)",
                  "files"))
          .containsExactly(List.of(true));
    }
  }

  @Test
  void newTrialsAreNamedBehindAFileThatGaveNoTrial() {
    try (Store opened = Store.open(store)) {
      try (StudyImport run = opened.beginImport("run_a", MAXIMIZE, Json.object(), Json.object())) {
        run.addFile("trial_001.json", "trial_001.json", new byte[1]);
        run.addFile("trial_1000.json", "trial_1000.json", new byte[1]);
        run.addTrial(
            trial(TrialState.COMPLETE, 1, "a").toBuilder().trialFile("trial_001.json").build());
        run.commit();
      }
      StudyFixture study = StudyFixture.open(opened, "run_a");

      assertThat(study.evaluate(1, 1).trialFile()).isEqualTo("trial_1001.json");
    }
  }

  @Test
  void documentsThatDifferLittleCostNextToNothing() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      // Larger than the window of plain level 3, and not compressible by itself.
      byte[] document = new byte[3 << 20];
      Random random = new Random(1);
      random.nextBytes(document);
      try (StudyImport run = begin(fixture, "run_a")) {
        for (int i = 0; i < 20; i++) {
          document[random.nextInt(document.length)]++;
          run.addFile("trial_" + i + ".json", "trial_" + i + ".json", document);
        }
        run.commit();
      }
      assertThat(Files.size(fixture.files("files").get(0))).isLessThan(4 << 20);
    }
  }

  @Test
  void pathsThatLeaveTheRunAreRefused() {
    try (LakeFixture fixture = new LakeFixture(store);
        StudyImport run = begin(fixture, "run_a")) {
      for (String path : List.of("", "/etc/passwd", "../x", "a/../../x", "..")) {
        assertThatThrownBy(() -> run.addFile(path, null, new byte[0]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("path is '" + path + "', expected one relative to the run's directory");
      }
      run.addFile("..a/b..", null, new byte[0]);
      assertThatThrownBy(() -> run.addFile("..a/b..", null, new byte[0]))
          .hasMessage("..a/b.. was added twice");
      run.commit();
      assertThatThrownBy(run::commit).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void attributesSetBeforeTheCommitCount() throws Exception {
    try (LakeFixture fixture = new LakeFixture(store)) {
      ObjectNode system = Json.object();
      try (StudyImport run =
          fixture.lake.beginImport(new StudySettings("a", MAXIMIZE, Json.object(), system))) {
        run.addFile("x", null, new byte[1]);
        system.put("fingerprint", run.digests().get(0));
        run.commit();
      }
      String expected = "{\"fingerprint\":\"" + system.get("fingerprint").textValue() + "\"}";
      assertThat(text(fixture, "SELECT system_attrs FROM studies")).isEqualTo(expected);
      assertThat(
              fixture.query(
                  "SELECT decode(value) FROM parquet_kv_metadata(FILES) "
                      + "WHERE decode(key) = 'assay.system_attrs'",
                  "files"))
          .containsExactly(List.of(expected));
    }
  }

  @Test
  void nobodyWaitsForALargeImportAndNothingOfItIsVisibleBeforeItsCommit() throws Exception {
    int count = 4500;
    try (LakeFixture fixture = new LakeFixture(store);
        LakeFixture other = new LakeFixture(store);
        StudyImport run = begin(fixture, "run_a")) {
      for (int i = 0; i < count; i++) {
        run.addTrial(trial(TrialState.COMPLETE, i, "s" + i));
      }
      run.addSignatures(List.of("s1", "known"));
      run.prepare();
      // The guard's rows are there, and the database is free.
      assertThat(text(other, "SELECT count(*) FROM signatures")).isEqualTo("" + (count + 1));
      assertThat(other.createStudy("b")).isPositive();
      other.lake.refresh();
      assertThat(other.manifest().get("studies")).hasSize(1);
      assertThat(other.files("trials")).isEmpty();
      assertThat(text(other, "SELECT group_concat(name) FROM studies")).isEqualTo("b");
    }
    try (LakeFixture fixture = new LakeFixture(store)) {
      assertThat(text(fixture, "SELECT count(*) FROM signatures")).isEqualTo("0");
    }
  }

  @Test
  void importSucceedsThoughItsManifestCannotBePublishedYet() throws Exception {
    Path manifest = store.resolve("manifest.json");
    try (LakeFixture fixture = new LakeFixture(store)) {
      try (StudyImport run = begin(fixture, "run_a")) {
        run.addTrial(trial(TrialState.COMPLETE, 1, "a"));
        Files.delete(manifest);
        Files.createDirectories(manifest.resolve("in-the-way"));
        assertThat(run.commit().name()).isEqualTo("run_a");
      }
      assertThat(text(fixture, "SELECT name FROM studies")).isEqualTo("run_a");
      Files.delete(manifest.resolve("in-the-way"));
      Files.delete(manifest);
    }
    try (LakeFixture fixture = new LakeFixture(store)) {
      assertThat(fixture.files("trials")).hasSize(1);
    }
  }

  @Test
  void largeBestTrialOfAnImportIsKeptOutsideTheDatabase() throws Exception {
    FrozenTrial large =
        trial(TrialState.COMPLETE, 2, "b").toBuilder()
            .userAttrs(Json.object().put("note", "x".repeat(Spool.INLINE_BYTES)))
            .build();
    try (Store open = Store.open(store)) {
      StudyRecord study;
      try (StudyImport run = open.beginImport("run_a", MAXIMIZE, Json.object(), Json.object())) {
        run.addTrial(trial(TrialState.COMPLETE, 1, "a"));
        run.addTrial(large);
        study = run.commit();
      }
      assertThat(open.bestTrial(study.id())).isEqualTo(large.toBuilder().id(1).number(1).build());
      assertThat(filesBelow(store.resolve("spool"))).hasSize(1);
    }
  }

  @Test
  void importOfAKilledProcessLeavesNothing() throws Exception {
    Process victim =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                store.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader out = victim.inputReader(UTF_8)) {
      assertThat(out.readLine()).isEqualTo("under way");
      try (LakeFixture other = new LakeFixture(store)) {
        // Its worker lives: nothing of it is touched.
        assertThat(text(other, "SELECT count(*) FROM parts WHERE status = 'reserved'"))
            .isEqualTo("2");
      }
    } finally {
      victim.destroyForcibly().waitFor();
    }
    try (LakeFixture next = new LakeFixture(store)) {
      assertThat(text(next, "SELECT count(*) FROM parts WHERE status = 'reserved'")).isEqualTo("0");
      assertThat(filesBelow(store.resolve("lake")))
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder(
              "empty.parquet", "empty.parquet", "worker-" + next.workerId + ".lock");
      assertThat(next.manifest().get("studies")).isEmpty();
      assertThat(text(next, "SELECT count(*) FROM signatures")).isEqualTo("0");
    }
  }

  /** A process that is killed while it imports. */
  static final class Victim {
    public static void main(String[] arguments) throws Exception {
      LakeFixture fixture = new LakeFixture(Path.of(arguments[0]));
      StudyImport run = begin(fixture, "run_a");
      run.addFile("a", null, new byte[1000]);
      run.addTrial(trial(TrialState.COMPLETE, 1, "a"));
      run.prepare();
      System.out.println("under way");
      Thread.sleep(60_000);
      run.commit();
    }
  }
}
