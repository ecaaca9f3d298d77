package dev.assay.storage.migrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.assay.storage.Store;
import dev.assay.storage.StudyRecord;
import dev.assay.storage.TrialState;
import dev.assay.storage.json.CanonicalJson;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real runs of the legacy system, compared with their files. */
@Tag("performance")
final class LegacyRunsTest {
  /** Trials of one of the runs of which only the configuration is left. */
  private static final long INTERRUPTED = 3;

  @TempDir static Path temporary;
  private static Path legacy = Path.of(System.getProperty("assay.legacy", "legacy"));
  private static StoreContents contents = new StoreContents(Path.of("absent"));
  private static MigrationReport report = new MigrationReport(true, List.of());
  private static List<StudyRecord> studies = List.of();

  @BeforeAll
  static void migrate() throws IOException {
    assumeThat(legacy).as("real legacy runs (-Dassay.legacy=DIR)").isDirectory();
    legacy = legacy.toRealPath();
    contents = new StoreContents(temporary.resolve("store"));
    try (Store store = Store.open(contents.store())) {
      report = LegacyMigration.migrate(store, List.of(legacy), MigrationListener.NONE);
      studies = store.studies();
    }
  }

  private static boolean isTrial(Path file) {
    String name = file.getFileName().toString();
    return name.startsWith("trial_") && name.endsWith(".json") && !name.endsWith("_config.json");
  }

