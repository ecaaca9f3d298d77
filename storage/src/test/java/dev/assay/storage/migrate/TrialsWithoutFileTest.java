package dev.assay.storage.migrate;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.Claim;
import dev.assay.storage.FrozenTrial;
import dev.assay.storage.Store;
import dev.assay.storage.StudySummary;
import dev.assay.storage.TrialState;
import dev.assay.storage.disk.MemoryDisk;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrialsWithoutFileTest {
  @TempDir(factory = MemoryDisk.class)
  Path directory;

  private static ObjectNode x(double x) {
    return Json.object().put("x", x);
  }

  private static String cached(double x) {
    return "_cache/%s.json".formatted(Signatures.shared().trialKey(x(x)));
  }

  @Test
  void interruptedTrialsAndCachedResultsAreTrialsOutsideTheLegacyCounts() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1).trial(2, 2);
    run.file("trial_003.json", "{\"parameters\": {\"x\": 3.0}, \"error\": \"boom\"}")
        .file("trial_004.json", "{\"parameters\": {\"x\": 4")
        .file("trial_007_config.json", "{\"cfg\": {\"a\": 1, \"x\": 7.0}}")
        .file("trial_007.log", "cancelled")
        .file(
            "trial_008_config.json",
            "{\"trial_id\": 8, \"created_at\": \"2026-01-21T07:16:54.157267+00:00\","
                + " \"parameters\": {\"y\": 8}}")
        .file("trial_009_config.json", "{\"cfg\": {\"a\": 1}}")
        .file("trial_010_config.json", "{\"cfg\":")
        // Of a trial that has its file, of one that failed, of one whose file is torn, of none.
        .file(cached(1), LegacyRun.trialJson(1, 1))
        .file(cached(3), LegacyRun.trialJson(3, 3))
        .file(cached(4), LegacyRun.trialJson(4, 4))
        .file(cached(11), LegacyRun.trialJson(11, 11))
        .file(cached(12), "{}")
        .file(cached(13), LegacyRun.trialJson(14, 14))
        .file("best_trial.json", LegacyRun.trialJson(99, 99));
    run.guard(List.of(Signatures.shared().parameterSignature(x(7))));
    try (Store store = Store.open(directory.resolve("store"))) {
      MigrationReport migration =
          LegacyMigration.migrate(store, List.of(run.directory), MigrationListener.NONE);
      SourceReport report = migration.sources().get(0);
      assertThat(report.trials()).isEqualTo(new Tally(11, 10, 0, 0, 1));
      assertThat(report.files().quarantined()).isEqualTo(4);
      assertThat(report.findings())
          .extracting(Finding::kind, Finding::path)
          .contains(
              tuple(Finding.Kind.QUARANTINED, "trial_010_config.json"),
              tuple(Finding.Kind.QUARANTINED, cached(12)),
              tuple(Finding.Kind.QUARANTINED, cached(13)),
              tuple(Finding.Kind.NOTE, "best_trial.json"))
          .contains(tuple(Finding.Kind.NOTE, ""), tuple(Finding.Kind.NOTE, "_cache"));
      long id = store.studies().get(0).id();
      try (Stream<FrozenTrial> trials = store.trials(id)) {
        assertThat(trials.filter(trial -> trial.trialFile() == null))
            .extracting(
                trial -> trial.systemAttrs().path("source_file").textValue(),
                FrozenTrial::state,
                FrozenTrial::error,
                trial -> trial.params().toString(),
                trial -> String.valueOf(trial.legacyTrialId()),
                FrozenTrial::value)
            .containsExactlyInAnyOrder(
                interrupted("trial_007_config.json", "{\"x\":7.0}", "\"trial_007\""),
                interrupted("trial_008_config.json", "{\"y\":8}", "8"),
                interrupted("trial_009_config.json", "{}", "\"trial_009\""),
                interrupted("trial_010_config.json", "{}", "\"trial_010\""),
                tuple(cached(3), TrialState.COMPLETE, null, "{\"x\":3.0}", "3", 6.0),
                tuple(cached(11), TrialState.COMPLETE, null, "{\"x\":11.0}", "11", 22.0),
                tuple(cached(4), TrialState.COMPLETE, null, "{\"x\":4.0}", "4", 8.0));
      }
      FrozenTrial eighth = requireNonNull(store.trial(id, 4));
      assertThat(eighth.start()).isEqualTo(Instant.parse("2026-01-21T07:16:54.157267Z"));
      assertThat(requireNonNull(store.trial(id, 3)).userAttrs())
          .hasToString(
              "{\"config_path\":\"trial_007_config.json\",\"log_path\":\"trial_007.log\"}");

      StudySummary summary = store.summary(id, 5);
      assertThat(summary.states()).isEqualTo(new StudySummary.States(5, 0, 5, 0, 0));
      assertThat(summary.counts()).isEqualTo(new StudySummary.Counts(3, 0, 1, 3, 2));
      assertThat(requireNonNull(summary.best()).score()).isEqualTo(4.0);
      assertThat(store.verify().faults()).isEmpty();

      // The guard knows the cached values; an interrupted trial may be evaluated again.
      assertThat(store.claim(id, x(11), Json.object(), null))
          .isInstanceOfSatisfying(
              Claim.Duplicate.class, known -> assertThat(known.values()).containsExactly(22.0));
      assertThat(store.claim(id, x(7), Json.object(), null))
          .isInstanceOfSatisfying(
              Claim.Acquired.class,
              acquired -> assertThat(acquired.lease().trialFile()).isEqualTo("trial_011.json"));

      Path target = directory.resolve("target");
      store.restore(id, target, path -> !path.equals("trial_011.json"));
      try (Stream<Path> files = Files.walk(target)) {
        assertThat(files.filter(Files::isRegularFile))
            .hasSize((int) report.files().taken())
            .allSatisfy(
                file ->
                    assertThat(file)
                        .hasSameBinaryContentAs(run.directory.resolve(target.relativize(file))));
      }
    }
  }

  private static org.assertj.core.groups.Tuple interrupted(String file, String params, String id) {
    return tuple(file, TrialState.FAIL, "interrupted", params, id, null);
  }

  @Test
  void parametersOfAConfigurationAreNotGuessedWhereTheTrialsDiffer() throws Exception {
    LegacyRun run = new LegacyRun(directory.resolve("run")).trial(1, 1);
    run.file("trial_002.json", "{\"parameters\": {\"z\": 1}}")
        .file("trial_003_config.json", "{\"cfg\": {\"x\": 1, \"z\": 2}}");
    try (Store store = Store.open(directory.resolve("store"))) {
      LegacyMigration.migrate(store, List.of(run.directory), MigrationListener.NONE);
      FrozenTrial trial = requireNonNull(store.trial(store.studies().get(0).id(), 2));
      assertThat(trial.params()).isEmpty();
      assertThat(trial.signature()).isNull();
    }
  }
}
