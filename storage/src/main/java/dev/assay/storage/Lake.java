package dev.assay.storage;

import dev.assay.storage.Parts.Part;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lake of one open store: immutable Parquet files, and the manifest that names them. A part is
 * reserved in the live database, written and synced under a temporary name, renamed, and committed
 * by one transaction; what a crash leaves before that is cleaned by whoever comes next. A file that
 * readers have known is deleted only when a {@link GracePeriod} has passed since the first manifest
 * without it.
 *
 * <p>Safe to share between threads; several processes may have the same store open.
 */
final class Lake implements AutoCloseable {
  static final Logger LOG = LoggerFactory.getLogger(Lake.class);

  /** How long a query may go on reading files of a manifest that is no longer the newest. */
  static final Duration GRACE = Duration.ofMinutes(10);

  private static final int ATTEMPTS = 100;

  private final Path store;
  private final Path folder;
  private final LiveDatabase live;
  private final long workerId;
  private final Manifest manifest;
  private final WorkerLock lock;
  private final Spool spool;
  private final Clocks clocks;
  private final GracePeriod grace;

  private Lake(Path store, LiveDatabase live, long workerId, Duration grace, Clocks clocks)
      throws IOException {
    this.store = store;
    this.folder = store.resolve("lake");
    this.live = live;
    this.workerId = workerId;
    this.clocks = clocks;
    this.grace = new GracePeriod(store, live, grace, clocks.nanoTime());
    Disk.createDirectories(folder);
    this.manifest = new Manifest(store, live);
    this.lock = WorkerLock.hold(folder, workerId);
    this.spool = new Spool(store, live, workerId);
  }