  /** Every trial's file by its path below the legacy folder. */
  private static Map<String, Path> trialFiles() throws IOException {
    Map<String, Path> files = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(legacy)) {
      paths
          .filter(LegacyRunsTest::isTrial)
          .forEach(path -> files.put(legacy.relativize(path).toString(), path));
    }
    return files;
  }

  private static Map<Long, String> studyNames() {
    Map<Long, String> names = new HashMap<>();
    studies.forEach(study -> names.put(study.id(), study.name()));
    return names;
  }

  private static StudyRecord study(String name) {
    return studies.stream()
        .filter(study -> study.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no study " + name));
  }

  @Test
  void allTrialsOfAllRunsAreThere() throws Exception {
    assertThat(report.trials()).isEqualTo(new Tally(232, 232, 0, 0, 0));
    assertThat(contents.lake("SELECT count(trial_file), count(*) FROM TRIALS"))
        .containsExactly(List.of(229L, 232L));
    assertThat(contents.lake("SELECT count(DISTINCT study_id) FROM TRIALS"))
        .containsExactly(List.of(13L));
    assertThat(studies)
        .extracting(StudyRecord::name)
        .contains(
            "run_20260109_153726/validation",
            "20260121_optuna_resume_minismoke",
            "20260121_optuna_resume_minismoke/run_20260121_090741",
            "run_20251227_180204",
            "run_test")
        .hasSize(17);
    assertThat(study("run_20260109_153726/validation").systemAttrs().get("parent").textValue())
        .isEqualTo("run_20260109_153726");
    assertThat(study("run_test").systemAttrs().get("run_meta"))
        .isEqualTo(Json.parse(Files.readAllBytes(legacy.resolve("run_test/run_meta.json"))));
  }

  @Test
  void trialsSayWhatTheirFilesSay() throws Exception {
    Map<Long, String> names = studyNames();
    Map<String, Path> files = trialFiles();
    Set<String> seen = new HashSet<>();
    String sql =
        """
        SELECT study_id, trial_file, state, value, error, constraints_ok, duration_seconds, attempts,
               legacy_trial_id, params, metrics, datetime_start, datetime_complete FROM TRIALS
        WHERE trial_file IS NOT NULL\
        """;
    for (List<Object> row : contents.lake(sql)) {
      String path = names.get(row.get(0)) + "/" + row.get(1);
      assertThat(files).containsKey(path);
      assertThat(seen.add(path)).isTrue();
      JsonNode document = Json.parse(Files.readAllBytes(files.get(path)));
      JsonNode score = document.path("score").path("score");
      JsonNode error = document.path("error");
      assertThat(row.get(2)).isEqualTo(error.isTextual() ? "FAIL" : "COMPLETE");
      assertThat(row.get(3)).isEqualTo(score.isNumber() ? score.doubleValue() : null);
      assertThat(row.get(4)).isEqualTo(error.textValue());
      JsonNode ok = document.path("constraints").path("ok");
      assertThat(row.get(5)).isEqualTo(ok.isBoolean() ? ok.booleanValue() : null);
      JsonNode duration = document.path("duration_seconds");
      assertThat(row.get(6)).isEqualTo(duration.isNumber() ? duration.doubleValue() : null);
      assertThat(row.get(7)).isEqualTo(document.get("attempts").intValue());
      assertThat(row.get(8)).isEqualTo(document.get("trial_id").asText());
      assertThat(Json.parse((String) row.get(9))).isEqualTo(document.get("parameters"));
      JsonNode metrics = document.path("score").path("metrics");
      assertThat(Json.parse((String) row.get(10)))
          .isEqualTo(metrics.isMissingNode() ? Json.object() : metrics);
      assertThat(row.get(11)).isNull();
      assertThat(row.get(12)).isNull();
    }
    assertThat(seen).isEqualTo(files.keySet());
  }

  @Test
  void countsAreThoseOfTheLegacySummary() throws Exception {
    JsonNode expected = Json.parse(Files.readAllBytes(legacy.resolve("expected_summaries.json")));
    for (Map.Entry<String, JsonNode> run : expected.properties()) {
      SourceReport source =
          report.sources().stream()
              .filter(candidate -> run.getKey().equals(candidate.study()))
              .findFirst()
              .orElseThrow();
      JsonNode counts = run.getValue().get("counts");
      long interrupted =
          run.getKey().equals("run_20260116_ev_longrun_20260116_20260120") ? INTERRUPTED : 0;
      assertThat(source.trials().taken() - interrupted)
          .as(run.getKey())
          .isEqualTo(counts.get("total").longValue());
      Map<TrialState, Long> states = new EnumMap<>(TrialState.class);
      states.putAll(source.states());
      assertThat(states.getOrDefault(TrialState.FAIL, 0L) - interrupted)
          .as(run.getKey())
          .isEqualTo(counts.get("failed").longValue());
    }
  }

  @Test
  void configurationsWithoutATrialAreInterruptedTrialsWhoseSignaturesTheGuardKnows()
      throws Exception {
    List<List<Object>> trials =
        contents.lake(
            "SELECT legacy_trial_id, number, state, error, study_id, signature FROM TRIALS "
                + "WHERE trial_file IS NULL ORDER BY number");
    assertThat(trials).hasSize((int) INTERRUPTED);
    long study = study("run_20260116_ev_longrun_20260116_20260120").id();
    List<String> ids = List.of("trial_012", "trial_065", "trial_066");
    for (int i = 0; i < INTERRUPTED; i++) {
      List<Object> trial = trials.get(i);
      assertThat(trial.subList(0, 5))
          .isEqualTo(List.of(ids.get(i), 15L + i, "FAIL", "interrupted", study));
      // Their parameters were read out of the merged configurations.
      assertThat(
              contents.live(
                  "SELECT 1 FROM signatures WHERE trial_id IS NULL AND study_id = %d AND signature = '%s'"
                      .formatted(study, trial.get(5))))
          .hasSize(1);
    }
  }

  @Test
  void numbersFollowTheFilesNumbers() throws Exception {
    long id = study("run_ev_longrun_sample").id();
    List<String> files = new ArrayList<>();
    for (List<Object> row :
        contents.lake(
            "SELECT trial_file FROM TRIALS WHERE study_id = %d ORDER BY number".formatted(id))) {
      files.add((String) row.get(0));
    }
    assertThat(files)
        .hasSize(61)
        .startsWith("trial_940.json")
        .endsWith("trial_999.json", "trial_1000.json");
  }

  @Test
  void trialKeysAreTheNamesOfTheCachedResults() throws Exception {
    List<List<Object>> cached =
        contents.lake(
            """
            SELECT f.study_id, f.path, t.trial_file FROM FILES f
            LEFT JOIN TRIALS t ON t.study_id = f.study_id
                 AND f.path = '_cache/' || t.trial_key || '.json'
            WHERE f.path LIKE '_cache/%'\
            """);
    assertThat(cached).hasSize(157);
    assertThat(cached).filteredOn(row -> row.get(2) == null).isEmpty();
  }

  @Test
  void signaturesAreThoseOfTheGuardsAndTheRestAreExpiredClaims() throws Exception {
    int known = 0;
    for (StudyRecord study : studies) {
      Path guard = legacy.resolve(study.name()).resolve("_dedup.db");
      Set<String> signatures = new HashSet<>();
      if (Files.exists(guard)) {
        Path copy = Files.copy(guard, temporary.resolve(study.id() + ".db"));
        StoreContents.sqlite(copy, "SELECT sig FROM dedup_signatures")
            .forEach(row -> signatures.add((String) row.get(0)));
      }
      Set<String> ofTrials = new HashSet<>();
      Set<String> failed = new HashSet<>();
      for (List<Object> row :
          contents.lake(
              "SELECT signature, state FROM TRIALS WHERE trial_file IS NOT NULL AND study_id = "
                  + study.id())) {
        (row.get(1).equals("FAIL") ? failed : ofTrials).add((String) row.get(0));
      }
      known += signatures.size();
      Set<String> expired = new HashSet<>(signatures);
      expired.removeAll(ofTrials);
      expired.removeAll(failed);
      assertThat(
              contents.liveTexts(
                  "SELECT signature FROM signatures WHERE trial_id IS NULL AND study_id = "
                      + study.id()))
          .as(study.name())
          .containsExactlyInAnyOrderElementsOf(expired);
      assertThat(
              contents.liveTexts(
                  "SELECT signature FROM signatures WHERE trial_id IS NOT NULL AND study_id = "
                      + study.id()))
          .as(study.name())
          .containsExactlyInAnyOrderElementsOf(ofTrials);
    }
    assertThat(known).isEqualTo(1121);
  }

  @Test
  void everyFileIsThereByteForByte() throws Exception {
    Map<Long, String> names = studyNames();
    Map<String, String> archived = new TreeMap<>();
    for (List<Object> row : contents.lake("SELECT study_id, path, sha256(content) FROM FILES")) {
      archived.put(names.get(row.get(0)) + "/" + row.get(1), (String) row.get(2));
    }
    Map<String, String> original = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(legacy)) {
      for (Path path : paths.filter(Files::isRegularFile).toList()) {
        String relative = legacy.relativize(path).toString();
        if (relative.contains("/") && !relative.matches("(configs|storage)/.*")) {
          original.put(relative, Fingerprint.sha256(Files.readAllBytes(path)));
        }
      }
    }
    assertThat(archived).isEqualTo(original);
  }

  @Test
  void largeMembersStayInTheArchive() throws Exception {
    for (List<Object> row :
        contents.lake("SELECT user_attrs, system_attrs FROM TRIALS WHERE trial_file IS NOT NULL")) {
      assertThat(((String) row.get(0)).length()).isLessThan(10_000);
      String archived = CanonicalJson.compact(Json.parse((String) row.get(1)));
      assertThat(archived).isIn("{}", "{\"archived_members\":[\"merged_config\"]}");
    }
  }

  @Test
  void secondMigrationAddsNothing() {
    try (Store store = Store.open(contents.store())) {
      MigrationReport second =
          LegacyMigration.migrate(store, List.of(legacy), MigrationListener.NONE);
      assertThat(second.trials()).isEqualTo(new Tally(0, 0, 232, 0, 0));
      assertThat(second.bytesRead()).isZero();
      assertThat(store.studies()).hasSize(17);
    }
  }

  @Test
  void whatIsNotTakenIsNamed() {
    assertThat(report.sources())
        .filteredOn(source -> source.outcome() == SourceReport.Outcome.SKIPPED)
        .extracting(source -> legacy.relativize(Path.of(source.source())) + ": " + source.reason())
        .containsExactly(
            ": loose files beside the runs are not taken; to keep them, give the folder above",
            "configs: holds no run; study files are used with 'assay run'",
            "storage: holds no run; of databases those are taken that Optuna wrote");
    assertThat(report.hasQuarantined()).isFalse();
  }
}
