package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.storage.RestoreReport;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.disk.MemoryDisk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders that were made to do harm to whoever migrates them. */
@Timeout(60)
class HostileSourcesTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private SourceReport migrate(Path run) {
    try (Store store = Store.open(directory.resolve("store"))) {
      return LegacyMigration.migrate(store, List.of(run), MigrationListener.NONE).sources().get(0);
    }
  }

  private RestoreReport restore(Path target) {
    try (Store store = Store.openExisting(directory.resolve("store"))) {
      StudyRecord study = store.studies().get(0);
      return store.restore(study.id(), target, path -> true);
    }
  }

  private static void execute(Path database, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CREATE VIEW dedup_signatures AS WITH RECURSIVE c(sig) AS "
            + "(SELECT 1 UNION ALL SELECT sig + 1 FROM c) SELECT sig, 0 AS ts FROM c",
        "CREATE VIEW dedup_signatures AS SELECT hex(zeroblob(400000000)) AS sig, 0 AS ts",
        "CREATE TABLE dedup_signatures (ts REAL, sig TEXT AS (hex(zeroblob(ts)))); "
            + "INSERT INTO dedup_signatures VALUES (50000000)",
        "CREATE VIRTUAL TABLE dedup_signatures USING fts5(sig, ts)",
        "CREATE TABLE another (sig TEXT)"
      })
  void aGuardWhoseRowsAreComputedIsQuarantinedAndTheRunIsTaken(String sql) throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    execute(run.directory.resolve("_dedup.db"), sql);

    SourceReport report = migrate(run.directory);

    assertThat(report.trials()).isEqualTo(new Tally(1, 1, 0, 0, 0));
    assertThat(report.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Finding.Kind.QUARANTINED);
              assertThat(finding.path()).isEqualTo("_dedup.db");
              assertThat(finding.reason()).startsWith("not a guard database");
            });
  }

  private static byte[] gzipOfZeros(int megabytes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      for (int i = 0; i < megabytes; i++) {
        out.write(new byte[1 << 20]);
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void picklesAndCompressedFilesAreKeptAsBytesAndNeverOpened() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    Path harm = directory.resolve("harm");
    byte[] pickle =
        "cos\nsystem\n(S'touch %s'\ntR.".formatted(harm).getBytes(StandardCharsets.UTF_8);
    byte[] bomb = gzipOfZeros(128);
    List<String> names =
        List.of("sampler.pkl", "study.pickle", "_cache/sampler.pkl", "trial_002.json.gz", "x.zst");
    for (String name : names) {
      Path file = run.directory.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, name.endsWith(".gz") || name.endsWith(".zst") ? bomb : pickle);
    }

    SourceReport report = migrate(run.directory);

    assertThat(report.files()).isEqualTo(new Tally(6, 6, 0, 0, 0));
    assertThat(report.trials()).isEqualTo(new Tally(1, 1, 0, 0, 0));
    assertThat(report.bytesRead()).isLessThan(4 << 20);
    Path target = directory.resolve("target");
    assertThat(restore(target).problems()).isEmpty();
    for (String name : names) {
      assertThat(target.resolve(name)).hasSameBinaryContentAs(run.directory.resolve(name));
    }
    assertThat(harm).doesNotExist();
  }

  @Test
  void aDocumentNamedAsAPickleOrAnArchiveIsNoTrial() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    run.file("trial_002.json", "\u001f\u008b").file("trial_003.json", "\u0080\u0004K*.");

    SourceReport report = migrate(run.directory);

    assertThat(report.trials()).isEqualTo(new Tally(3, 1, 0, 0, 2));
    assertThat(report.findings()).extracting(Finding::kind).containsOnly(Finding.Kind.QUARANTINED);
  }

  @Test
  void aDocumentOfTheLongestNameThatCannotBeReadIsQuarantined() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    run.file("trial_" + "n".repeat(244) + ".json", "{").file("trial_../x.json", "{");

    assertThat(migrate(run.directory).files().quarantined()).isEqualTo(1);
  }

  /** Names that are one on some file systems, and such that are hard for some. */
  @Test
  void filesOfAnyNameComeBackByteForByte() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    List<String> names = new ArrayList<>();
    names.addAll(List.of("CON", "nul.txt", "caf\u00e9", "cafe\u0301", "Case", "case", "CASE"));
    names.addAll(List.of("'; DROP TABLE parts; --", "a\nb", " lead", "trail ", "-rf", "\\..\\x"));
    names.addAll(List.of("...", "..x", "x..", "%2e%2e%2fx", "*?[a]", "\"q\"", "\u202etxt.exe"));
    names.add("n".repeat(255));
    names.add("d".repeat(200) + "/" + "e".repeat(200) + "/" + "f".repeat(200));
    for (String name : names) {
      run.file(name, name);
    }

    SourceReport report = migrate(run.directory);

    assertThat(report.files()).isEqualTo(new Tally(names.size() + 1, names.size() + 1, 0, 0, 0));
    Path target = directory.resolve("target");
    assertThat(restore(target).problems()).isEmpty();
    for (String name : names) {
      assertThat(target.resolve(name)).hasContent(name);
    }
  }
}
