package dev.assay.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Sets a store right: makes its live database anew from whatever is left, and moves what is broken
 * or belongs to nothing into {@code quarantine/}. It can be cut off anywhere: the next repair goes
 * on. Used once.
 *
 * <p>The new database comes to be in {@code repair/}. When it is whole and on disk it is renamed to
 * {@code live.db.new}: from then on it counts, nobody opens the store, and what is left to do is to
 * move the old one away, to rename the new one to {@code live.db} and to clean up, after which
 * {@code repair/} is removed. {@code repair.json} keeps what there is to report, from before the
 * new one counts until all is done.
 */
final class StoreRepair {
  /** A new live database that is whole and waits for its name. */
  static final String NEXT = "live.db.new";

  private static final String LIVE = "live.db";
  private static final String WORK = "repair";
  private static final String RESULT = "repair.json";
  private static final Pattern WORKER = Pattern.compile("worker-(\\d{1,18})\\.lock");

  private final Path store;
  private final Path work;
  private final RepairQuarantine quarantine;
  private RebuildResult result = new RebuildResult(List.of(), List.of(), Map.of());

  private StoreRepair(Path store) {
    this.store = store;
    this.work = store.resolve(WORK);
    this.quarantine = new RepairQuarantine(store);
  }

  static RepairReport run(Path store) {
    StoreDirectory.requireStore(store);
    Diagnosis diagnosis = Diagnosis.of(store);
    if (diagnosis.found().isEmpty()) {
      return new RepairReport(List.of(), false, List.of(), List.of(), List.of(), 0, List.of());
    }
    try {
      return new StoreRepair(store).run(diagnosis);
    } catch (IOException e) {
      throw new StoreException(
          "cannot repair %s: %s; check the disk and its space, then repair it again"
              .formatted(store, e),
          e);
    }
  }

  /**
   * What is wrong with a store.
   *
   * @param isInside whether that is more than its trial files
   */
  private record Diagnosis(List<String> found, boolean isInside) {
    static Diagnosis of(Path store) {
      if (Stream.of(NEXT, WORK, RESULT).map(store::resolve).anyMatch(Files::exists)) {
        return new Diagnosis(List.of("an earlier repair was cut off"), true);
      }
      try (Store opened = Store.openExisting(store)) {
        List<StoreFault> faults = opened.verify().faults();
        return new Diagnosis(
            faults.stream().map(fault -> fault.subject() + ": " + fault.message()).toList(),
            faults.stream().anyMatch(fault -> fault.kind() != StoreFault.Kind.TRIAL_FILE));
      } catch (StoreException e) {
        return new Diagnosis(List.of(String.valueOf(e.getMessage())), true);
      }
    }
  }

  private RepairReport run(Diagnosis diagnosis) throws IOException {
    if (diagnosis.isInside()) {
      new FileMutex(store.resolve(StoreDirectory.LOCK)).locked(this::rebuildAlone);
    }
    try (Store opened = Store.openExisting(store)) {
      long files = opened.remakeFiles(quarantine);
      return new RepairReport(
          diagnosis.found(),
          diagnosis.isInside(),
          result.studies(),
          result.losses(),
          quarantine.moved(),
          files,
          opened.verify().faults());
    }
  }

  private boolean rebuildAlone() throws IOException {
    requireAlone();
    // Whoever is about to open the store waits for this lock, and finds the manifest ahead then.
    return new FileMutex(store.resolve(Manifest.LOCK)).locked(this::rebuild);
  }

  private void requireAlone() throws IOException {
    Path lake = store.resolve("lake");
    if (!Files.isDirectory(lake)) {
      return;
    }
    try (DirectoryStream<Path> locks = Files.newDirectoryStream(lake, "worker-*.lock")) {
      for (Path lock : locks) {
        Matcher name = WORKER.matcher(lock.getFileName().toString());
        if (name.matches() && WorkerLock.isHeld(lake, Long.parseLong(name.group(1)))) {
          throw new StoreException(
              "%s is open in another process (%s is held), and a repair needs it alone; end that process and try again"
                  .formatted(store, lock));
        }
      }
    }
  }

