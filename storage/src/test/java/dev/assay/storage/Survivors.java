package dev.assay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.assay.storage.Recording.Acknowledged;
import dev.assay.storage.Tombstones.Tombstone;
import dev.assay.storage.disk.PowerLoss;
import dev.assay.storage.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens what a power failure has left of a store, and checks that it is what it should be. */
final class Survivors implements AutoCloseable {
  private final Path directory;
  private final StoredTrials trials = new StoredTrials();
  private int checked;

  /**
   * @param directory where the remains are put, one after the other
   */
  Survivors(Path directory) throws SQLException {
    this.directory = directory;
  }

  /**
   * The power fails after so many operations.
   *
   * @param keeps whether a change is there that was not synced
   * @throws AssertionError where something is not as it should be
   */
  void check(PowerLoss disk, Recording recording, int operations, BooleanSupplier keeps)
      throws IOException {
    Path place = directory.resolve(Integer.toString(checked++));
    try {
      disk.leave(place, keeps);
      Path store = place.resolve("parent/store");
      @Nullable Path database = recording.database(operations);
      List<Acknowledged> acknowledged = recording.acknowledged(operations);
      if (database != null) {
        assertThat(store).as("the store after %d operations", operations).isDirectory();
        Files.copy(database, store.resolve("live.db"));
      }
      requireVisible(store, acknowledged);
      requireTombstones(store, acknowledged);
      requireAll(store, acknowledged);
    } catch (StoreException | IOException | SQLException | AssertionError e) {
      throw new AssertionError(
          "after %d operations, the last of them %s: %s"
              .formatted(
                  operations,
                  operations == 0 ? "none" : recording.operations().get(operations - 1),
                  e.getMessage()),
          e);
    } finally {
      delete(place);
    }
  }

  /** The power fails, and takes all it can: the archive has this file of a packed study. */
  void requirePacked(PowerLoss disk, @Nullable Path database, Path file) throws IOException {
    Path place = directory.resolve(Integer.toString(checked++));
    Path store = place.resolve("parent/store");
    disk.leave(place, () -> false);
    Files.copy(Objects.requireNonNull(database), store.resolve("live.db"));
    try (ReadableStore left = Store.openReadOnly(store)) {
      StudyRecord study = Objects.requireNonNull(left.findStudy(Workload.COMPACTED));
      String name = file.getFileName().toString();
      RestoreReport report = left.restore(study.id(), place.resolve("restored"), name::equals);
      assertThat(report.problems()).isEmpty();
      assertThat(report.archived()).as("%s in the archive", name).isOne();
    }
    delete(place);
  }

  /** A reader that never heard of us asks before the store is opened again. */
  private void requireVisible(Path store, List<Acknowledged> acknowledged)
      throws IOException, SQLException {
    Set<String> visible = new HashSet<>();
    List<Acknowledged.Finished> finished = new ArrayList<>();
    for (Acknowledged each : acknowledged) {
      if (each instanceof Acknowledged.Finished trial) {
        finished.add(trial);
      } else if (each instanceof Acknowledged.Visible now) {
        finished.stream()
            .filter(trial -> now.study() == null || now.study().equals(trial.study()))
            .forEach(trial -> visible.add(text(trial)));
      } else if (each instanceof Acknowledged.Deleting deleting) {
        visible.removeIf(text -> isOf(deleting.study(), text));
        finished.removeIf(trial -> trial.study().equals(deleting.study()));
      }
    }
    if (!visible.isEmpty() || Files.exists(store.resolve("manifest.json"))) {
      assertThat(texts(trials.read(store))).containsAll(visible);
    }
  }

  /** What keeps a deleted study from coming back does not need the live database. */
  private static void requireTombstones(Path store, List<Acknowledged> acknowledged)
      throws IOException {
    for (Acknowledged each : acknowledged) {
      if (each instanceof Acknowledged.Deleted deleted) {
        assertThat(new Tombstones(store).list())
            .extracting(Tombstone::name, Tombstone::isFinal)
            .containsExactly(tuple(deleted.study(), true));
      }
    }
  }

  /** A study is whole, or nothing of it is there; gone where its deletion was acknowledged. */
  private static void requireWholeOrGone(
      Store store, Acknowledged.Deleting deleting, List<String> finished, List<String> found)
      throws IOException {
    List<String> expected = finished.stream().filter(t -> isOf(deleting.study(), t)).toList();
    List<String> left = found.stream().filter(t -> isOf(deleting.study(), t)).toList();
    if (store.findStudy(deleting.study()) == null) {
      assertThat(left).isEmpty();
      assertThat(new Tombstones(store.directory()).list())
          .extracting(Tombstone::name, Tombstone::isFinal)
          .containsExactly(tuple(deleting.study(), true));
      try (Stream<Path> runs = Files.list(store.directory().resolve("runs"))) {
        assertThat(runs.map(run -> run.getFileName().toString()))
            .noneMatch(run -> run.contains(deleting.study()) || run.startsWith(".deleted"));
      }
    } else {
      assertThat(left).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(new Tombstones(store.directory()).list()).isEmpty();
    }
  }