  /**
   * Opens the lake below {@code store}, creates what is missing, cleans up after workers that died,
   * and brings the manifest up to date.
   *
   * @throws StoreException where the live database is older than the manifest
   */
  static Lake open(Path store, LiveDatabase live, long workerId, Duration grace, Clocks clocks) {
    try {
      Lake lake = new Lake(store, live, workerId, grace, clocks);
      try {
        lake.manifest.requireBehind();
        lake.requireOwnParts();
        lake.createEmptyParts();
        lake.removeSealed();
        lake.publish();
        lake.spool.sweep();
        return lake;
      } catch (IOException | RuntimeException e) {
        lake.lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new StoreException("cannot open the lake of %s: %s".formatted(store, e), e);
    }
  }

  /** The next part would get the name of one that is there. */
  private void requireOwnParts() throws IOException {
    // Listed first: others make parts meanwhile.
    long greatest = LakeListing.greatestId(store);
    long last = live.query(Parts::lastId);
    if (greatest > last) {
      throw new StoreException(
          ("%s has a part with the id %d, but live.db has given ids up to %d only: live.db was lost or is an older copy. "
                  + "Put back the live.db that belongs to this store, or let 'assay repair' make it anew; nothing was changed")
              .formatted(folder, greatest, last));
    }
  }

  /** Views read these first, so that a store without trials has its columns too. */
  private void createEmptyParts() throws IOException {
    Map<String, String> metadata =
        Map.of("assay.format", Integer.toString(PartMetadata.FORMAT), "assay.kind", "empty");
    manifest.exclusively(
        () -> {
          createEmpty(
              "trials",
              file -> {
                try (TrialPart part = new TrialPart(file, 0, List.of(), 0)) {
                  part.finish(metadata);
                }
              });
          createEmpty(
              "files",
              file -> {
                try (ArchivePart part = new ArchivePart(file, 0)) {
                  part.finish(metadata);
                }
              });
          return true;
        });
  }

  private void createEmpty(String kind, EmptyPart part) throws IOException {
    Path directory = folder.resolve(kind);
    Path file = directory.resolve("empty.parquet");
    if (!Files.exists(file)) {
      Disk.createDirectories(directory);
      Path temporary = directory.resolve(".empty.tmp");
      Files.deleteIfExists(temporary);
      part.write(temporary);
      Disk.publish(temporary, file);
    }
  }

  @FunctionalInterface
  private interface EmptyPart {
    void write(Path file) throws IOException;
  }

  /** Shows every finished trial to readers: what no part has yet goes into small delta parts. */
  void refresh() {
    boolean again = true;
    for (int attempt = 1; again; attempt++) {
      again = false;
      requireProgress(attempt);
      for (HotSelection.Unseen unseen : live.query(HotSelection::unseen)) {
        again |= !showAll(unseen);
      }
    }
    publishNow();
  }

  /**
   * {@link #refresh}, without what others are about to show, and without a word where nothing is
   * new.
   *
   * @param before the deltas that others were writing at the last look: they are too slow to wait
   *     for
   * @param without studies that are left out
   * @return those that they are writing now
   */
  List<Long> showNew(Set<Long> before, Set<Long> without) {
    List<Part> foreign =
        live.query(
            sql ->
                Parts.list(
                    sql, "kind = 'delta' AND status = 'reserved' AND worker_id <> ?", workerId));
    Set<Long> left =
        foreign.stream()
            .filter(part -> !before.contains(part.id()))
            .map(Part::studyId)
            .collect(Collectors.toCollection(() -> new HashSet<>(without)));
    boolean any = false;
    for (HotSelection.Unseen unseen : live.query(HotSelection::unseen)) {
      // Where another is first after all, it has shown them.
      any |= !left.contains(unseen.studyId()) && showAll(unseen);
    }
    if (any) {
      publishNow();
    }
    return foreign.stream().map(Part::id).toList();
  }

  /** False where another was first, which may have shown other rows than these. */
  private boolean showAll(HotSelection.Unseen unseen) {
    // What finishes meanwhile is left to the next refresh: this one shall come to an end.
    for (long left = unseen.rows(); left > 0; ) {
      Optional<HotPart> delta = HotPart.reserveDelta(store, live, workerId, unseen);
      if (delta.isEmpty()) {
        return true;
      }
      if (!delta.get().run()) {
        return false;
      }
      left -= delta.get().newRows();
    }
    return true;
  }

  /**
   * Moves the trials of a study that ended up to a change into parts, but for those that another
   * worker seals, and those that share a delta with later ones.
   */
  void seal(long studyId, long lastChange) {
    cancelAbandoned();
    removeSealed();
    int lost = 0;
    while (hasUnsealed(studyId, lastChange)) {
      Optional<HotPart> seal = HotPart.reserveSeal(store, live, workerId, studyId, lastChange);
      if (seal.isEmpty()) {
        break;
      }
      if (!seal.get().run()) {
        requireProgress(++lost);
      }
    }
    publishNow();
    try {
      spool.sweep();
    } catch (IOException e) {
      // The next seal, or whoever opens the store, deletes what is left.
      LOG.warn("cannot clean up {}: {}", store.resolve("spool"), e.toString());
    }
  }

  /** Whether no worker seals some of a study's trials that ended up to a change. */
  boolean hasUnsealed(long studyId, long lastChange) {
    return live.query(
            sql ->
                sql.number(
                    "SELECT EXISTS (SELECT 1 FROM trials WHERE study_id = ? AND part_id IS NULL "
                        + "AND "
                        + Trials.FINISHED
                        + " AND change_sequence <= ?)",
                    studyId,
                    lastChange))
        == 1;
  }

  /**
   * @throws StoreException where another process was first too often
   */
  void requireProgress(int attempt) {
    if (attempt > ATTEMPTS) {
      throw new StoreException(
          "%s: another process was first with the same parts %d times; try again"
              .formatted(store, ATTEMPTS));
    }
  }

  StudyImport beginImport(StudySettings settings) {
    return new StudyImport(this, settings.study(0), clocks.now());
  }

  StudyGrowth beginGrowth(PartReader reader, StudyRecord study, long trials) {
    return new StudyGrowth(this, reader, study, trials);
  }

  Spool spool() {
    return spool;
  }

  Path store() {
    return store;
  }

  Clocks clocks() {
    return clocks;
  }

  LiveDatabase live() {
    return live;
  }

  long workerId() {
    return workerId;
  }

  /** Publishes the manifest, if it lags, and cleans up. */
  void publishNow() {
    try {
      publish();
    } catch (IOException e) {
      throw new StoreException("cannot publish the manifest of %s: %s".formatted(store, e), e);
    }
  }

  private void publish() throws IOException {
    cancelAbandoned();
    grace.deleteOver(manifest.publish());
  }

  /** Deletes the rows of seals whose workers did not come to do it. */
  private void removeSealed() {
    live.query(
            sql ->
                sql.list(
                    "SELECT part_id FROM parts WHERE snapshot IS NOT NULL AND kind = 'trials' "
                        + "AND EXISTS (SELECT 1 FROM trials t WHERE t.part_id = parts.part_id)",
                    row -> row.getLong(1)))
        .forEach(part -> HotPart.removeSealed(store, live, part));
  }

  /** Cancels what workers have reserved that are gone. */
  void cancelAbandoned() {
    for (Reservation reservation : live.query(this::foreignReservations)) {
      if (!isAlive(reservation)) {
        LOG.info("cleaning up {}: its worker is gone", reservation.part().path());
        HotPart.abandon(store, live, reservation.part());
      }
    }
  }

  private record Reservation(Part part, long workerId, boolean isListed) {}

  private List<Reservation> foreignReservations(Statements sql) throws SQLException {
    return sql.list(
        "SELECT part_id, study_id, kind, path, p.worker_id, w.worker_id IS NOT NULL "
            + "FROM parts p LEFT JOIN workers w USING (worker_id) "
            + "WHERE status = 'reserved' AND p.worker_id <> ?",
        row -> new Reservation(Parts.read(row), row.getLong(5), row.getBoolean(6)),
        workerId);
  }

  private boolean isAlive(Reservation reservation) {
    try {
      return reservation.isListed() && WorkerLock.isHeld(folder, reservation.workerId());
    } catch (IOException e) {
      LOG.warn("cannot see whether worker {} lives: {}", reservation.workerId(), e.toString());
      return true;
    }
  }

  /** False where a file cannot be deleted; its part stays on the list, and its turn comes again. */
  static boolean delete(Path file) {
    try {
      Files.deleteIfExists(file);
      return true;
    } catch (IOException e) {
      LOG.warn("cannot delete {} yet: {}", file, e.toString());
      return false;
    }
  }

  /** Cancels what is under way and lets go of the store; the live database stays open. */
  @Override
  public void close() {
    try (lock) {
      String own = "status = 'reserved' AND worker_id = ?";
      for (Part part : live.query(sql -> Parts.list(sql, own, workerId))) {
        HotPart.abandon(store, live, part);
      }
      grace.save();
      spool.sweep();
    } catch (IOException e) {
      throw new StoreException("cannot close the lake of %s: %s".formatted(store, e), e);
    }
  }
}
