package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.assay.storage.json.Json;
import dev.assay.storage.json.Signatures;
import dev.assay.storage.migrate.LegacyMigration;
import dev.assay.storage.migrate.MigrationListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Makes the store that the tests keep of a version: trials everywhere where trials can be, whatever
 * values and names there may be, and the files of a process that did not come to close the store.
 */
final class KeptStoreProgram {
  static final String HOSTILE = "o'brien \"q\" 😀; DROP TABLE studies; -- ../..\\x";
  static final String OBJECTIVES = "two objectives, no files";
  static final String DELETED = "deleted";
  static final ObjectNode RUNNING = Json.object().put("x", 100);
  static final ObjectNode WITHOUT_OUTCOME = Json.object().put("x", 101);
  static final ObjectNode FINISHED = Json.object().put("x", 3);

  /** More than a row of the live database holds. */
  private static final String LONG = "long ".repeat(14_000);

  private final Store store;

  private KeptStoreProgram(Store store) {
    this.store = store;
  }

  /**
   * @param scratch a new directory
   */
  static void make(KeptStore kept, Path scratch) throws IOException {
    Path directory = scratch.resolve("store");
    Path killed = scratch.resolve("killed");
    try (Store store =
        Store.open(
            directory, new StoreOptions(Duration.ofHours(1), StoreOptions.DEFAULT.sealRows()))) {
      new KeptStoreProgram(store).fill(scratch);
      copy(directory, killed);
    }
    requireEverything(killed);
    try (ReadableStore reader = Store.openReadOnly(killed)) {
      kept.keep(killed, KeptStore.read(reader, Files.createDirectories(scratch.resolve("read"))));
    }
  }

  private void fill(Path scratch) throws IOException {
    Path run = scratch.resolve("legacy-run");
    copy(Path.of(System.getProperty("assay.root", ".."), "datasets/legacy-run"), run);
    LegacyMigration.migrate(store, List.of(run), MigrationListener.NONE);
    deleted();
    compacted();

    StudyRecord hostile =
        store.openStudy(
            HOSTILE,
            List.of(Direction.MAXIMIZE),
            Json.object().put("user", "\ud800 half a pair"),
            Json.object().put("source_kind", "test"));
    sealed(hostile);
    shownAndHot(hostile);
    StudyRecord objectives =
        store.openStudy(
            new StudySettings(
                OBJECTIVES,
                List.of(Direction.MINIMIZE, Direction.MAXIMIZE),
                Json.object(),
                Json.object(),
                TrialFiles.NONE));
    finish(
        objectives,
        parameters("{\"x\":1}"),
        trial().values(List.of(1.5, Double.NEGATIVE_INFINITY)));
    store.flush();
  }

  private void deleted() {
    StudyRecord study =
        store.openStudy(DELETED, List.of(Direction.MINIMIZE), Json.object(), Json.object());
    finish(study, parameters("{\"x\":1}"), trial().value(1));
    store.deleteStudy(study.id());
  }

  /** Its trial files are in the archive, byte for byte. */
  private void compacted() {
    StudyRecord study =
        store.openStudy(
            new StudySettings(
                "compacted",
                List.of(Direction.MINIMIZE),
                Json.object(),
                Json.object(),
                TrialFiles.COMPACTED));
    finish(study, parameters("{\"x\":1}"), trial().value(1));
    store.seal(study.id());
  }

  private void sealed(StudyRecord study) {
    double[] values = {
      0.1, -0.0, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, 1e-320
    };
    for (int i = 0; i < values.length; i++) {
      ObjectNode params =
          parameters(
              "{\"Lr\":%d,\"lr\":0.5,\"a.b\":1,\"a\":{\"b\":true},\"\":\"é😀\\u0000\"}"
                  .formatted(i));
      finish(
          study,
          params,
          trial()
              .value(values[i])
              .metrics(Json.object().put("m", values[i]).put("n", i))
              .durationSeconds(i / 8.0));
    }
    finish(
        study,
        parameters("{\"x\":9223372036854775807}"),
        FrozenTrial.builder()
            .state(TrialState.PRUNED)
            .intermediateValues(new TreeMap<>(Map.of(-1L, Double.NaN, 0L, -0.0, 10L, 0.5))));
    finish(
        study,
        parameters("{\"x\":123456789012345678901234567890}"),
        FrozenTrial.builder().state(TrialState.FAIL).error("no \u0000 luck"));
    store.seal(study.id());
  }

  private void shownAndHot(StudyRecord study) {
    finish(study, parameters("{\"x\":NaN}"), trial().value(7).constraintsOk(false));
    finish(
        study,
        parameters("{\"x\":[1,null,{}]}"),
        trial().value(8).userAttrs(parameters("{\"score_version\":\"v1\",\"u\":null}")));
    store.refresh();
    finish(study, FINISHED, trial().value(9).userAttrs(Json.object().put("long", LONG)));
    finish(study, parameters("{\"x\":4}"), trial().value(10));
    store.addSignatures(
        study.id(), List.of(Signatures.shared().parameterSignature(WITHOUT_OUTCOME)));
    claim(study, RUNNING);
  }

  private static FrozenTrial.Builder trial() {
    return FrozenTrial.builder().state(TrialState.COMPLETE);
  }

  private static ObjectNode parameters(String json) {
    try {
      return (ObjectNode) Json.parse(json);
    } catch (IOException e) {
      throw new IllegalArgumentException(json, e);
    }
  }

  private Claim.Lease claim(StudyRecord study, ObjectNode params) {
    ObjectNode distributions = Json.object();
    distributions.set("x", new Distribution.IntDistribution(0, 200, 1, false).toJson());
    return ((Claim.Acquired) store.claim(study.id(), params, distributions, null)).lease();
  }

  private void finish(StudyRecord study, ObjectNode params, FrozenTrial.Builder result) {
    store.finish(claim(study, params), result.build());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(f -> !f.endsWith("live.db-shm")).toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  /** Where the store's upkeep came between, there are no such rows: make it again. */
  private static void requireEverything(Path killed) {
    Path copy = killed.resolveSibling("live.db");
    try (LiveDatabase live = copyOf(killed, copy)) {
      for (String wanted :
          List.of(
              "trials WHERE state = 'RUNNING'",
              "trials WHERE delta_id IS NULL AND state = 'COMPLETE'",
              "trials WHERE delta_id IS NOT NULL",
              "trials WHERE spool IS NOT NULL",
              "signatures WHERE trial_id IS NULL",
              "parts WHERE kind = 'trials' AND status = 'committed'",
              "parts WHERE kind = 'delta' AND status = 'committed'",
              "parts WHERE kind = 'files' AND status = 'committed'")) {
        long rows = live.query(sql -> sql.number("SELECT count(*) FROM " + wanted));
        assertThat(rows).as(wanted).isPositive();
      }
    }
    assertThat(killed.resolve("live.db-wal")).isNotEmptyFile();
    assertThat(killed.resolve("tombstones")).isNotEmptyDirectory();
  }

  private static LiveDatabase copyOf(Path store, Path copy) {
    try {
      LiveCopy.take(store.resolve("live.db"), copy);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return LiveDatabase.open(copy);
  }
}