  private static boolean isOf(String study, String text) {
    return text.startsWith(study + " ");
  }

  private void requireAll(Path directory, List<Acknowledged> acknowledged)
      throws IOException, SQLException {
    Set<Long> used = new HashSet<>();
    List<String> finished = new ArrayList<>();
    Acknowledged.Deleting deleting = null;
    boolean deleted = false;
    boolean grown = false;
    for (Acknowledged each : acknowledged) {
      grown |= each instanceof Acknowledged.Grown;
      deleted |= each instanceof Acknowledged.Deleted;
      if (each instanceof Acknowledged.Deleting begun) {
        deleting = begun;
      } else if (each instanceof Acknowledged.Finished trial) {
        finished.add(text(trial));
      } else if (each instanceof Acknowledged.Id id) {
        used.add(id.id());
      }
    }
    try (Store store = Store.open(directory)) {
      store.studies().forEach(study -> store.failAbandoned(study.id()));
      store.refresh();
      List<StoredTrials.Row> before = trials.read(directory);
      if (deleting != null) {
        String study = deleting.study();
        requireWholeOrGone(store, deleting, finished, texts(before));
        assertThat(deleted && store.findStudy(study) != null).as("%s is back", study).isFalse();
        finished.removeIf(text -> isOf(study, text));
      }
      assertThat(texts(before)).containsAll(finished);
      if (deleting == null) {
        requireArchive(store, grown, texts(before));
      }
      used.addAll(before.stream().map(StoredTrials.Row::id).toList());

      StudyRecord study =
          store.openStudy("first", List.of(Direction.MAXIMIZE), Json.object(), Json.object());
      Claim.Lease lease =
          ((Claim.Acquired)
                  store.claim(study.id(), Json.object().put("key", "new"), Json.object(), null))
              .lease();
      assertThat(used).doesNotContain(lease.trialId());
      store.finish(lease, FrozenTrial.builder().state(TrialState.COMPLETE).value(0.5).build());
      store.seal(study.id());
      assertThat(texts(trials.read(directory)))
          .hasSize(before.size() + 1)
          .containsAll(texts(before))
          .contains("first %d COMPLETE 0.5".formatted(lease.number()));
      if (store.findStudy(Workload.COMPACTED) != null) {
        requireFilesOfHotTrials(store, Workload.study(store, Workload.COMPACTED));
      }
    }
  }

  /** The imported study is as it was before it grew, or as it is since: trials, files and all. */
  private void requireArchive(Store store, boolean grown, List<String> found)
      throws IOException, SQLException {
    StudyRecord study = store.findStudy("imported");
    if (study == null) {
      return;
    }
    boolean isGrown = study.systemAttrs().has("grown");
    assertThat(isGrown || !grown).as("the study has grown").isTrue();
    assertThat(trials.archive(store.directory(), "imported"))
        .containsExactlyInAnyOrderElementsOf(
            isGrown ? Workload.GROWN_FILES : Workload.IMPORTED_FILES);
    assertThat(found.stream().filter(text -> isOf("imported", text))).hasSize(isGrown ? 4 : 3);
    assertThat(store.counts(study.id()).complete()).isEqualTo(isGrown ? 4 : 3);
    assertThat(store.seen(study.id(), List.of("known"))).hasSize(isGrown ? 1 : 0);
  }

  /** Those of sealed trials are in the archive alone. */
  private static void requireFilesOfHotTrials(Store store, StudyRecord study) throws IOException {
    store.flush();
    List<String> hot =
        store.live.query(
            sql ->
                sql.list(
                    "SELECT trial_file FROM trials WHERE study_id = ? AND "
                        + Trials.FINISHED
                        + " AND "
                        + Parts.NOT_SEALED,
                    row -> row.getString(1),
                    study.id()));
    Set<String> files = StudyFixture.names(store.runDirectory(study));
    files.removeIf(name -> !name.startsWith("trial_"));
    assertThat(files).containsExactlyInAnyOrderElementsOf(hot);
  }

  private static String text(Acknowledged.Finished trial) {
    return new StoredTrials.Row(trial.study(), trial.number(), 0, "COMPLETE", trial.value()).text();
  }

  private static List<String> texts(List<StoredTrials.Row> rows) {
    return rows.stream().map(StoredTrials.Row::text).toList();
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public void close() throws SQLException {
    trials.close();
  }
}
