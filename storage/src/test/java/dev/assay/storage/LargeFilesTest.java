package dev.assay.storage;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.PartReader.FileRow;
import dev.assay.storage.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that resemble each other and do not fit into one row group of the archive. */
@Timeout(120)
final class LargeFilesTest {
  private static final int FILES = 70;

  @TempDir Path directory;

  /** Files of a megabyte that differ in a few bytes, and in length. */
  private static Map<String, byte[]> files() {
    Random random = new Random(1);
    byte[] content = new byte[1 << 20];
    random.nextBytes(content);
    Map<String, byte[]> files = new TreeMap<>();
    for (int i = 0; i < FILES; i++) {
      for (int change = 0; change < 20; change++) {
        content[random.nextInt(content.length)]++;
      }
      byte[] file = new byte[content.length - random.nextInt(2000)];
      System.arraycopy(content, 0, file, 0, file.length);
      files.put("large_%02d.json".formatted(i), file);
    }
    files.put("small.json", "small".getBytes(StandardCharsets.UTF_8));
    files.put("empty.log", new byte[0]);
    return files;
  }

  private static StudyRecord imported(Store store, Map<String, byte[]> files) {
    try (StudyImport run =
        store.beginImport(
            "theirs",
            List.of(Direction.MAXIMIZE),
            Json.object(),
            Json.object().put("source_kind", "legacy-run"))) {
      files.forEach((path, content) -> run.addFile(path, path, content));
      return run.commit();
    }
  }

  private static List<FileRow> rows(Path part) {
    List<FileRow> all = new ArrayList<>();
    try (PartReader reader = new PartReader();
        PartRows<FileRow> rows = reader.files(part)) {
      for (FileRow row = rows.next(); row != null; row = rows.next()) {
        all.add(row);
      }
    }
    return all;
  }

  private void assertRestored(Store store, long studyId, Map<String, byte[]> files, Path target)
      throws Exception {
    assertThat(store.restore(studyId, target, path -> true).problems()).isEmpty();
    assertThat(StudyImportTest.filesBelow(target)).hasSize(files.size());
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      assertThat(target.resolve(file.getKey())).hasBinaryContent(file.getValue());
    }
  }

  @Test
  void areKeptInPiecesSoThatWhatTheyShareCostsOnceAndComeBackWhole() throws Exception {
    Map<String, byte[]> files = files();
    byte[] first = requireNonNull(files.get("large_00.json"));
    byte[] seventh = requireNonNull(files.get("large_07.json"));
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = imported(store, files);

      Path part = part(store);
      // A megabyte that cannot be compressed, once, though there are two row groups.
      assertThat(Files.size(part)).isBetween(1_000_000L, 1_300_000L);
      List<FileRow> rows = rows(part);
      assertThat(rows).hasSize(2 + 2 * FILES);
      assertThat(rows.get(2).piece()).isZero();
      assertThat(rows.get(2 + FILES))
          .isEqualTo(new FileRow("large_00.json", null, first.length, null, 1, 2));

      assertRestored(store, study.id(), files, directory.resolve("all"));
      Path one = directory.resolve("one");
      assertThat(store.restore(study.id(), one, "large_07.json"::equals).archived()).isEqualTo(1);
      assertThat(one.resolve("large_07.json")).hasBinaryContent(seventh);
      assertThat(store.verify().faults()).isEmpty();
      assertThat(StudyImportTest.filesBelow(directory.resolve("store/lake")))
          .noneMatch(file -> file.toString().endsWith(".tmp"));

      byte[] more = first;
      files.put("more.json", more);
      LakeFixture.archive(
          store, study.id(), archive -> archive.add("more.json", null, sha256(more), more));
      assertThat(store.compact(study.id()).files().after().parts()).isEqualTo(1);
      assertRestored(store, study.id(), files, directory.resolve("merged"));
      assertThat(Files.size(part(store))).isLessThan(1_300_000);
      assertThat(store.verify().faults()).isEmpty();
    }
  }

  private static Path part(Store store) {
    return store
        .live
        .query(sql -> Parts.list(sql, "kind = 'files' AND status = 'committed'"))
        .get(0)
        .file(store.directory());
  }

  private static String sha256(byte[] content) {
    return HexFormat.of().formatHex(PartOutput.sha256().digest(content));
  }

  @Test
  void oneThatIsDamagedIsNamedAndNothingOfItIsLeft() throws Exception {
    try (Store store = Store.open(directory.resolve("store"))) {
      StudyRecord study = imported(store, Map.of("small.log", new byte[1]));
      byte[] content = new byte[40 << 20];
      LakeFixture.archive(
          store,
          study.id(),
          archive -> {
            archive.add("bad.log", null, "00", content);
            archive.add("good.log", null, sha256(content), content);
          });

      Path target = directory.resolve("target");
      RestoreReport report = store.restore(study.id(), target, path -> true);

      assertThat(report.problems()).hasSize(1);
      assertThat(report.problems().get(0).path()).isEqualTo("bad.log");
      assertThat(report.problems().get(0).reason()).contains("expected 00");
      assertThat(report.archived()).isEqualTo(2);
      assertThat(report.bytes()).isEqualTo(1 + content.length);
      assertThat(StudyImportTest.filesBelow(target))
          .extracting(file -> file.getFileName().toString())
          .containsExactlyInAnyOrder("good.log", "small.log");
    }
  }
}
