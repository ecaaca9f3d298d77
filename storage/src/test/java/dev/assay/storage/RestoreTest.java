package dev.assay.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.storage.ParquetPart.Written;
import dev.assay.storage.Parts.Kind;
import dev.assay.storage.Parts.Part;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RestoreTest {
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

  private StudyRecord runOfOurs(int trials) {
    StudyRecord study =
        store.openStudy("ours", List.of(Direction.MINIMIZE), Json.object(), Json.object());
    Random random = new Random(1);
    for (int x = 0; x < trials; x++) {
      Claim claim =
          store.claim(study.id(), Json.object().put("x", x).put("é", "é😀"), Json.object(), null);
      FrozenTrial.Builder result = FrozenTrial.builder().durationSeconds(random.nextDouble());
      if (x % 5 == 4) {
        result.state(TrialState.FAIL).error("no");
      } else {
        result.state(TrialState.COMPLETE).value(random.nextGaussian());
      }
      store.finish(((Claim.Acquired) claim).lease(), result.build());
      if (x % 7 == 6) {
        store.seal(study.id());
      }
    }
    store.flush();
    return study;
  }

  /** Every file below a directory, by its path. */
  private static Map<String, String> contents(Path root) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            root.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  private StudyRecord imported(Map<String, byte[]> files) {
    try (StudyImport run =
        store.beginImport(
            "theirs",
            List.of(Direction.MAXIMIZE),
            Json.object(),
            Json.object().put("source_kind", "legacy-run"))) {
      files.forEach((path, content) -> run.addFile(path, null, content));
      return run.commit();
    }
  }

  /** Puts a part of the archive into the store that no import would write. */
  private Path archive(long studyId, String path, String sha256, byte[] content) {
    Part part =
        store.live.transaction(
            sql -> Parts.reserve(sql, studyId, Kind.FILES, sql.number("SELECT 1")));
    try {
      Path file = part.file(store.directory());
      Files.createDirectories(file.getParent());
      Written written;
      try (ArchivePart archive = new ArchivePart(file, studyId)) {
        archive.add(path, null, sha256, content);
        written = archive.finish(Map.of());
      }
      store.live.transaction(sql -> Parts.commit(sql, part, written, Parts.nextSnapshot(sql)));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String sha256(byte[] content) {
    return HexFormat.of().formatHex(PartOutput.sha256().digest(content));
  }

  @Test
  void aRunOfOursComesBackAsItsDirectoryWas() throws IOException {
    StudyRecord study = runOfOurs(30);
    Path target = directory.resolve("a/b");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    Map<String, String> expected = contents(store.runDirectory(study));
    assertThat(expected).hasSize(32);
    assertThat(contents(target)).isEqualTo(expected);
    assertThat(report.problems()).isEmpty();
    assertThat(report.archived()).isZero();
    assertThat(report.remade()).isEqualTo(32);
    assertThat(report.bytes())
        .isEqualTo(expected.values().stream().mapToLong(hex -> hex.length() / 2).sum());
  }

  @Test
  void archivedFilesComeBackByteForByteAndNothingElse() throws IOException {
    byte[] noise = new byte[100_000];
    new Random(2).nextBytes(noise);
    Map<String, byte[]> files =
        Map.of(
            "trial_001.json",
            "{ \"x\": NaN }\r\n".getBytes(UTF_8),
            "deep/er/é😀 '*?.txt",
            noise,
            "empty",
            new byte[0]);
    StudyRecord study = imported(files);
    Path target = Files.createDirectory(directory.resolve("target"));

    RestoreReport report = store.restore(study.id(), target, file -> true);

    Map<String, String> expected = new TreeMap<>();
    files.forEach((path, content) -> expected.put(path, HexFormat.of().formatHex(content)));
    assertThat(contents(target)).isEqualTo(expected);
    assertThat(report.archived()).isEqualTo(3);
    assertThat(report.remade()).isZero();
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void onlyWhatIsAskedForIsPutBack() throws IOException {
    Path target = directory.resolve("target");

    store.restore(runOfOurs(12).id(), target, path -> path.startsWith("trial_00"));

    assertThat(contents(target)).hasSize(9).doesNotContainKey("run_meta.json");
  }

  @Test
  void aDirectoryThatIsNotEmptyIsRefusedUntouched() throws IOException {
    StudyRecord study = runOfOurs(1);
    Path target = Files.createDirectory(directory.resolve("target"));
    Files.writeString(target.resolve("mine"), "mine");

    assertThatThrownBy(() -> store.restore(study.id(), target, file -> true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is not empty (it holds 'mine')");
    assertThatThrownBy(() -> store.restore(study.id(), target.resolve("mine"), path -> true))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("is a file");
    assertThat(contents(target)).containsOnlyKeys("mine");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "a/../../evil",
        "/tmp/evil",
        "",
        ".",
        "a//b",
        "./a",
        "a/..",
        "nul\u0000",
        ".."
      })
  void aPathThatLeadsElsewhereIsReportedAndTheRestGoesOn(String path) throws IOException {
    byte[] content = "evil".getBytes(UTF_8);
    StudyRecord study = imported(Map.of("first", content));
    archive(study.id(), path, sha256(content), content);
    archive(study.id(), "last", sha256(content), content);
    Path inside = directory.resolve("outer");
    Path target = inside.resolve("target");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    assertThat(report.problems()).extracting(RestoreReport.Problem::path).containsExactly(path);
    assertThat(contents(inside)).containsOnlyKeys("target/first", "target/last");
  }

  @Test
  void namesThatCannotBeAreReportedAndTheRestGoesOn() throws IOException {
    byte[] content = "x".getBytes(UTF_8);
    StudyRecord study = imported(Map.of("first", content));
    List<String> bad = List.of("n".repeat(600), "long/" + "é".repeat(200), "first/b", "dir");
    archive(study.id(), "dir/c", sha256(content), content);
    bad.forEach(path -> archive(study.id(), path, sha256(content), content));
    archive(study.id(), "last", sha256(content), content);
    Path target = directory.resolve("target");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    assertThat(report.problems())
        .extracting(RestoreReport.Problem::path)
        .containsExactlyElementsOf(bad);
    assertThat(contents(target)).containsOnlyKeys("first", "dir/c", "last");
  }

  @Test
  void trialsWhoseFileNamesLeadElsewhereAreReportedAndTheRestGoesOn() throws IOException {
    Path inside = Files.createDirectory(directory.resolve("inside"));
    Files.writeString(inside.resolve("mine.json"), "mine");
    List<String> bad =
        List.of("../evil.json", "../mine.json", "/tmp/evil.json", "a\0b", "n".repeat(600));
    StudyRecord study;
    try (StudyImport run =
        store.beginImport("s", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      for (String file : List.of("trial_001.json", "CON", "'; DROP TABLE trials; --")) {
        run.addTrial(FrozenTrial.builder().state(TrialState.COMPLETE).trialFile(file).build());
      }
      for (String file : bad) {
        run.addTrial(FrozenTrial.builder().state(TrialState.COMPLETE).trialFile(file).build());
      }
      study = run.commit();
    }

    RestoreReport report = store.restore(study.id(), inside.resolve("target"), file -> true);

    assertThat(report.problems())
        .extracting(RestoreReport.Problem::path)
        .containsExactlyElementsOf(bad);
    assertThat(contents(inside))
        .containsOnlyKeys(
            "mine.json",
            "target/trial_001.json",
            "target/CON",
            "target/'; DROP TABLE trials; --",
            "target/run_meta.json");
    assertThat(inside.resolve("mine.json")).hasContent("mine");
    assertThat(Path.of("/tmp/evil.json")).doesNotExist();
    assertThat(store.verify().faults()).isEmpty();
  }

  @Test
  void anArchivedFileWithAnotherChecksumIsReportedAndNotMadeUp() throws IOException {
    StudyRecord study = runOfOurs(2);
    archive(study.id(), "trial_001.json", sha256(new byte[] {1}), new byte[] {2});
    archive(study.id(), "fine", sha256(new byte[] {1}), new byte[] {1});
    Path target = directory.resolve("target");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    assertThat(contents(target))
        .containsOnlyKeys("best_trial.json", "fine", "run_meta.json", "trial_002.json");
    assertThat(report.problems()).hasSize(1);
    assertThat(report.problems().get(0).path()).isEqualTo("trial_001.json");
    assertThat(report.problems().get(0).reason())
        .contains(sha256(new byte[] {1}))
        .contains(sha256(new byte[] {2}));
  }

  @Test
  void packedTrialFilesComeBackAndTheOthersAreMadeAgain() throws IOException {
    StudyRecord study = runOfOurs(3);
    byte[] packed = "packed".getBytes(UTF_8);
    archive(study.id(), "trial_002.json", sha256(packed), packed);
    Path target = directory.resolve("target");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    assertThat(report.archived()).isEqualTo(1);
    assertThat(report.remade()).isEqualTo(4);
    assertThat(Files.readString(target.resolve("trial_002.json"))).isEqualTo("packed");
  }

  @Test
  void aBrokenPartIsReportedAndTheRestGoesOn() throws IOException {
    StudyRecord study = imported(Map.of("first", new byte[10]));
    Path broken = archive(study.id(), "x", sha256(new byte[1]), new byte[1]);
    Path gone = archive(study.id(), "y", sha256(new byte[1]), new byte[1]);
    archive(study.id(), "last", sha256(new byte[1]), new byte[1]);
    byte[] bytes = Files.readAllBytes(broken);
    Arrays.fill(bytes, bytes.length - 8, bytes.length, (byte) 7);
    Files.write(broken, bytes);
    Files.delete(gone);
    Path target = directory.resolve("target");

    RestoreReport report = store.restore(study.id(), target, file -> true);

    assertThat(contents(target)).containsOnlyKeys("first", "last");
    assertThat(report.problems())
        .extracting(RestoreReport.Problem::reason)
        .anyMatch(reason -> reason.startsWith("cannot read " + broken))
        .anyMatch(reason -> reason.startsWith(gone + " is missing"))
        .hasSize(2);
  }

  /** Restores a run with a heap that could not hold its files. */
  static final class SmallRestore {
    public static void main(String[] arguments) {
      try (Store store = Store.openExisting(Path.of(arguments[0]))) {
        System.out.println(
            store
                .restore(Long.parseLong(arguments[1]), Path.of(arguments[2]), path -> true)
                .toJson());
      }
    }
  }

  @Test
  void aRunThatTheHeapCannotHoldIsRestored() throws Exception {
    byte[] content = new byte[3 << 20];
    Random random = new Random(5);
    random.nextBytes(content);
    StudyRecord study;
    try (StudyImport run =
        store.beginImport("large", List.of(Direction.MAXIMIZE), Json.object(), Json.object())) {
      for (int i = 0; i < 80; i++) {
        content[random.nextInt(content.length)]++;
        run.addFile("file" + i, null, content);
      }
      study = run.commit();
    }
    Path target = directory.resolve("target");
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(
                    List.of("-Xmx40m"), SmallRestore.class, store.directory(), study.id(), target))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.to(output.toFile()))
            .start();

    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();

    assertThat(Files.readString(output)).contains("\"archived\":80").contains("\"problems\":[]");
    assertThat(Files.readAllBytes(target.resolve("file79"))).isEqualTo(content);
  }
}
