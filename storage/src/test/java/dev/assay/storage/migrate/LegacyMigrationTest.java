package dev.assay.storage.migrate;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Direction;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LegacyMigrationTest {
  @TempDir Path temporary;
  private Path root;
  private Path storeDirectory;
  private StoreContents contents;

  @BeforeEach
  void realPaths() throws Exception {
    Path real = temporary.toRealPath();
    root = Files.createDirectories(real.resolve("source"));
    storeDirectory = real.resolve("store");
    contents = new StoreContents(storeDirectory);
  }

  private LegacyRun run(String name) throws IOException {
    return new LegacyRun(root.resolve(name));
  }

  private MigrationReport migrate(Path... paths) {
    try (Store store = Store.open(storeDirectory)) {
      return LegacyMigration.migrate(
          store, paths.length == 0 ? List.of(root) : List.of(paths), MigrationListener.NONE);
    }
  }

  private ObjectNode systemAttrs(String study) {
    try (Store store = Store.open(storeDirectory)) {
      return store.studies().stream()
          .filter(record -> record.name().equals(study))
          .findFirst()
          .orElseThrow()
          .systemAttrs();
    }
  }

  private static SourceReport only(MigrationReport report) {
    assertThat(report.sources()).hasSize(1);
    return report.sources().get(0);
  }

  private static List<SourceReport.Outcome> outcomes(MigrationReport report) {
    return report.sources().stream().map(SourceReport::outcome).toList();
  }

  private static String signature(double x) {
    return Signatures.shared().parameterSignature(Json.object().put("x", x));
  }

  /** Path and bytes of every file below a folder. */
  private static Map<String, String> bytes(Path folder) throws IOException {
    Map<String, String> bytes = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        bytes.put(path.toString(), Fingerprint.sha256(Files.readAllBytes(path)));
      }
    }
    return bytes;
  }

  /** Path, time and bytes of everything below a folder. */
  private static Map<String, String> snapshot(Path folder) throws IOException {
    Map<String, String> snapshot = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        boolean file = Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
        snapshot.put(
            path.toString(),
            Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                + (file ? Fingerprint.sha256(Files.readAllBytes(path)) : ""));
      }
    }
    return snapshot;
  }

  @Test
  void everyFileOfARunIsArchivedByteForByteUnderItsTrial() throws Exception {
    LegacyRun run = run("run_1").trial(1, 0.5).trial(2, 0.25);
    String key = Signatures.shared().trialKey(Json.object().put("x", 0.5));
    run.file("trial_001_config.json", "{}")
        .file("trial_008_config.json", "{}")
        .file("trial_001.log", "log")
        .file("trial_009.log", "a log without a trial")
        .file("_cache/" + key + ".json", "{}")
        .file("_cache/other.json", "{}")
        .file("deep/er/it's a name.csv", "a,b\r\n")
        .file("empty.txt", "")
        .file("result_2.json", "{}");
    Files.write(run.directory.resolve("bytes.bin"), new byte[] {0, -1, 10, 13, -128});
    Files.writeString(
        run.directory.resolve("trial_002.json"),
        "{\"parameters\": {\"x\": 1}, \"results_path\": \"results\\\\result_2.json\"}");

    SourceReport report = only(migrate());

    assertThat(report.files()).isEqualTo(new Tally(12, 12, 0, 0, 1));
    assertThat(report.trials()).isEqualTo(new Tally(3, 3, 0, 0, 0));
    assertThat(
            contents.lake("SELECT path, coalesce(trial_file, '-'), size FROM FILES ORDER BY path"))
        .containsExactly(
            row("_cache/" + key + ".json", "trial_001.json", 2L),
            row("_cache/other.json", "-", 2L),
            row("bytes.bin", "-", 5L),
            row("deep/er/it's a name.csv", "-", 5L),
            row("empty.txt", "-", 0L),
            row("result_2.json", "trial_002.json", 2L),
            row(
                "trial_001.json",
                "trial_001.json",
                Files.size(run.directory.resolve("trial_001.json"))),
            row("trial_001.log", "trial_001.json", 3L),
            row("trial_001_config.json", "trial_001.json", 2L),
            row(
                "trial_002.json",
                "trial_002.json",
                Files.size(run.directory.resolve("trial_002.json"))),
            row("trial_008_config.json", "-", 2L),
            row("trial_009.log", "-", 21L));
    for (List<Object> file : contents.lake("SELECT path, hex(content), sha256 FROM FILES")) {
      byte[] original = Files.readAllBytes(run.directory.resolve((String) file.get(0)));
      assertThat(HexFormat.of().withUpperCase().formatHex(original)).isEqualTo(file.get(1));
      assertThat(Fingerprint.sha256(original)).isEqualTo(file.get(2));
    }
  }

  private static List<Object> row(Object... values) {
    return Arrays.asList(values);
  }

  @Test
  void trialsAreNumberedByTheNumbersInTheirNames() throws Exception {
    run("run_1").trial(999, 1).trial(1000, 2).trial(21, 3);
    migrate();
    assertThat(contents.lake("SELECT number, trial_file, value FROM TRIALS ORDER BY number"))
        .containsExactly(
            row(0L, "trial_021.json", 6.0),
            row(1L, "trial_999.json", 2.0),
            row(2L, "trial_1000.json", 4.0));
  }

  @Test
  void secondMigrationAddsNothingAndReadsNothing() throws Exception {
    run("run_1").trial(1, 1).guard(List.of(signature(5)));
    run("run_1/validation").trial(1, 1);
    run("run_meta_only").file("run_meta.json", "{}");
    migrate();
    Map<String, String> before = bytes(storeDirectory.resolve("lake"));

    MigrationReport second = migrate();

    assertThat(outcomes(second)).containsOnly(SourceReport.Outcome.ALREADY_THERE).hasSize(3);
    assertThat(second.trials()).isEqualTo(new Tally(0, 0, 2, 0, 0));
    assertThat(second.files()).isEqualTo(new Tally(0, 0, 4, 0, 0));
    assertThat(second.bytesRead()).isZero();
    assertThat(bytes(storeDirectory.resolve("lake"))).isEqualTo(before);
  }

  @Test
  void sameBytesAreKnownAgainAfterATouchAndInAnotherPlace() throws Exception {
    LegacyRun run = run("run_1").trial(1, 1);
    migrate();
    Files.setLastModifiedTime(run.directory.resolve("trial_001.json"), FileTime.fromMillis(1));
    assertThat(outcomes(migrate())).containsExactly(SourceReport.Outcome.ALREADY_THERE);

    Path elsewhere = Files.createDirectories(root.resolveSibling("elsewhere/run_1"));
    Files.copy(run.directory.resolve("trial_001.json"), elsewhere.resolve("trial_001.json"));
    Path renamed = run.directory.resolveSibling("renamed");
    for (Path same : List.of(elsewhere, Files.move(run.directory, renamed))) {
      SourceReport copy = only(migrate(same));
      assertThat(copy.outcome()).isEqualTo(SourceReport.Outcome.ALREADY_THERE);
      assertThat(copy.study()).isEqualTo("run_1");
      assertThat(copy.reason()).isEqualTo("the same bytes were taken from " + run.directory);
    }
  }

  @Test
  void copyUnderAnotherNameAndCaseTwinsAreStudiesOfTheirOwn() throws Exception {
    run("run_1").trial(1, 1);
    run("Run_1").trial(1, 1);
    run("run_copy").trial(1, 1);
    assertThat(migrate().sources())
        .extracting(SourceReport::outcome, SourceReport::study)
        .containsExactly(
            tuple(SourceReport.Outcome.TAKEN, "Run_1"),
            tuple(SourceReport.Outcome.TAKEN, "run_1"),
            tuple(SourceReport.Outcome.TAKEN, "run_copy"));
    Files.setLastModifiedTime(root.resolve("run_copy/trial_001.json"), FileTime.fromMillis(1));
    assertThat(migrate().sources())
        .extracting(SourceReport::outcome, SourceReport::study)
        .containsExactly(
            tuple(SourceReport.Outcome.ALREADY_THERE, "Run_1"),
            tuple(SourceReport.Outcome.ALREADY_THERE, "run_1"),
            tuple(SourceReport.Outcome.ALREADY_THERE, "run_copy"));
  }

  @Test
  void ofTwoMigrationsOfAFolderAtOnceOneTakesItAndTheOtherFindsIt() throws Exception {
    run("run_1").trial(1, 1);
    run("run_2").trial(1, 2);
    Path others = root.resolveSibling("others");
    new LegacyRun(others.resolve("run_2")).trial(1, 7);
    // The other one takes run_1 and another run_2 while this one reads.
    MigrationListener other =
        new MigrationListener() {
          private boolean done;

          @Override
          public void progress(long filesDone, long bytesDone) {
            if (!done) {
              done = true;
              migrate(root.resolve("run_1"), others);
            }
          }
        };
    try (Store store = Store.open(storeDirectory)) {
      assertThat(LegacyMigration.migrate(store, List.of(root), other).sources())
          .extracting(SourceReport::outcome, SourceReport::study)
          .containsExactly(
              tuple(SourceReport.Outcome.ALREADY_THERE, "run_1"),
              tuple(SourceReport.Outcome.TAKEN, "run_2 (2)"));
    }
    assertThat(contents.lake("SELECT count(*) FROM TRIALS")).containsExactly(row(3L));
  }

  @Test
  void otherBytesUnderTheSameNameGetASuffix() throws Exception {
    Path first = run("a/run_1").trial(1, 1).directory;
    Path second = run("b/run_1").trial(1, 2).directory;
    run("b/run_1/validation").trial(1, 3);
    assertThat(only(migrate(first)).study()).isEqualTo("run_1");
    MigrationReport report = migrate(second);
    assertThat(report.sources().get(0).study()).isEqualTo("run_1 (2)");
    assertThat(report.sources().get(0).findings().get(0).reason())
        .startsWith("the name 'run_1' is taken by a study with other content");
    assertThat(systemAttrs("run_1/validation").get("parent").textValue()).isEqualTo("run_1 (2)");
    assertThat(outcomes(migrate(first))).containsExactly(SourceReport.Outcome.ALREADY_THERE);

    new LegacyRun(first).trial(2, 7);
    SourceReport grown = only(migrate(first));
    assertThat(grown.study()).isEqualTo("run_1 (3)");
    assertThat(grown.findings().get(0).reason())
        .contains("changed since it was taken as 'run_1'; now it is 'run_1 (3)'")
        .contains("'assay delete'", "'assay watch'");
    assertThat(contents.live("SELECT name FROM studies")).hasSize(4);
  }

  @Test
  void equalRunsWithoutTrialsAreKeptApartByTheirNames() throws Exception {
    run("run_1").file("run_meta.json", "{}");
    run("run_2").file("run_meta.json", "{}");
    assertThat(outcomes(migrate())).containsOnly(SourceReport.Outcome.TAKEN).hasSize(2);
    assertThat(outcomes(migrate())).containsOnly(SourceReport.Outcome.ALREADY_THERE).hasSize(2);
  }

  @Test
  void documentsThatCannotBeReadAreQuarantinedAndTheRestGoesOn() throws Exception {
    String good = LegacyRun.trialJson(1, 1);
    LegacyRun run =
        run("run_1")
            .trial(1, 1)
            .file("trial_002.json", good.substring(0, good.length() - 2))
            .file("trial_003.json", "")
            .file("trial_004.json", "[1, 2]")
            .file("trial_005.json", "{\"a\":".repeat(2000))
            .file("trial_007.json", LegacyRun.trialJson(7, 7) + "}\ngarbage")
            .trial(8, 8)
            .file("run_meta.json", "not json")
            .file("_dedup.db", "this is no database");
    Files.write(
        run.directory.resolve("trial_006.json"), new byte[] {'{', '"', -1, '"', ':', '1', '}'});

    MigrationReport report = migrate();

    SourceReport source = only(report);
    assertThat(report.hasQuarantined()).isTrue();
    assertThat(source.files()).isEqualTo(new Tally(10, 10, 0, 0, 7));
    assertThat(source.trials()).isEqualTo(new Tally(8, 3, 0, 0, 5));
    assertThat(source.findings())
        .extracting(Finding::kind, Finding::path)
        .containsExactlyInAnyOrder(
            tuple(Finding.Kind.QUARANTINED, "trial_002.json"),
            tuple(Finding.Kind.QUARANTINED, "trial_003.json"),
            tuple(Finding.Kind.QUARANTINED, "trial_004.json"),
            tuple(Finding.Kind.QUARANTINED, "trial_005.json"),
            tuple(Finding.Kind.QUARANTINED, "trial_006.json"),
            tuple(Finding.Kind.SALVAGED, "trial_007.json"),
            tuple(Finding.Kind.QUARANTINED, "run_meta.json"),
            tuple(Finding.Kind.QUARANTINED, "_dedup.db"));
    assertThat(contents.lake("SELECT trial_file, value FROM TRIALS ORDER BY number"))
        .containsExactly(
            row("trial_001.json", 2.0), row("trial_007.json", 14.0), row("trial_008.json", 16.0));
    assertThat(contents.lake("SELECT count(*) FROM FILES")).containsExactly(row(10L));
    Path quarantine = storeDirectory.resolve("quarantine");
    try (Stream<Path> folders = Files.list(quarantine)) {
      Path folder = folders.findFirst().orElseThrow();
      assertThat(folder.getFileName().toString()).startsWith("run-1-");
      assertThat(folder.resolve("trial_002.json"))
          .hasSameBinaryContentAs(run.directory.resolve("trial_002.json"));
      assertThat(folder.resolve("trial_003.json.why.txt"))
          .hasContent(run.directory.resolve("trial_003.json") + "\nthe file is empty\n");
      assertThat(folder.resolve("trial_007.json")).doesNotExist();
    }
    assertThat(migrate().hasQuarantined()).isFalse();
  }

  @Test
  void guardRowsWithoutATrialAreExpiredClaimsAndTheSourceStaysUntouched() throws Exception {
    LegacyRun run = run("run_1").trial(1, 1).trial(2, 2);
    run.file(
        "trial_003.json", "{\"parameters\": {\"x\": 3.0}, \"error\": \"boom\", \"trial_id\": 3}");
    run.guard(List.of(signature(1), signature(3), signature(4), "no signature"));
    // What a writer leaves that was killed: the newest row is in the WAL alone.
    Path copied = root.resolveSibling("copied");
    Files.createDirectories(copied);
    try (Connection writer =
            DriverManager.getConnection("jdbc:sqlite:" + run.directory.resolve("_dedup.db"));
        Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("INSERT INTO dedup_signatures VALUES ('%s', 0)".formatted(signature(5)));
      for (String name : List.of("_dedup.db", "_dedup.db-wal")) {
        Files.copy(run.directory.resolve(name), copied.resolve(name));
      }
    }
    for (String name : List.of("trial_001.json", "trial_002.json", "trial_003.json")) {
      Files.copy(run.directory.resolve(name), copied.resolve(name));
    }
    Map<String, String> before = snapshot(copied);

    SourceReport report = only(migrate(copied));

    assertThat(snapshot(copied)).isEqualTo(before);
    assertThat(report.findings())
        .extracting(Finding::reason)
        .containsExactly(
            "1 rows hold no signature (64 hexadecimal digits)",
            "2 signatures have no trial here; they are known to the guard as expired claims");
    assertThat(
            contents.liveTexts(
                "SELECT signature || ' ' || coalesce(state, 'expired') FROM signatures"))
        .containsExactlyInAnyOrder(
            signature(1) + " COMPLETE",
            signature(2) + " COMPLETE",
            signature(4) + " expired",
            signature(5) + " expired");
  }

  @Test
  void studyAttributesTellWhereARunCameFrom() throws Exception {
    Path run =
        run("camp/run_1")
            .trial(1, 1)
            .file("run_meta.json", "{\"optuna\": {\"direction\": \"minimize\"}, \"nan\": NaN}")
            .directory;
    run("camp/run_1/validation").trial(1, 1.5);
    run("camp").file("study.db", "x");
    migrate();

    ObjectNode main = systemAttrs("camp/run_1");
    assertThat(main.path("source").textValue()).isEqualTo(run.toString());
    assertThat(main.path("source_kind").textValue()).isEqualTo("legacy-run");
    assertThat(main.path("run_meta"))
        .isEqualTo(Json.parse("{\"optuna\": {\"direction\": \"minimize\"}, \"nan\": NaN}"));
    assertThat(main.path("fingerprint").textValue()).hasSize(64);
    assertThat(main.has("parent")).isFalse();
    assertThat(systemAttrs("camp/run_1/validation").path("parent").textValue())
        .isEqualTo("camp/run_1");
    assertThat(systemAttrs("camp").path("source_kind").textValue()).isEqualTo("legacy-campaign");
    try (Store store = Store.open(storeDirectory)) {
      assertThat(store.studies())
          .extracting(StudyRecord::name, StudyRecord::directions)
          .containsExactly(
              tuple("camp", List.of(Direction.MAXIMIZE)),
              tuple("camp/run_1", List.of(Direction.MINIMIZE)),
              tuple("camp/run_1/validation", List.of(Direction.MAXIMIZE)));
    }
    assertThat(contents.lake("SELECT study_id, path FROM FILES WHERE path = 'study.db'"))
        .hasSize(1);
  }

  @Test
  void dryRunSaysWhatWouldHappenAndCreatesNothing() throws Exception {
    run("run_1").trial(1, 1).file("trial_002.json", "{");
    run("run_2").trial(1, 2);
    run("run_2/copies/run_2").trial(1, 2);
    Map<String, String> before = snapshot(root);

    MigrationReport dry = LegacyMigration.dryRun(List.of(root), MigrationListener.NONE);

    assertThat(storeDirectory).doesNotExist();
    assertThat(snapshot(root)).isEqualTo(before);
    assertThat(dry.dryRun()).isTrue();
    assertThat(dry.hasQuarantined()).isTrue();
    MigrationReport real = migrate();
    assertThat(dry.files()).isEqualTo(real.files());
    assertThat(dry.trials()).isEqualTo(real.trials());
    assertThat(outcomes(dry)).isEqualTo(outcomes(real));
    assertThat(outcomes(dry))
        .containsExactly(
            SourceReport.Outcome.TAKEN,
            SourceReport.Outcome.TAKEN,
            SourceReport.Outcome.ALREADY_THERE);

    run("run_3").trial(1, 9);
    try (Store store = Store.open(storeDirectory)) {
      assertThat(outcomes(LegacyMigration.dryRun(store, List.of(root), MigrationListener.NONE)))
          .containsExactly(
              SourceReport.Outcome.ALREADY_THERE,
              SourceReport.Outcome.ALREADY_THERE,
              SourceReport.Outcome.ALREADY_THERE,
              SourceReport.Outcome.TAKEN);
      assertThat(store.studies()).hasSize(2);
    }
  }

  @Test
  void interruptedMigrationLeavesWholeRunsAndIsResumed() throws Exception {
    run("run_1").trial(1, 1);
    run("run_2").trial(1, 2).trial(2, 3);
    MigrationListener stopsInTheSecondRun =
        new MigrationListener() {
          private boolean second;

          @Override
          public void started(String study, long files, long bytes) {
            second = study.equals("run_2");
          }

          @Override
          public void progress(long filesDone, long bytesDone) {
            if (second) {
              throw new IllegalStateException("stop");
            }
          }
        };
    try (Store store = Store.open(storeDirectory)) {
      assertThatThrownBy(() -> LegacyMigration.migrate(store, List.of(root), stopsInTheSecondRun))
          .hasMessage("stop");
      assertThat(store.studies()).extracting(StudyRecord::name).containsExactly("run_1");
    }
    assertThat(outcomes(migrate()))
        .containsExactly(SourceReport.Outcome.ALREADY_THERE, SourceReport.Outcome.TAKEN);
    assertThat(contents.lake("SELECT count(*) FROM TRIALS")).containsExactly(row(3L));
  }

  @Test
  void linksAndSpecialFilesAreReportedNotFollowed() throws Exception {
    Path run = run("run_1").trial(1, 1).directory;
    Files.createSymbolicLink(run.resolve("loop"), run);
    Files.createSymbolicLink(run.resolve("trial_002.json"), Path.of("/etc/passwd"));
    assertThat(new ProcessBuilder("mkfifo", run.resolve("pipe").toString()).start().waitFor())
        .isZero();

    SourceReport report = only(migrate());

    assertThat(report.files()).isEqualTo(new Tally(1, 1, 0, 3, 0));
    assertThat(report.findings())
        .containsExactly(
            new Finding(
                Finding.Kind.SKIPPED, "loop", "a symbolic link to %s, not followed".formatted(run)),
            new Finding(Finding.Kind.SKIPPED, "pipe", "neither a file nor a folder, not taken"),
            new Finding(
                Finding.Kind.SKIPPED,
                "trial_002.json",
                "a symbolic link to /etc/passwd, not followed"));
    assertThat(outcomes(migrate())).containsExactly(SourceReport.Outcome.ALREADY_THERE);
  }

  @Test
  void deepestDocumentsThatAreReadAreStored() throws Exception {
    LegacyRun run = run("run_1");
    for (int depth = LegacyDocument.MAX_DEPTH - 4; depth <= LegacyDocument.MAX_DEPTH + 1; depth++) {
      String deep = "[".repeat(depth - 1) + "]".repeat(depth - 1);
      run.file("trial_%d.json".formatted(2 * depth), "{\"note\": " + deep + "}")
          .file(
              "trial_%d.json".formatted(2 * depth + 1),
              "{\"parameters\": {\"p\": %s}}".formatted(deep.substring(1, deep.length() - 1)));
    }
    SourceReport report = only(migrate());
    assertThat(report.trials()).isEqualTo(new Tally(12, 10, 0, 0, 2));
    assertThat(contents.lake("SELECT count(*) FROM TRIALS")).containsExactly(row(10L));
  }

  @Test
  void attributeNamesCannotLeaveTheirPlace() throws Exception {
    run("run_1").file("trial_001.json", "{\"../../x\": 1, \"a'; DROP TABLE studies; --\": \"b\"}");
    migrate();
    assertThat(contents.lake("SELECT user_attrs FROM TRIALS"))
        .containsExactly(row("{\"../../x\":1,\"a'; DROP TABLE studies; --\":\"b\"}"));
    assertThat(contents.live("SELECT count(*) FROM studies")).containsExactly(row(1));
  }

  @Test
  void reportIsJsonAndText() throws Exception {
    run("run_1")
        .trial(1, 1)
        .file("trial_002.json", "")
        .file("trial_003.json", "{\"error\": \"x\"}");
    run("configs").file("a.yaml", "x");
    MigrationReport report = migrate();
    JsonNode json = report.toJson();
    assertThat(json.at("/totals/sources"))
        .hasToString("{\"taken\":1,\"already_there\":0,\"skipped\":1,\"refused\":0}");
    assertThat(json.at("/totals/trials"))
        .hasToString(
            "{\"read\":3,\"taken\":2,\"already_there\":0,\"skipped\":0,\"quarantined\":1}");
    assertThat(json.at("/sources/0/trials/states")).hasToString("{\"COMPLETE\":1,\"FAIL\":1}");
    assertThat(json.at("/sources/0/findings/0"))
        .hasToString(
            "{\"kind\":\"quarantined\",\"path\":\"trial_002.json\",\"reason\":\"the file is"
                + " empty\"}");
    assertThat(json.at("/sources/1/outcome").textValue()).isEqualTo("skipped");
    assertThat(report.bytesStored()).isPositive();
    assertThat(report.lines())
        .hasSize(4)
        .satisfies(
            lines ->
                assertThat(lines.get(0))
                    .startsWith("taken          run_1: 2 trials (1 complete, 1 fail), 3 files, ")
                    .endsWith(", 1 quarantined"))
        .contains("    quarantined trial_002.json: the file is empty")
        .contains(
            "skipped        %s: 1 file, holds no run; study files are used with 'assay run'"
                .formatted(root.resolve("configs")));
  }

  @Test
  void fileThatChangesAfterItWasListedIsReadAsItIsAndComparedNextTime() throws Exception {
    LegacyRun run = run("run_1").trial(1, 1).file("trial_001.log", "short");
    Path log = run.directory.resolve("trial_001.log");
    MigrationListener grows =
        new MigrationListener() {
          @Override
          public void started(String study, long files, long bytes) {
            try {
              Files.write(log, "much longer".getBytes(UTF_8));
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    try (Store store = Store.open(storeDirectory)) {
      LegacyMigration.migrate(store, List.of(root), grows);
    }
    assertThat(contents.lake("SELECT size FROM FILES WHERE path = 'trial_001.log'"))
        .containsExactly(row(11L));
    assertThat(systemAttrs("run_1").has(KnownRuns.STAMP)).isFalse();
    assertThat(outcomes(migrate())).containsExactly(SourceReport.Outcome.ALREADY_THERE);
  }
}