  private boolean rebuild() throws IOException {
    // Somebody may have opened the store since the first look; from here on nobody can.
    requireAlone();
    Path next = store.resolve(NEXT);
    Path report = store.resolve(RESULT);
    RebuildResult made = RebuildResult.read(report);
    boolean isNamed = made != null && !Files.exists(work.resolve(LIVE));
    if (made != null && (isNamed || Files.exists(next))) {
      result = made;
    } else if (!Files.exists(next)) {
      // Empty, it says that nothing was made, whatever of repair/ is deleted.
      Disk.replace(report, new byte[0]);
      deleteWork();
      Disk.createDirectories(work);
      makeDatabase();
    }
    if (Files.exists(next)) {
      quarantine.take(LIVE, "the live database before the repair");
      quarantine.take(LIVE + "-wal", "the log of the live database before the repair");
      quarantine.take(LIVE + "-shm", "an index of the log of the live database");
      Disk.publish(next, store.resolve(LIVE));
    }
    clearLake();
    deleteWork();
    Files.deleteIfExists(report);
    return true;
  }

  private void makeDatabase() throws IOException {
    Path copy = work.resolve("old.db");
    Path made = work.resolve(LIVE);
    if (Files.exists(store.resolve(LIVE))) {
      LiveCopy.take(store.resolve(LIVE), copy);
    }
    try (PartReader reader = new PartReader();
        @Nullable OldDatabase old = Files.exists(copy) ? OldDatabase.open(copy) : null) {
      RepairSources sources = new RepairSources(store, old, reader);
      try (LiveDatabase live = LiveDatabase.open(made)) {
        result = Rebuild.run(store, sources, live, reader);
        if (!sources.isCurrent()) {
          quarantineSpool(live);
        }
      }
    } catch (SQLException e) {
      throw DatabaseFailure.of(made, e);
    }
    requireWhole(made);
    Disk.sync(made);
    result.write(store.resolve(RESULT));
    Disk.publish(made, store.resolve(NEXT));
  }

  /** SQLite does not say when a close has failed to copy all of the log into the database. */
  private static void requireWhole(Path made) throws IOException {
    Path log = made.resolveSibling(made.getFileName() + "-wal");
    try (Connection connection = LiveDatabase.connect(made, Durability.FULL)) {
      long busy = LiveDatabase.longOf(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
      if (busy != 0) {
        throw new IOException("%s is in use by somebody else".formatted(made));
      }
    } catch (SQLException e) {
      throw DatabaseFailure.of(made, e);
    }
    if (Files.exists(log) && Files.size(log) > 0) {
      throw new IOException("%s could not be copied into the new database".formatted(log));
    }
  }

  /** Records that no trial has: a sweep would delete them. */
  private void quarantineSpool(LiveDatabase live) throws IOException {
    Path spool = store.resolve(Spool.NAME);
    if (!Files.isDirectory(spool)) {
      return;
    }
    Set<String> named = new HashSet<>(live.query(Spool::named));
    List<String> unnamed = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(spool)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (!named.contains(name)) {
          unnamed.add(Spool.NAME + "/" + name);
        }
      }
    }
    for (String path : unnamed) {
      quarantine.take(path, "a trial's record, of which no study is known");
    }
  }

  /**
   * Publishes what there is now, and takes out of the lake what the live database does not name.
   */
  private void clearLake() throws IOException {
    Set<String> named = new HashSet<>();
    try (LiveDatabase live = LiveDatabase.open(store.resolve(LIVE))) {
      new Manifest(store, live).publishLocked();
      named.addAll(live.query(sql -> sql.list("SELECT path FROM parts", row -> row.getString(1))));
    }
    for (String path : LakeListing.files(store)) {
      if (!named.contains(path)) {
        quarantine.take(
            path,
            result.reasons().getOrDefault(path, "it belongs to nothing in the live database"));
      }
    }
  }

  private void deleteWork() throws IOException {
    if (Files.isDirectory(work)) {
      try (Stream<Path> files = Files.list(work)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      Files.delete(work);
    }
  }
}
